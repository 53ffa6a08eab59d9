"""The live view stream: bytes of one endless HTTP answer, cut into packets.

aiohttp's own pieces go straight into the parser's buffer; chunk borders mean nothing (performance.md 1).

Source: protocol/wifi.md 8.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.liveview import LiveViewParser, Payload
from remotelens.transport.body import HttpBody
from remotelens.transport.http import ANSWER_TIMEOUT_S, HttpClient

STALL_TIMEOUT_S = 10.0
GARBAGE_LIMIT_BYTES = 8 * 1024 * 1024


class StreamEnd(Enum):
    """How a stream ended that did not break."""

    CAMERA = "the camera ended the live view"
    EMPTY = "the camera sent no live view: it was not ready, or not asked to start it"


class LiveViewStream:
    """The packets of one live view connection; an async iterator that ends when the camera ends it.

    Attributes:
        end: why the iteration ended; None while it goes on, or when it raised.
        arrived_s: when the latest bytes came, on the clock's monotonic scale.
        received_bytes: how many bytes came.
        parser: cuts them; it counts what it had to skip.
    """

    def __init__(self, body: HttpBody, *, camera: str | None, clock: Clock) -> None:
        self._body = body
        self._camera = camera
        self._clock = clock
        self.end: StreamEnd | None = None
        self.arrived_s: float | None = None
        self.received_bytes = 0
        self.parser = LiveViewParser()

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers, by name in any case."""
        return self._body.headers

    async def __aiter__(self) -> AsyncIterator[Payload]:
        """Yield each packet.

        Raises:
            LinkLost: the connection broke.
            LinkTimeout: nothing came for longer than the stall limit.
            RemoteProtocolError: what comes is no live view.
        """
        parser, read, monotonic = self.parser, self._body.read, self._clock.monotonic
        skipped_at_packet = 0
        packets = 0
        while chunk := await read():
            self.arrived_s = monotonic()
            self.received_bytes += len(chunk)
            payloads = parser.feed(chunk)
            if payloads:
                packets += len(payloads)
                skipped_at_packet = parser.skipped_bytes
                for payload in payloads:
                    yield payload
            elif parser.skipped_bytes - skipped_at_packet > GARBAGE_LIMIT_BYTES:
                raise RemoteProtocolError(
                    f"what comes as live view holds no packet in {GARBAGE_LIMIT_BYTES} bytes",
                    camera=self._camera,
                    remedy="start the live view again",
                )
        self.end = StreamEnd.CAMERA if packets else StreamEnd.EMPTY


@asynccontextmanager
async def live_view_stream(
    http: HttpClient,
    url: str,
    *,
    stall_timeout_s: float = STALL_TIMEOUT_S,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
    clock: Clock = REAL_CLOCK,
) -> AsyncIterator[LiveViewStream]:
    """Open a live view URL; leaving closes the connection.

    Args:
        http: the camera's HTTP client.
        url: as the camera gave it.
        stall_timeout_s: how long the stream may pause; a capture makes it pause, too.
        answer_timeout_s: how long the answer may take to begin.
        clock: tells when bytes arrived.

    Raises:
        ContentGone: the camera has no live view there (now).
        CameraBusy, ConnectFailed, LinkLost, LinkTimeout, RemoteProtocolError: as `HttpClient.open`.
    """
    opened = http.open(url, stall_timeout_s=stall_timeout_s, answer_timeout_s=answer_timeout_s)
    async with opened as body:
        yield LiveViewStream(body, camera=http.camera, clock=clock)
