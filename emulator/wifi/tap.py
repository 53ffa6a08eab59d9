"""Writes down every HTTP exchange of a camera as it went over the connection.

It stands between the connection and everything else, faults included: what the journal holds is what the
client got.
"""

from __future__ import annotations

import asyncio

from emulator.clock import Clock
from emulator.journal import EXCHANGE, Exchange, Journal
from emulator.journal.exchange import KEPT_BODY_BYTES
from emulator.wifi.http import Handler, Peer
from emulator.wifi.outlet import Outlet
from emulator.wifi.request import HttpRequest


def tapped(handler: Handler, journal: Journal, camera: str, clock: Clock) -> Handler:
    """Return the handler with the journal in front of it.

    Args:
        handler: answers the requests.
        journal: where the exchanges go.
        camera: the camera's id.
        clock: its time.
    """

    async def answer(request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        exchange = Exchange(
            journal.next_exchange(),
            peer.number,
            request.method,
            _url(request, peer),
            request.version,
            request.headers,
            request.body,
            started_s=clock.monotonic(),
        )
        token = EXCHANGE.set(exchange)
        try:
            return await handler(request, _Tap(outlet, exchange), peer)
        except asyncio.CancelledError:
            exchange.outcome = "cut"
            raise
        except ConnectionError as error:
            exchange.outcome = str(error) or type(error).__name__
            raise
        except BaseException:
            exchange.outcome = "failed"
            raise
        finally:
            EXCHANGE.reset(token)
            exchange.seconds = clock.monotonic() - exchange.started_s
            journal.add_exchange(camera, exchange)

    return answer


def _url(request: HttpRequest, peer: Peer) -> str:
    if "://" in request.target:
        return request.target
    host, port = peer.writer.get_extra_info("sockname", ("", 0))[:2]
    return f"http://{host}:{port}{request.target}"


class _Tap:
    """An outlet that remembers what left; of a stream of chunks, only how much."""

    __slots__ = ("_exchange", "_inner", "_keeps", "half_close", "reset")

    def __init__(self, inner: Outlet, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange
        self._keeps = True
        self.reset = inner.reset
        self.half_close = inner.half_close

    async def head(self, data: bytes, *, chunked: bool) -> None:
        """Send the status line and headers."""
        self._exchange.head = data
        self._keeps = not chunked
        await self._inner.head(data, chunked=chunked)

    async def body(self, *pieces: bytes) -> None:
        """Send pieces of content."""
        exchange = self._exchange
        for piece in pieces:
            exchange.answer_bytes += len(piece)
            if self._keeps:
                if exchange.answer_bytes > KEPT_BODY_BYTES:
                    self._keeps = False
                    exchange.answer.clear()
                else:
                    exchange.answer += piece
        await self._inner.body(*pieces)

    async def end(self) -> None:
        """End the answer."""
        await self._inner.end()
