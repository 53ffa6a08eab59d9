"""The stream of a movie that is played: packets as of live view, with the movie's own kinds.

Each image follows a packet that says how far the movie has come (where that packet stands is assumed). While
the movie is held, its image is sent once.

Source: protocol/wifi.md 8.2 (types 0x11 and 0x12), 9.4.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

from emulator.body.camera import Body
from emulator.body.machine import Status
from emulator.body.playback import PlayedFrame
from emulator.clock import Cause, Clock, Scope, timeout
from emulator.wifi.face import Face
from emulator.wifi.outlet import Outlet
from remotelens.protocol.wifi.liveview import PAYLOAD_HEADER_BYTES, PayloadType, encode_packet

_INFO_BYTES = 32
_FILLED_IN = bytes(8)


class PlayedPackets:
    """Puts the images of a movie into the packets of one stream.

    Args:
        face: the kind of server, which decides on fill and first number.
    """

    def __init__(self, face: Face) -> None:
        self._face = face
        self.frames = 0

    def of(self, frame: PlayedFrame, elapsed_ms: int) -> list[bytes]:
        """Return the pieces of one image and of what goes before it, each a chunk of its own."""
        sequence = self._face.first_sequence + self.frames
        self.frames += 1
        where = struct.pack(">II", frame.duration_ms, frame.position_ms).ljust(_INFO_BYTES, b"\0")
        info = encode_packet(
            PayloadType.PLAYBACK_INFO, sequence, elapsed_ms, where, header=_header(struct.pack(">BB", 1, 0))
        )
        image = encode_packet(
            PayloadType.PLAYBACK,
            sequence,
            elapsed_ms,
            frame.jpeg,
            padding=-len(frame.jpeg) % self._face.padding_multiple,
            header=_header(struct.pack(">HH", *frame.size)),
        )
        return [*info, *image]


class PlaybackStream:
    """Serves the movie that one camera plays to one viewer at a time: the last one wins.

    Args:
        body: the camera.
        clock: the camera's time.
    """

    def __init__(self, body: Body, clock: Clock) -> None:
        self._body = body
        self._clock = clock
        self._viewer: Scope | None = None

    def end(self) -> None:
        """End the stream in order: the movie was taken out, or another viewer comes."""
        if self._viewer is not None:
            self._viewer.end()

    async def stream(self, packets: PlayedPackets, outlet: Outlet, gone: Cause) -> None:
        """Write images until the stream is ended or the viewer goes.

        Where the movie was taken out since the stream was asked for, there is none to write.
        """
        if self._body.machine.status is not Status.STREAMING:
            return
        self.end()
        stirred = asyncio.Event()
        unsubscribe: Callable[[], None] = self._body.subscribe(
            lambda topic: stirred.set() if topic == "playback" else None
        )
        try:
            async with Scope(gone) as viewer:
                self._viewer = viewer
                began_s, shown_ms = self._clock.monotonic(), -1
                while True:
                    frame = await self._body.playback.frame()
                    if frame is not None and frame.position_ms != shown_ms:
                        elapsed_ms = round((self._clock.monotonic() - began_s) * 1000)
                        await outlet.body(*packets.of(frame, elapsed_ms))
                        shown_ms = frame.position_ms
                    await self._next(stirred, packets.frames)
        finally:
            unsubscribe()
            if self._viewer is viewer:
                self._viewer = None

    async def _next(self, stirred: asyncio.Event, sent: int) -> None:
        """Wait for the time of the next image, or for a change where the movie is held."""
        if self._body.playback.standing.status != "started":
            await stirred.wait()
        else:
            try:
                async with timeout(self._clock, self._body.viewfinder.gap_s(sent)):
                    await stirred.wait()
            except TimeoutError:
                return
        stirred.clear()


def _header(fields: bytes) -> bytes:
    return (_FILLED_IN + fields).ljust(PAYLOAD_HEADER_BYTES, b"\0")
