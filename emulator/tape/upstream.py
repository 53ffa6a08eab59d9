"""One request to the camera behind, and its answer as it comes: bytes, not an idea of them."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from emulator.wifi.request import HttpRequest
from remotelens.errors import RemoteProtocolError

_HEAD_BYTES = 64 * 1024
_BODY_BYTES = 256 * 1024 * 1024
_READ_BYTES = 64 * 1024
_BODILESS = (204, 304)
_LENGTH = re.compile("[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]*)?\r?\n")
_HOP = frozenset({"host", "connection", "keep-alive", "proxy-connection", "expect"})


class CutShort(RemoteProtocolError):
    """The camera did not end its answer as the head announced it.

    Args:
        message: what has happened.
        reset: whether the connection was cut, rather than closed.
    """

    def __init__(self, message: str, *, reset: bool = False) -> None:
        super().__init__(message)
        self.reset = reset


@dataclass(slots=True)
class UpstreamAnswer:
    """An answer whose head has come.

    Attributes:
        verb: of the request.
        status: its code.
        reason: its words.
        headers: its header lines, in their order and case.
        chunked: whether its body comes in chunks.
        reader: where the body comes from.
    """

    verb: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    chunked: bool
    reader: asyncio.StreamReader

    def header(self, name: str) -> str:
        """Return the first value under that name; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def length(self) -> int | None:
        """How many bytes of body its head announces; None where it does not say."""
        match = _LENGTH.fullmatch(self.header("content-length"))
        return int(match[0]) if match and not self.chunked else None

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body: each chunk as it is, else what has come so far.

        Raises:
            CutShort: it ends before its end.
        """
        if self.verb == "HEAD" or self.status in _BODILESS:
            return
        left = self.length
        try:
            if self.chunked:
                while size := _chunk_size(await self.reader.readline()):
                    yield (await self.reader.readexactly(size + 2))[:-2]
                await self.reader.readline()
                return
            while left != 0 and (data := await self.reader.read(min(_READ_BYTES, left or _READ_BYTES))):
                left = left and left - len(data)
                yield data
        except OSError as error:
            raise CutShort(f"the answer was cut off in its middle: {error}", reset=True) from error
        except (asyncio.IncompleteReadError, ValueError) as error:
            raise CutShort("the answer broke off in the middle of its chunks") from error
        if left:
            raise CutShort(f"{left} bytes of the answer never came")

    async def whole(self) -> tuple[bytes, CutShort | None]:
        """Return the whole body, or what has come of it and why that is not all.

        Raises:
            RemoteProtocolError: it has no end.
        """
        parts: list[bytes] = []
        size = 0
        try:
            async for piece in self.pieces():
                parts.append(piece)
                size += len(piece)
                if size > _BODY_BYTES:
                    raise RemoteProtocolError("the camera's answer has no end")
        except CutShort as cut:
            return b"".join(parts), cut
        return b"".join(parts), None


def _chunk_size(line: bytes) -> int:
    """Return how long a chunk is.

    Raises:
        ValueError: its line does not say.
    """
    match = _CHUNK.match(line)
    if match is None:
        raise ValueError(f"a chunk begins with {line[:20]!r}")
    return int(match[1], 16)


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
        reason = words[2] if len(words) > 2 else ""
        yield UpstreamAnswer(request.method, int(words[1]), reason, headers, chunked, reader)
    finally:
        writer.transport.abort()
