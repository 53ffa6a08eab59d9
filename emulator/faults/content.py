"""Faults of content: answers that say something else than the camera did, or something else of themselves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from emulator.clock import Clock
from emulator.faults.engine import Strike
from emulator.faults.outlet import Outlet, Through

_LENGTH = re.compile(rb"(?mi)^(Content-Length: )(\d+)")
_URL_HOST = re.compile(rb"(http:(?:\\/|/){2})[^/:\\\"]+")
_NOISE_BYTES = 64 * 1024
_BOMB_LEVELS = 12


class _Corrupt(Through):
    """Damages one byte in so many, at distances drawn from the seed."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        super().__init__(inner, strike, clock, gone)
        self._next = self._distance()

    async def body(self, *pieces: bytes) -> None:
        await self.inner.body(*map(self._damaged, pieces))

    def _damaged(self, piece: bytes) -> bytes:
        if self._next >= len(piece):
            self._next -= len(piece)
            return piece
        damaged = bytearray(piece)
        while self._next < len(damaged):
            damaged[self._next] ^= self.dice.randrange(1, 256)
            self._next += self._distance()
        self._next -= len(damaged)
        return bytes(damaged)

    def _distance(self) -> int:
        return self.dice.randrange(1, 2 * max(1, int(self.value)) + 1)


class _WrongLength(Through):
    async def head(self, data: bytes, *, chunked: bool) -> None:
        def wrong(match: re.Match[bytes]) -> bytes:
            return match[1] + b"%d" % max(0, int(match[2]) + int(self.value))

        await self.inner.head(_LENGTH.sub(wrong, data), chunked=chunked)


class _Replace(Through):
    """Holds the answer back and sends another body of its own length in its place."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        super().__init__(inner, strike, clock, gone)
        self._head = b""
        self._chunked = False
        self._kept = bytearray()

    async def head(self, data: bytes, *, chunked: bool) -> None:
        self._head, self._chunked = data, chunked
        if chunked:
            await self.inner.head(data, chunked=True)

    async def body(self, *pieces: bytes) -> None:
        if self._chunked:
            for piece in pieces:
                await self.inner.body(self._other(piece))
        else:
            self._kept += b"".join(pieces)

    async def end(self) -> None:
        if self._chunked:
            await self.inner.end()
        else:
            await self._send(self._other(bytes(self._kept)))

    async def _send(self, body: bytes) -> None:
        await self._send_head(len(body))
        await self.inner.body(body)
        await self.inner.end()

    async def _send_head(self, size_bytes: int) -> None:
        head = _LENGTH.sub(rb"\g<1>%d" % size_bytes, self._head)
        await self.inner.head(head, chunked=False)

    def _other(self, body: bytes) -> bytes:
        raise NotImplementedError


class _Duplicate(_Replace):
    def _other(self, body: bytes) -> bytes:
        return body * 2


class _Shorten(_Replace):
    def _other(self, body: bytes) -> bytes:
        return body[: int(self.value)]


class _Unspecified(_Replace):
    """Names no host in the URLs: the QX1's answers did after some hundred pictures (wifi.md 11, quirk 11)."""

    def _other(self, body: bytes) -> bytes:
        return _URL_HOST.sub(rb"\g<1>0.0.0.0", body)


class _Garbage(_Replace):
    def _other(self, body: bytes) -> bytes:
        return self.dice.randbytes(len(body))


class _Bomb(_Replace):
    """Entities that double and double again, as in the attack known as billion laughs."""

    def _other(self, body: bytes) -> bytes:
        entities = "".join(
            f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, _BOMB_LEVELS)
        )
        return (
            f'<?xml version="1.0"?><!DOCTYPE root [<!ENTITY e0 "camera">{entities}]>'
            f'<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>&e{_BOMB_LEVELS - 1};'
            "</friendlyName></device></root>"
        ).encode()


class _Oversize(_Replace):
    async def end(self) -> None:
        left = int(self.value)
        noise = self.dice.randbytes(min(left, _NOISE_BYTES))
        await self._send_head(left)
        while left > 0:
            await self.inner.body(noise[:left])
            left -= len(noise)
        await self.inner.end()


CONTENT_FAULTS: dict[str, Callable[[Outlet, Strike, Clock, asyncio.Event], Outlet]] = {
    "corrupt": _Corrupt,
    "length": _WrongLength,
    "duplicate": _Duplicate,
    "shorten": _Shorten,
    "unspecified": _Unspecified,
    "garbage": _Garbage,
    "bomb": _Bomb,
    "oversize": _Oversize,
}
