"""The live view stream of one camera: packets, pace, and who may watch.

Each packet is written as two chunks, the 136 header bytes and then the picture with its fill. Clients in the
field take that apart by chunk, so it is part of the format.

Source: protocol/wifi.md 8; protocol/clients.md rows 32-35.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from emulator.body.eye import LiveFrame
from emulator.body.refusals import NotLive
from emulator.clock import Cause, Clock, Scope
from emulator.wifi.face import Face
from emulator.wifi.outlet import Outlet
from remotelens.protocol.wifi.liveview import FocusFrame, PayloadType, encode_focus_frames, encode_packet

_SEQUENCE_MASK = 0xFFFF
_FIRST_TIMESTAMP_MS = 4
CATCH_UP_S = 0.25
"""How far the stream may fall behind its pace and still make up for it, where no slow viewer is the cause."""

UNREAD_BYTES = 32 * 1024
"""What the host may keep for a viewer that does not read: two or three frames, not a minute of them."""


class Subject(Protocol):
    """What is seen; `emulator.body.viewfinder.Viewfinder` has this shape."""

    frame_info: bool

    async def frame(self) -> LiveFrame:
        """Return the next image; raises NotLive."""
        ...

    def gap_s(self, n: int) -> float:
        """Return the seconds between image n and the next."""
        ...


class Packets:
    """Puts frames into the packets of one stream.

    Args:
        face: the kind of server, which decides on fill and first number.
    """

    def __init__(self, face: Face) -> None:
        self._face = face
        self._sequence = face.first_sequence
        self._earlier = b""
        self.frames = 0

    def of(self, frame: LiveFrame, elapsed_s: float, *, frame_info: bool) -> list[bytes]:
        """Return the pieces of one frame, each to be written as a chunk of its own."""
        timestamp_ms = _FIRST_TIMESTAMP_MS + round(elapsed_s * 1000)
        sequence = self._sequence
        self._sequence = (sequence + 1) & _SEQUENCE_MASK
        self.frames += 1
        pieces: list[bytes] = []
        if frame_info:
            header, areas = encode_focus_frames(_areas(frame.focus_frames))
            pieces += encode_packet(PayloadType.FRAME_INFO, sequence, timestamp_ms, areas, header=header)
        picture = self._filled(frame.jpeg)
        padding = -len(picture) % self._face.padding_multiple
        pieces += encode_packet(PayloadType.LIVE, sequence, timestamp_ms, picture, padding=padding)
        return pieces

    def _filled(self, jpeg: bytes) -> bytes:
        """Return the picture filled up to the camera's multiple with what an earlier one left there.

        The recorded camera writes each picture over the one before in the same memory: the next four-byte
        boundary is reached with zeros, the rest is old picture data, and all of it is counted. Marker bytes
        are taken out, since no end of a picture is ever seen there.
        """
        missing = -len(jpeg) % self._face.size_multiple
        zeros = min(missing, -len(jpeg) % 4)
        start = len(jpeg) + zeros
        left = (self._earlier or jpeg)[start : start + missing - zeros] or jpeg[256 : 256 + missing - zeros]
        self._earlier = jpeg
        return jpeg + bytes(zeros) + left.replace(b"\xff", b"\0").ljust(missing - zeros, b"\0")


@dataclass(frozen=True, slots=True)
class Opening:
    """A stream that is about to begin.

    Attributes:
        frame: what it begins with.
        stops: how often live view had been stopped when it was asked for.
    """

    frame: LiveFrame
    stops: int


class LiveView:
    """Serves one camera's stream to one viewer at a time: the last one wins.

    Args:
        subject: what is seen.
        face: the kind of server.
        clock: the camera's time.
    """

    def __init__(self, subject: Subject, face: Face, clock: Clock) -> None:
        self._subject = subject
        self._face = face
        self._clock = clock
        self._viewer: Scope | None = None
        self._stops = 0

    def end(self) -> None:
        """End the stream in order: live view was stopped, also for a viewer who is still coming."""
        self._stops += 1
        self._part()

    def _part(self) -> None:
        """End the stream that runs, if one does."""
        if self._viewer is not None:
            self._viewer.end()

    async def first_frame(self) -> Opening | None:
        """Return what to start with, or None when there is no live view to open now."""
        stops = self._stops
        with contextlib.suppress(NotLive):
            return Opening(await self._subject.frame(), stops)
        return None

    async def stream(self, first: Opening, packets: Packets, outlet: Outlet, gone: Cause) -> None:
        """Write frames until the stream is ended, the viewer goes, or another takes its place.

        Where live view was stopped since the first frame was asked for, there is none to write.

        A viewer that reads slowly gets fewer frames, not older ones: each is taken from the camera when the
        one before has left.
        """
        if first.stops != self._stops:
            return
        self._part()
        async with Scope(gone) as viewer:
            self._viewer = viewer
            await self._pump(first.frame, packets, outlet)
        if self._viewer is viewer:
            self._viewer = None

    async def _pump(self, first: LiveFrame, packets: Packets, outlet: Outlet) -> None:
        frame = first
        started = due = self._clock.monotonic()
        with contextlib.suppress(NotLive):
            while True:
                ready = self._clock.monotonic()
                await outlet.body(*packets.of(frame, ready - started, frame_info=self._subject.frame_info))
                free = self._clock.monotonic()
                gap_s = self._subject.gap_s(packets.frames - 1)
                may_catch_up_s = CATCH_UP_S if free - ready < gap_s else 0.0
                due = max(due + gap_s, free - may_catch_up_s)
                await self._clock.sleep(due - free)
                frame = await self._subject.frame()


def _areas(frames: Sequence[object]) -> list[FocusFrame]:
    return [frame for frame in frames if isinstance(frame, FocusFrame)]
