"""A stored movie, played by the camera and seen here: images without sound.

Only in Contents Transfer. Source: protocol/wifi.md 8.2 (types 0x11 and 0x12) and 9.4.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from remotelens.camera.ending import Ending, status_is
from remotelens.camera.line import Line
from remotelens.camera.live_view import Opener
from remotelens.errors import LinkError, NotSupported, RefusedError, RemoteProtocolError
from remotelens.protocol.wifi.contents import Content
from remotelens.protocol.wifi.liveview import PayloadType, decode_playback_position, jpeg_of

STATUS_TIMEOUT_S = 10.0
END_MS = 100
_SERVICE = "avContent"
_STREAMING = "Streaming"
_SIMPLE = "simpleStreaming"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MovieFrame:
    """One image of a movie that is played.

    Attributes:
        jpeg: a complete JPEG.
        position_s: where in the movie it stands.
        duration_s: how long the movie is.
    """

    jpeg: bytes
    position_s: float
    duration_s: float


class Playback:
    """A movie put in; `start` lets it run.

    Args:
        line: the camera.
        url: where its images come from.
        open_stream: opens that.
    """

    def __init__(self, line: Line, url: str, open_stream: Opener) -> None:
        self._line = line
        self._url = url
        self._open_stream = open_stream

    async def start(self) -> None:
        """Let it run from where it stands; at its end it begins anew."""
        await self._line.call("startStreaming", service=_SERVICE)

    async def pause(self) -> None:
        """Hold it where it is."""
        await self._line.call("pauseStreaming", service=_SERVICE)

    async def seek(self, position_s: float) -> None:
        """Go to a place in it.

        Raises:
            NotSupported: the camera cannot (a QX1 or QX30).
        """
        if not self._line.has("seekStreamingPosition", _SERVICE):
            raise NotSupported("this camera plays movies from their beginning only", camera=self._line.name)
        position = {"positionMsec": round(position_s * 1000)}
        await self._line.call("seekStreamingPosition", position, service=_SERVICE)

    async def status(self) -> str:
        """Return the camera's word: idle, paused, started, pausedByEdge or error."""
        values = await self._line.call("requestToNotifyStreamingStatus", {"polling": False}, service=_SERVICE)
        match values:
            case [{"status": str(status)}, *_]:
                return status
        raise RemoteProtocolError("the answer tells no streaming status", camera=self._line.name)

    async def frames(self) -> AsyncIterator[MovieFrame]:
        """Yield its images as they come, the present one first, to the end of the movie.

        While the movie is held none come.

        Raises:
            LinkLost: the stream broke, or nothing came for long.
        """
        position_ms = duration_ms = 0
        async with self._open_stream(self._line.api.url(self._url)) as stream:
            async for payload in stream:
                if payload.type == PayloadType.PLAYBACK_INFO:
                    told = decode_playback_position(payload)
                    position_ms, duration_ms = told.position_ms, told.duration_ms
                elif payload.type == PayloadType.PLAYBACK:
                    yield MovieFrame(jpeg_of(payload), position_ms / 1000, duration_ms / 1000)
                    if duration_ms and position_ms >= duration_ms - END_MS:
                        return


@asynccontextmanager
async def playing(line: Line, entry: Content, open_stream: Opener) -> AsyncIterator[Playback]:
    """Put a stored movie in for as long as the block runs; it stands at its beginning."""
    if _SIMPLE not in entry.remote_play or not line.has("setStreamingContent", _SERVICE):
        raise NotSupported(
            "the camera does not play this", camera=line.name, remedy="fetch it and play it here"
        )
    movie = {"remotePlayType": _SIMPLE, "uri": entry.uri}
    end = Ending(
        line,
        "stopStreaming",
        service=_SERVICE,
        going=status_is(_STREAMING),
        doubt="the camera may still be playing",
        limit_s=STATUS_TIMEOUT_S,
    )
    try:
        match await end.begin("setStreamingContent", movie):
            case [{"playbackUrl": str(url)}, *_] if url:
                pass
            case _:
                raise RemoteProtocolError("the answer names no stream", camera=line.name)
        await line.until(
            lambda state: state.status == _STREAMING, timeout_s=STATUS_TIMEOUT_S, what="the movie"
        )
        yield Playback(line, url, open_stream)
    finally:
        await _take_out(line, end)


async def _take_out(line: Line, end: Ending) -> None:
    """End the playback; what ended the block is told, not that this failed."""
    try:
        if end.owed:
            await end.now()
            await line.until(
                lambda state: state.status != _STREAMING,
                timeout_s=STATUS_TIMEOUT_S,
                what="the end of the playback",
            )
    except (RefusedError, LinkError, RemoteProtocolError) as error:
        _log.warning("%s", error)
    finally:
        await end.close()
