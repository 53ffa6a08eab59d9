"""A client that knows nothing of ours: bytes to a port and back, for tests that look at every byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, its header lines as they came."""

    status_line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.status_line.split()[1])

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The value under exactly that name."""
        return dict(self.headers).get(name)


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(
        self, verb: str, target: str, body: bytes = b"", *, version: str = "1.1", **headers: str
    ) -> Answer:
        """Send one request and read its answer by its length, or until the connection ends."""
        self.send(verb, target, body, version=version, **headers)
        return await self.answer()

    def send(
        self, verb: str, target: str, body: bytes = b"", *, version: str = "1.1", **headers: str
    ) -> None:
        """Send one request."""
        lines = [f"{verb} {target} HTTP/{version}", "Host: camera"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    async def head(self) -> tuple[str, list[tuple[str, str]]]:
        """Read a status line and header lines."""
        block = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = block[:-4].split("\r\n")
        return status_line, [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    async def answer(self) -> Answer:
        """Read one answer."""
        status_line, headers = await self.head()
        length = dict(headers).get("Content-Length")
        body = await (self.reader.read() if length is None else self.reader.readexactly(int(length)))
        return Answer(status_line, headers, body)

    async def chunk(self) -> bytes:
        """Read one chunk; empty at the end of the stream."""
        size = int(await self.reader.readline(), 16)
        data = await self.reader.readexactly(size + 2)
        return data[:-2]


@contextlib.asynccontextmanager
async def wire(port: int, host: str = "127.0.0.1") -> AsyncIterator[Wire]:
    """Open a connection, and cut it in the end."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


async def ask(port: int, verb: str, target: str, body: bytes = b"", **options: str) -> Answer:
    """Ask on a connection of its own."""
    async with wire(port) as connection:
        return await connection.ask(verb, target, body, **options)


def call_body(method: str, *params: Any, number: int = 1, version: str = "1.0") -> bytes:
    """A call as clients in the field write it."""
    return json.dumps({"method": method, "params": params, "id": number, "version": version}).encode()


async def call(port: int, method: str, *params: Any, service: str = "camera", version: str = "1.0") -> Answer:
    """Call a method on a connection of its own."""
    return await ask(port, "POST", f"/sony/{service}", call_body(method, *params, version=version))


async def refused(port: int) -> bool:
    """Whether a connection is refused."""
    try:
        async with wire(port):
            return False
    except ConnectionRefusedError:
        return True
