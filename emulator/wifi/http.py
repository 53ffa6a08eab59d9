"""A small HTTP/1 server with full control of its bytes: connections, limits, and who is still there.

It knows no camera. A handler gets a request and an outlet and writes the answer itself, since the names,
the case and the order of headers are part of what a camera is known by.

Source: protocol/wifi.md 4.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass

from emulator.clock import Cause, Clock, Handle, RealClock
from emulator.wifi.outlet import Outlet, SocketOutlet, encode_head, reset_connection
from emulator.wifi.place import Inside
from emulator.wifi.request import BadHttp, HttpRequest, RequestParser

_READ_BYTES = 64 * 1024
_BACKLOG = 16
_SLACK_S = 1e-6


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a client the server bears; times are the client's."""

    header_bytes: int = 16 * 1024
    body_bytes: int = 20_480
    connections: int = 10
    request_s: float = 10.0
    idle_s: float = 60.0
    blocked_s: float = 10.0
    farewell_s: float = 1.0
    farewell_bytes: int = 1024 * 1024


@dataclass(slots=True)
class Peer:
    """The client at the other end of one connection.

    Attributes:
        number: counts the connections of this server from 1.
        address: host and port.
        gone: set when the client has closed its side, be it in the middle of an answer; it may still read.
        lost: set when nothing can be sent to it any more, which is found out by sending.
    """

    number: int
    address: tuple[str, int]
    gone: Cause
    lost: Cause
    writer: asyncio.StreamWriter

    def keep_few_unread(self, size_bytes: int) -> None:
        """Make the host hold few bytes for a slow client, so that what it reads next is new."""
        if self.writer.transport.is_closing():
            return
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size_bytes)


Handler = Callable[[HttpRequest, Outlet, Peer], Awaitable[bool]]
"""Writes the answer; returns True when the connection may carry another request."""


class HttpServer:
    """Serves one address, which it keeps for itself even while it is shut.

    Args:
        handler: answers the requests.
        limits: see `Limits`.
        clock: the clients' time; the emulated cameras' own may be another.
        inside: enters the network in which it serves.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        inside: Inside = nullcontext,
    ) -> None:
        self._handler = handler
        self._inside = inside
        self._limits = limits or Limits()
        self._clock = clock or RealClock()
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._numbers = itertools.count(1)
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.host = ""
        self.port = 0

    def bind(self, host: str, port: int) -> int:
        """Take the address without listening: connections are refused. Returns the port.

        Raises:
            OSError: the port is taken, or the address is not this host's.
        """
        self._socket = self._parked(host, port)
        self.host, self.port = host, self._socket.getsockname()[1]
        return self.port

    @property
    def is_open(self) -> bool:
        """True while connections are accepted."""
        return self._server is not None

    async def open(self) -> None:
        """Accept connections from now on.

        Raises:
            OSError: the address was lost to another program, and it still has it.
        """
        if self._server is None:
            bound = self._socket or self._parked(self.host, self.port)
            self._socket = None
            _let_reuse(bound, True)
            loop = asyncio.get_running_loop()
            # Not served at once, nothing is waited for before it is known: it can be shut again at any time.
            self._server = await loop.create_server(
                lambda: _Connection(self._accept), sock=bound, backlog=_BACKLOG, start_serving=False
            )
            await self._server.start_serving()

    async def shut(self) -> None:
        """Refuse connections from now on and cut those that are open; the address stays taken.

        Raises:
            OSError: another program has taken the address in that moment; all else is done.
        """
        try:
            if self._server is not None:
                server, self._server = self._server, None
                server.close()
                self._socket = self._parked(self.host, self.port)
        finally:
            await self._cut()

    async def close(self) -> None:
        """Cut everything and give the address back."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.release()
        await self._cut()

    def _parked(self, host: str, port: int) -> socket.socket:
        with self._inside():
            return _parked(host, port)

    def release(self) -> None:
        """Give back an address on which it has never listened."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _cut(self) -> None:
        current = asyncio.current_task()
        tasks = [task for task in self._connections if task is not current]
        for task in tasks:
            reset_connection(self._connections[task])
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gone: Cause, lost: Cause
    ) -> None:
        if self._server is None:  # it came in while the server was being shut
            reset_connection(writer)
            return
        task = asyncio.get_running_loop().create_task(self._connection(reader, writer, gone, lost))
        self._connections[task] = writer
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        writer = self._connections.pop(task)  # kept until it is cut: let go of, it would close by itself
        writer.transport.abort()
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "an emulated camera failed to answer a request", "exception": error, "task": task}
            )

    async def _connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gone: Cause, lost: Cause
    ) -> None:
        host, port = writer.get_extra_info("peername", ("", 0))[:2]
        peer = Peer(next(self._numbers), (host, port), gone, lost, writer)
        patience = _Patience(reader, self._clock)
        try:
            with contextlib.suppress(ConnectionError, _TooSlow):
                if len(self._connections) > self._limits.connections:
                    await _refuse(self._outlet(writer), 503, "Service Unavailable")
                else:
                    await self._requests(reader, peer, patience)
                await self._farewell(reader, writer, patience)
        finally:
            patience.close()

    def _outlet(self, writer: asyncio.StreamWriter) -> SocketOutlet:
        return SocketOutlet(writer, self._clock, blocked_s=self._limits.blocked_s)

    async def _requests(self, reader: asyncio.StreamReader, peer: Peer, patience: _Patience) -> None:
        """Answer one request after the other, until either side wants no more."""
        limits = self._limits
        parser = RequestParser(header_bytes=limits.header_bytes, body_bytes=limits.body_bytes)
        outlet = self._outlet(peer.writer)
        keep = True
        try:
            while keep:
                request = await self._read(reader, parser, patience)
                if request is None:
                    return
                keep = await self._handler(request, outlet, peer)
        except BadHttp as error:
            reason = "Request Entity Too Large" if error.status == 413 else "Bad Request"
            await _refuse(outlet, error.status, reason)

    async def _read(
        self, reader: asyncio.StreamReader, parser: RequestParser, patience: _Patience
    ) -> HttpRequest | None:
        """Return the next request, or None when the client leaves; raise _TooSlow when it is too slow."""
        limits = self._limits
        if (request := parser.next_request()) is not None:
            return request
        if not parser.begun:
            patience.begin(limits.idle_s)
            data = await reader.read(_READ_BYTES)
            patience.end()
            if not data:
                return None
            parser.feed(data)
            if (request := parser.next_request()) is not None:
                return request
        patience.begin(limits.request_s)
        while data := await reader.read(_READ_BYTES):
            parser.feed(data)
            if (request := parser.next_request()) is not None:
                patience.end()
                return request
        return None

    async def _farewell(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: _Patience
    ) -> None:
        """Close so that the last answer arrives: unread input would turn the close into a reset."""
        remaining = self._limits.farewell_bytes
        with contextlib.suppress(OSError):
            writer.write_eof()
            patience.begin(self._limits.farewell_s)
            while remaining > 0 and (data := await reader.read(_READ_BYTES)):
                remaining -= len(data)


class _TooSlow(Exception):
    """A client has let us wait for too long."""


class _Patience:
    """Ends the waiting for one client's bytes, with one timer for all its requests.

    A timer a request would be most of the cost of a short one: the timer that is set goes off when it was
    set to, and then looks whether it is time.

    Args:
        reader: what waits; it raises `_TooSlow` then.
        clock: measures the time.
    """

    def __init__(self, reader: asyncio.StreamReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._until_s: float | None = None
        self._looks_at_s = 0.0
        self._timer: Handle | None = None

    def begin(self, seconds: float) -> None:
        """Wait from now on, but no longer than that."""
        self._until_s = self._clock.monotonic() + seconds
        if self._timer is not None and self._looks_at_s > self._until_s:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._set(self._until_s, seconds)

    def end(self) -> None:
        """Wait no longer."""
        self._until_s = None

    def close(self) -> None:
        """Wait never again."""
        self._until_s = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, at_s: float, seconds: float) -> None:
        self._looks_at_s = at_s
        self._timer = self._clock.call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._until_s is None:
            return
        left_s = self._until_s - self._clock.monotonic()
        if left_s > _SLACK_S:
            self._set(self._until_s, left_s)
        else:
            self._until_s = None
            self._reader.set_exception(_TooSlow())


class _Connection(asyncio.StreamReaderProtocol):
    """A stream that tells at once when the client has closed, even while nobody reads."""

    def __init__(
        self, accept: Callable[[asyncio.StreamReader, asyncio.StreamWriter, Cause, Cause], None]
    ) -> None:
        self._gone, self._lost = Cause(), Cause()
        reader = asyncio.StreamReader(_READ_BYTES)
        super().__init__(reader, lambda reader, writer: accept(reader, writer, self._gone, self._lost))

    def eof_received(self) -> bool | None:
        self._gone.set()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone.set()
        self._lost.set()
        super().connection_lost(exc)


async def _refuse(outlet: SocketOutlet, status: int, reason: str) -> None:
    """Answer what no camera method has seen, in the form of the one such answer on record.

    Source: protocol/wifi.md 4.2, HTTP 404 of an RX100M2.
    """
    body = b'{"error":[%d,"%s"]}' % (status, reason.encode())
    headers = (
        ("Connection", "close"),
        ("Content-Length", str(len(body))),
        ("Content-Type", "application/json"),
    )
    await outlet.head(encode_head(status, reason, headers), chunked=False)
    await outlet.body(body)


def _parked(host: str, port: int) -> socket.socket:
    """Return a socket that has the address to itself and refuses connections.

    Old connections that the host still remembers do not stand in the way of taking it; but once taken, the
    permission to share it is withdrawn, so that another program cannot listen there meanwhile.
    """
    try:
        return _bound(host, port, reuse=False)
    except OSError:
        if not port or os.name != "posix":
            raise
    parked = _bound(host, port, reuse=True)
    _let_reuse(parked, False)
    return parked


def _bound(host: str, port: int, *, reuse: bool) -> socket.socket:
    # asyncio sets TCP_NODELAY only where the protocol is named
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        _let_reuse(bound, reuse)
        bound.bind((host, port))
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def _let_reuse(bound: socket.socket, reuse: bool) -> None:
    """Set SO_REUSEADDR, except where it would let others take an address that is in use."""
    if os.name == "posix":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
