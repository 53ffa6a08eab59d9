"""The camera's states, and all that leads from one to another: one table.

Nothing else in the emulator changes `cameraStatus`. The diagram in the documentation is made from this table.

Source: protocol/wifi.md 7.1, 7.2, 9.1; where a line has another, it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from emulator.body.bell import Bell, Topic
from emulator.body.refusals import Reason, Refused


class Status(StrEnum):
    """The words of cameraStatus."""

    ERROR = "Error"
    NOT_READY = "NotReady"
    IDLE = "IDLE"
    STILL_CAPTURING = "StillCapturing"
    STILL_SAVING = "StillSaving"
    MOVIE_WAIT_START = "MovieWaitRecStart"
    MOVIE_RECORDING = "MovieRecording"
    MOVIE_WAIT_STOP = "MovieWaitRecStop"
    MOVIE_SAVING = "MovieSaving"
    CONTENTS_TRANSFER = "ContentsTransfer"
    DELETING = "Deleting"


class Cause(StrEnum):
    """What happens to the camera, or has come to its end in it."""

    POWER_ON = "power on"
    READY = "ready"
    POWER_OFF = "power off"
    MODE = "mode change"
    CONTENTS = "contents transfer reached"
    RELEASE = "shutter release"
    EXPOSED = "exposed"
    NEXT = "next of a run"
    ABANDONED = "capture abandoned"
    SAVED = "saved"
    RECORD = "record"
    RECORDING = "recording"
    STOP = "stop"
    STOPPED = "stopped"
    DELETE = "delete"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table.

    Attributes:
        to: the state it leads to.
        tells: what changes with it, besides the state.
        source: how we know.
    """

    to: Status
    source: str
    tells: tuple[Topic, ...] = ()


_SPECIFIED = "specified: wifi.md 7.1"
_ASSUMED = "assumed: wifi.md 7.2"

TRANSITIONS: Mapping[Status, Mapping[Cause, Move]] = MappingProxyType(
    {
        Status.NOT_READY: {
            Cause.READY: Move(Status.IDLE, _SPECIFIED),
            Cause.CONTENTS: Move(Status.CONTENTS_TRANSFER, "specified: wifi.md 9.1"),
        },
        Status.IDLE: {
            Cause.MODE: Move(Status.NOT_READY, _SPECIFIED),
            Cause.RELEASE: Move(Status.STILL_CAPTURING, _SPECIFIED, ("shutter",)),
            Cause.RECORD: Move(Status.MOVIE_WAIT_START, _SPECIFIED),
        },
        Status.STILL_CAPTURING: {
            Cause.EXPOSED: Move(Status.STILL_SAVING, _SPECIFIED, ("shutter",)),
            Cause.ABANDONED: Move(Status.IDLE, _ASSUMED, ("shutter",)),
        },
        Status.STILL_SAVING: {
            Cause.SAVED: Move(Status.IDLE, _SPECIFIED),
            Cause.NEXT: Move(Status.STILL_CAPTURING, _ASSUMED, ("shutter",)),
        },
        Status.MOVIE_WAIT_START: {
            Cause.RECORDING: Move(Status.MOVIE_RECORDING, _SPECIFIED, ("recording",)),
        },
        Status.MOVIE_RECORDING: {
            Cause.STOP: Move(Status.MOVIE_WAIT_STOP, _SPECIFIED),
        },
        Status.MOVIE_WAIT_STOP: {
            Cause.STOPPED: Move(Status.MOVIE_SAVING, _SPECIFIED, ("recording",)),
        },
        Status.MOVIE_SAVING: {
            Cause.SAVED: Move(Status.IDLE, _SPECIFIED),
        },
        Status.CONTENTS_TRANSFER: {
            Cause.MODE: Move(Status.NOT_READY, "specified: wifi.md 9.1"),
            Cause.DELETE: Move(Status.DELETING, "specified: wifi.md 7.1"),
        },
        Status.DELETING: {
            Cause.DELETED: Move(Status.CONTENTS_TRANSFER, "specified: wifi.md 7.1"),
        },
        Status.ERROR: {
            Cause.READY: Move(Status.IDLE, _SPECIFIED),
        },
    }
)
"""By state and cause. Switching off and on is possible in every state: see `FROM_ANY`."""

FROM_ANY: Mapping[Cause, Move] = MappingProxyType(
    {
        Cause.POWER_ON: Move(Status.NOT_READY, "specified: wifi.md 1.4, while the lens comes out"),
        Cause.POWER_OFF: Move(Status.NOT_READY, "assumed: nobody can ask a camera that is off"),
    }
)


class Machine:
    """Where one camera stands in the table.

    Args:
        bell: rung at every move.
    """

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self.status = Status.NOT_READY

    def can(self, cause: Cause) -> bool:
        """Whether that can happen in the present state."""
        return cause in FROM_ANY or cause in TRANSITIONS[self.status]

    def move(self, cause: Cause) -> None:
        """Let it happen.

        Raises:
            Refused: it cannot, in this state.
        """
        move = FROM_ANY.get(cause) or TRANSITIONS[self.status].get(cause)
        if move is None:
            busy = self.status in BUSY
            raise Refused(Reason.BUSY if busy else Reason.NOT_NOW, f"no {cause} in {self.status}")
        self.status = move.to
        self._bell.ring("status", *move.tells)


BUSY = frozenset(Status) - {Status.IDLE, Status.CONTENTS_TRANSFER, Status.ERROR}
"""States that pass by themselves, or with a stop."""

STILL_RUNNING = frozenset({Status.STILL_CAPTURING, Status.STILL_SAVING})
MOVIE_RUNNING = frozenset(
    {Status.MOVIE_WAIT_START, Status.MOVIE_RECORDING, Status.MOVIE_WAIT_STOP, Status.MOVIE_SAVING}
)
