"""Why the camera does not do what it was asked to.

The body says why; which number and words that becomes on the wire is the face's business.
"""

from __future__ import annotations

from enum import Enum, auto


class Reason(Enum):
    """The kinds of refusal."""

    NOT_NOW = auto()
    """It exists, but not in this mode or state."""
    BUSY = auto()
    """Starting, changing mode or saving: it will be able to in a moment."""
    ILLEGAL_ARGUMENT = auto()
    """A value that is not offered."""
    SHOOTING_FAILED = auto()
    """No focus, no room, or a card that cannot be written."""
    NOT_FINISHED = auto()
    """The capture takes longer than the wait."""
    NOTHING_TAKEN = auto()
    """There is no capture to wait for."""
    SUPERSEDED = auto()
    """A newer request of the same kind took its place."""
    ALREADY_RUNNING = auto()
    """An older request of the same kind still waits."""
    TIMED_OUT = auto()
    """Nothing happened for as long as was waited."""
    INTERRUPTED = auto()
    """The camera was switched off or changed its mode meanwhile."""
    ILLEGAL_REQUEST = auto()
    """Not a form of the request that the camera accepts."""
    ILLEGAL_STATE = auto()
    """Stored pictures are asked for in another function or state than theirs."""
    NO_LIST = auto()
    """Nothing is stored there, or the list has ended."""
    NO_ELEMENT = auto()
    """No such stored picture or storage."""
    STORAGE_GONE = auto()
    """There is no card."""
    NOT_ALL_DELETED = auto()
    """Some of what was to be deleted is protected or not there; the rest is deleted."""


class Refused(Exception):
    """The camera says no.

    Args:
        reason: of which kind.
        detail: what exactly, for whoever reads a log.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason.name.lower().replace("_", " "))
        self.reason = reason


class NotLive(Exception):
    """There is no live view now: the camera is off, or its card is being read out."""
