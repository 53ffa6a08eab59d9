"""A live view image with what belongs to it, and the mailbox that hands out the newest.

Source: protocol/wifi.md 8.2.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import MappingProxyType

from remotelens.protocol.wifi.liveview import FocusFrame

_FULL_SCALE = 10_000
_KINDS = MappingProxyType({1: "contrast", 2: "phase", 4: "face", 5: "tracking"})
_STATUS = MappingProxyType({1: "normal", 2: "main", 3: "sub", 4: "focused"})


@dataclass(frozen=True, slots=True)
class FocusArea:
    """A rectangle that the camera draws; edges are fractions of the picture, from its top left corner.

    Attributes:
        kind: ``contrast``, ``phase``, ``face``, ``tracking``, or None.
        status: ``normal``, ``main``, ``sub``, ``focused``, or None.
        selected: whether the camera marks it as chosen.
    """

    left: float
    top: float
    right: float
    bottom: float
    kind: str | None
    status: str | None
    selected: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One live view image.

    Attributes:
        jpeg: a complete JPEG, its filler cut off.
        sequence: the camera's count, which wraps at 65535.
        timestamp_ms: the camera's time of making it, from an origin of its own.
        arrived_s: when its last byte came, on the clock's monotonic scale.
        focus_areas: empty unless frame information was asked for, and the camera has any.
    """

    jpeg: bytes
    sequence: int
    timestamp_ms: int
    arrived_s: float
    focus_areas: tuple[FocusArea, ...] = ()


def area_of(frame: FocusFrame) -> FocusArea:
    """Return a focus frame of the camera in fractions of the picture."""
    return FocusArea(
        frame.left / _FULL_SCALE,
        frame.top / _FULL_SCALE,
        frame.right / _FULL_SCALE,
        frame.bottom / _FULL_SCALE,
        _KINDS.get(frame.category),
        _STATUS.get(frame.status),
        frame.additional == 1,
    )


class Mailbox:
    """Holds one frame, the newest, for one consumer.

    Attributes:
        dropped: frames that were replaced before they were taken.
    """

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._error: BaseException | None = None
        self._closed = False
        self._filled = asyncio.Event()
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        """Replace whatever is in it."""
        self.dropped += self._frame is not None
        self._frame = frame
        self._filled.set()

    def close(self, error: BaseException | None = None) -> None:
        """Let the consumer take the frame that is left, then end, or raise."""
        self._closed = True
        self._error = self._error or error
        self._filled.set()

    async def take(self) -> Frame | None:
        """Return the newest frame when there is one; None once the mailbox is closed and empty."""
        while self._frame is None:
            if self._error is not None:
                raise self._error
            if self._closed:
                return None
            self._filled.clear()
            await self._filled.wait()
        frame, self._frame = self._frame, None
        return frame
