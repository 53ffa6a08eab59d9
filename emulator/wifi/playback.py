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
from emulator.body.playback import PlayedFrame
from emulator.clock import Cause, Clock, Scope, timeout
from emulator.wifi.face import Face
from emulator.wifi.outlet import Outlet
from remotelens.protocol.wifi.liveview import PAYLOAD_HEADER_BYTES, PayloadType, encode_packet

_INFO_BYTES = 32
_FILLED_IN = bytes(8)


class PlaybackStream:
    """Serves the movie that one camera plays to one viewer at a time: the last one wins.

    Args:
        body: the camera.
        face: the kind of server.
        clock: the camera's time.
    """

    def __init__(self, body: Body, face: Face, clock: Clock) -> None:
        self._body = body
        self._face = face
        self._clock = clock
        self._viewer: Scope | None = None

    def end(self) -> None:
        """End the stream in order: the movie was taken out, or another viewer comes."""
        if self._viewer is not None:
            self._viewer.end()

    async def stream(self, outlet: Outlet, gone: Cause) -> int:
        """Write images until the stream is ended or the viewer goes; returns how many."""
        self.end()
        stirred = asyncio.Event()
        unsubscribe: Callable[[], None] = self._body.subscribe(
            lambda topic: stirred.set() if topic == "playback" else None
        )
        sent = 0
        try:
            async with Scope(gone) as viewer:
                self._viewer = viewer
                began_s, shown_ms = self._clock.monotonic(), -1
                while True:
                    frame = await self._body.playback.frame()
                    if frame is not None and frame.position_ms != shown_ms:
                        elapsed_ms = round((self._clock.monotonic() - began_s) * 1000)
                        await outlet.body(*self._packets(frame, sent, elapsed_ms))
                        sent, shown_ms = sent + 1, frame.position_ms
                    await self._next(stirred, sent)
        finally:
            unsubscribe()
            if self._viewer is viewer:
                self._viewer = None
        return sent

    async def _next(self, stirred: asyncio.Event, sent: int) -> None:
        """Wait for the time of the next image, or for a change where the movie is held."""
        if self._body.playback.standing.status != "started":
            await stirred.wait()
        else:
            try:
                async with timeout(self._clock, self._body.live_gap_s(sent)):
                    await stirred.wait()
            except TimeoutError:
                return
        stirred.clear()

    def _packets(self, frame: PlayedFrame, number: int, elapsed_ms: int) -> list[bytes]:
        sequence = self._face.first_sequence + number
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


def _header(fields: bytes) -> bytes:
    return (_FILLED_IN + fields).ljust(PAYLOAD_HEADER_BYTES, b"\0")
