"""One request to the camera behind, and its answer as it comes: bytes, not an idea of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from emulator.wifi.request import HttpRequest
from remotelens.errors import RemoteProtocolError

_HEAD_BYTES = 64 * 1024
_BODY_BYTES = 256 * 1024 * 1024
_READ_BYTES = 64 * 1024
_HOP = frozenset({"host", "connection", "keep-alive", "proxy-connection", "expect"})


@dataclass(slots=True)
class UpstreamAnswer:
    """An answer whose head has come.

    Attributes:
        status: its code.
        reason: its words.
        headers: its header lines, in their order and case.
        chunked: whether its body comes in chunks.
        reader: where the body comes from.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    chunked: bool
    reader: asyncio.StreamReader

    def header(self, name: str) -> str:
        """Return the first value under that name; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body: each chunk as it is, else what has come so far."""
        if self.chunked:
            while size := int((await self.reader.readline()).split(b";")[0] or b"0", 16):
                yield (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
            return
        length = self.header("content-length")
        left = int(length) if length.isdigit() else _BODY_BYTES
        while left and (data := await self.reader.read(min(_READ_BYTES, left))):
            left -= len(data)
            yield data

    async def whole(self) -> bytes:
        """Return the whole body.

        Raises:
            RemoteProtocolError: it has no end.
        """
        parts: list[bytes] = []
        size = 0
        async for piece in self.pieces():
            parts.append(piece)
            size += len(piece)
            if size > _BODY_BYTES:
                raise RemoteProtocolError("the camera's answer has no end")
        return b"".join(parts)


@contextlib.asynccontextmanager
async def ask(host: str, port: int, request: HttpRequest) -> AsyncIterator[UpstreamAnswer]:
    """Send a request on to the camera, and give its answer while the block runs.

    Raises:
        OSError: the camera is not there.
        RemoteProtocolError: what it answers is no HTTP.
    """
    reader, writer = await asyncio.open_connection(host, port, limit=_HEAD_BYTES)
    try:
        lines = [f"{request.method} {request.target} HTTP/{request.version}", f"Host: {host}:{port}"]
        lines += [f"{name}: {value}" for name, value in request.headers if name.lower() not in _HOP]
        lines.append("Connection: close")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + request.body)
        await writer.drain()
        try:
            block = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise RemoteProtocolError(f"the camera at {host}:{port} sent no HTTP head") from error
        first, *rest = block[:-4].split("\r\n")
        words = first.split(" ", 2)
        if len(words) < 2 or not words[1].isdigit():
            raise RemoteProtocolError(f"the camera at {host}:{port} answered {first[:80]!r}")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in rest)]
        chunked = any(n.lower() == "transfer-encoding" and "chunked" in v.lower() for n, v in headers)
        yield UpstreamAnswer(int(words[1]), words[2] if len(words) > 2 else "", headers, chunked, reader)
    finally:
        writer.transport.abort()
