"""Where an answer's bytes go: a head, pieces of a body, an end, or a reset.

Handlers write content; the outlet adds the transfer coding below it. So whatever stands between the two
(the network faults) sees and changes content, never chunk sizes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from emulator.clock import Clock, timeout

_PIECE_BYTES = 64 * 1024
_LINGER_NONE = struct.pack("HH" if os.name == "nt" else "ii", 1, 0)


class PeerGone(ConnectionError):
    """The client is not there any more, or has not read for too long."""


class Outlet(Protocol):
    """One answer on its way to the client."""

    async def head(self, data: bytes, *, chunked: bool) -> None:
        """Send the status line and headers, blank line included."""
        ...

    async def body(self, *pieces: bytes) -> None:
        """Send pieces of content; with chunked coding each is one chunk."""
        ...

    async def end(self) -> None:
        """End the answer as its head announced it."""
        ...

    def reset(self) -> None:
        """Cut the connection the hard way: the client sees a reset."""
        ...

    def half_close(self) -> None:
        """End the camera's side of the connection, and leave the client's open."""
        ...


class SocketOutlet:
    """An outlet onto one connection.

    Args:
        writer: the connection.
        clock: the time its client lives in.
        blocked_s: how long a client may leave bytes unread before it is dropped.
    """

    def __init__(self, writer: asyncio.StreamWriter, clock: Clock, *, blocked_s: float) -> None:
        self._writer = writer
        self._clock = clock
        self._blocked_s = blocked_s
        self._chunked = False
        self._head = b""
        writer.transport.set_write_buffer_limits(high=0)

    async def head(self, data: bytes, *, chunked: bool) -> None:
        """Send the status line and headers: at once before a stream, else together with the body.

        Some clients read once and expect a whole answer.
        """
        self._chunked = chunked
        self._head = data
        if chunked:
            await self._send(())

    async def body(self, *pieces: bytes) -> None:
        """Send pieces of content, all of them in one go where they are small."""
        if self._chunked:
            await self._send(
                [part for piece in pieces if piece for part in (b"%X\r\n" % len(piece), piece, b"\r\n")]
            )
            return
        for piece in pieces:
            for start in range(0, len(piece), _PIECE_BYTES):
                await self._send((piece[start : start + _PIECE_BYTES],))

    async def end(self) -> None:
        """Send the last chunk, where there are chunks, and whatever has waited for a body."""
        last = (b"0\r\n\r\n",) if self._chunked else ()
        self._chunked = False
        if last or self._head:
            await self._send(last)

    def reset(self) -> None:
        """Abort the connection without the farewell of TCP."""
        reset_connection(self._writer)

    def half_close(self) -> None:
        """Send what is waiting and the end of the stream; the client may still talk."""
        if not self._writer.transport.is_closing():
            self._writer.write_eof()

    async def _send(self, parts: Iterable[bytes]) -> None:
        """Write the parts in one go and wait until the host has taken every byte."""
        head, self._head = self._head, b""
        transport = self._writer.transport
        self._writer.write(head + b"".join(parts))
        if transport.get_write_buffer_size():
            try:
                async with timeout(self._clock, self._blocked_s):
                    await self._writer.drain()
            except TimeoutError as error:
                self.reset()
                raise PeerGone(f"the client has read nothing for {self._blocked_s:g} s") from error
            except ConnectionError as error:
                raise PeerGone("the connection is closed") from error
        if transport.is_closing():
            raise PeerGone("the connection is closed")


def reset_connection(writer: asyncio.StreamWriter) -> None:
    """Close a connection so that the other side sees a reset; pending bytes are lost."""
    transport = writer.transport
    connection = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    transport.abort()


@lru_cache(512)
def encode_head(status: int, reason: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """Return a status line and headers, names and order as given."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
