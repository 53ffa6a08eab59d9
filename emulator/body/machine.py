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
    AUDIO_WAIT_START = "AudioWaitRecStart"
    AUDIO_RECORDING = "AudioRecording"
    AUDIO_WAIT_STOP = "AudioWaitRecStop"
    AUDIO_SAVING = "AudioSaving"
    INTERVAL_WAIT_START = "IntervalWaitRecStart"
    INTERVAL_RECORDING = "IntervalRecording"
    INTERVAL_WAIT_STOP = "IntervalWaitRecStop"
    LOOP_WAIT_START = "LoopWaitRecStart"
    LOOP_RECORDING = "LoopRecording"
    LOOP_WAIT_STOP = "LoopWaitRecStop"
    LOOP_SAVING = "LoopSaving"
    WHITE_BALANCE_CAPTURING = "WhiteBalanceOnePushCapturing"
    CONTENTS_TRANSFER = "ContentsTransfer"
    STREAMING = "Streaming"
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
    RECORD_AUDIO = "record sound"
    RECORD_INTERVAL = "record stills"
    RECORD_LOOP = "record in a loop"
    RECORDING = "recording"
    STOP = "stop"
    STOPPED = "stopped"
    DELETE = "delete"
    DELETED = "deleted"
    STREAM = "movie put in"
    STREAM_END = "movie taken out"
    ONE_PUSH = "white balance asked for"
    BALANCED = "white balance found"
    TROUBLE = "trouble"


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
            Cause.RECORD_AUDIO: Move(Status.AUDIO_WAIT_START, _SPECIFIED),
            Cause.RECORD_INTERVAL: Move(Status.INTERVAL_WAIT_START, _SPECIFIED),
            Cause.RECORD_LOOP: Move(Status.LOOP_WAIT_START, _SPECIFIED),
            Cause.ONE_PUSH: Move(Status.WHITE_BALANCE_CAPTURING, _SPECIFIED),
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
        Status.AUDIO_WAIT_START: {
            Cause.RECORDING: Move(Status.AUDIO_RECORDING, _SPECIFIED, ("recording",)),
        },
        Status.AUDIO_RECORDING: {
            Cause.STOP: Move(Status.AUDIO_WAIT_STOP, _SPECIFIED),
        },
        Status.AUDIO_WAIT_STOP: {
            Cause.STOPPED: Move(Status.AUDIO_SAVING, _SPECIFIED, ("recording",)),
        },
        Status.AUDIO_SAVING: {
            Cause.SAVED: Move(Status.IDLE, _SPECIFIED),
        },
        Status.INTERVAL_WAIT_START: {
            Cause.RECORDING: Move(Status.INTERVAL_RECORDING, _SPECIFIED, ("recording",)),
        },
        Status.INTERVAL_RECORDING: {
            Cause.STOP: Move(Status.INTERVAL_WAIT_STOP, _SPECIFIED),
        },
        Status.INTERVAL_WAIT_STOP: {
            Cause.STOPPED: Move(Status.IDLE, _SPECIFIED, ("recording",)),
        },
        Status.LOOP_WAIT_START: {
            Cause.RECORDING: Move(Status.LOOP_RECORDING, _SPECIFIED, ("recording",)),
        },
        Status.LOOP_RECORDING: {
            Cause.STOP: Move(Status.LOOP_WAIT_STOP, _SPECIFIED),
        },
        Status.LOOP_WAIT_STOP: {
            Cause.STOPPED: Move(Status.LOOP_SAVING, _SPECIFIED, ("recording",)),
        },
        Status.LOOP_SAVING: {
            Cause.SAVED: Move(Status.IDLE, _SPECIFIED),
        },
        Status.WHITE_BALANCE_CAPTURING: {
            Cause.BALANCED: Move(Status.IDLE, _SPECIFIED),
        },
        Status.CONTENTS_TRANSFER: {
            Cause.MODE: Move(Status.NOT_READY, "specified: wifi.md 9.1"),
            Cause.DELETE: Move(Status.DELETING, "specified: wifi.md 7.1"),
            Cause.STREAM: Move(Status.STREAMING, "specified: wifi.md 9.4", ("playback",)),
        },
        Status.DELETING: {
            Cause.DELETED: Move(Status.CONTENTS_TRANSFER, "specified: wifi.md 7.1"),
        },
        Status.STREAMING: {
            Cause.STREAM_END: Move(Status.CONTENTS_TRANSFER, "specified: wifi.md 9.4", ("playback",)),
        },
        Status.ERROR: {
            Cause.READY: Move(Status.IDLE, _SPECIFIED),
            Cause.CONTENTS: Move(Status.CONTENTS_TRANSFER, _ASSUMED),
        },
    }
)
"""By state and cause. Switching off and on and trouble are possible in every state: see `FROM_ANY`."""

FROM_ANY: Mapping[Cause, Move] = MappingProxyType(
    {
        Cause.POWER_ON: Move(Status.NOT_READY, "specified: wifi.md 1.4, while the lens comes out"),
        Cause.POWER_OFF: Move(
            Status.NOT_READY, "assumed: nobody can ask a camera that is off", ("recording",)
        ),
        Cause.TROUBLE: Move(Status.ERROR, _SPECIFIED, ("recording",)),
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


PASSING = frozenset(
    {
        Status.NOT_READY,
        Status.STILL_SAVING,
        Status.MOVIE_WAIT_START,
        Status.MOVIE_WAIT_STOP,
        Status.MOVIE_SAVING,
        Status.AUDIO_WAIT_START,
        Status.AUDIO_WAIT_STOP,
        Status.AUDIO_SAVING,
        Status.INTERVAL_WAIT_START,
        Status.INTERVAL_WAIT_STOP,
        Status.LOOP_WAIT_START,
        Status.LOOP_WAIT_STOP,
        Status.LOOP_SAVING,
        Status.WHITE_BALANCE_CAPTURING,
        Status.DELETING,
    }
)
"""States that pass by themselves, in which the camera says that it is not ready."""

BUSY = frozenset(Status) - {Status.IDLE, Status.CONTENTS_TRANSFER, Status.ERROR}
"""States that pass by themselves, or with a stop."""

STILL_RUNNING = frozenset({Status.STILL_CAPTURING, Status.STILL_SAVING})
