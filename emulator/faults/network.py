"""Faults of a connection: wrappers around an outlet that delay, cut, stall or damage what passes.

They work on content. The transfer coding lies below them, so a damaged live view stays a well-formed stream
of chunks, and a client has to find its way in the packets.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Protocol

from emulator.clock import Clock
from emulator.faults.engine import FaultEngine, Strike

_LENGTH = re.compile(rb"(?mi)^(Content-Length: )\d+")
_NOISE_BYTES = 64 * 1024
_BOMB_LEVELS = 12


class Outlet(Protocol):
    """One answer on its way to the client; see `emulator.wifi.outlet`."""

    async def head(self, data: bytes, *, chunked: bool) -> None:
        """Send the status line and headers."""
        ...

    async def body(self, *pieces: bytes) -> None:
        """Send pieces of content."""
        ...

    async def end(self) -> None:
        """End the answer."""
        ...

    def reset(self) -> None:
        """Reset the connection."""
        ...


class Cut(ConnectionError):
    """The answer ends here."""


class NetworkFaults:
    """Puts the network faults of one camera in front of its connections.

    Args:
        engine: the rules.
        camera: the camera's id.
        clock: its time.
    """

    def __init__(self, engine: FaultEngine, camera: str, clock: Clock) -> None:
        self._engine = engine
        self._camera = camera
        self._clock = clock

    def wrap(self, channel: str, wanted: str, outlet: Outlet, gone: asyncio.Event) -> Outlet:
        """Return the outlet with whatever strikes this answer in front of it."""
        for strike in self._engine.strikes(channel, self._camera, wanted, _KINDS):
            outlet = _WRAPPERS[strike.rule.kind](outlet, strike, self._clock, gone)
        return outlet


class _Through:
    """An outlet that lets everything through; the faults override what they spoil."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        self._inner = inner
        self._value = strike.rule.value
        self._dice = strike.dice
        self._clock = clock
        self._gone = gone

    async def head(self, data: bytes, *, chunked: bool) -> None:
        await self._inner.head(data, chunked=chunked)

    async def body(self, *pieces: bytes) -> None:
        await self._inner.body(*pieces)

    async def end(self) -> None:
        await self._inner.end()

    def reset(self) -> None:
        self._inner.reset()


class _Delay(_Through):
    async def head(self, data: bytes, *, chunked: bool) -> None:
        await self._clock.sleep(self._value)
        await self._inner.head(data, chunked=chunked)


class _Stop(_Through):
    """Lets so many bytes of the body through, and then does something else."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        super().__init__(inner, strike, clock, gone)
        self._left = int(self._value)

    async def body(self, *pieces: bytes) -> None:
        for piece in pieces:
            if len(piece) >= self._left:
                if self._left:
                    await self._inner.body(piece[: self._left])
                await self._stop()
            self._left -= len(piece)
            await self._inner.body(piece)

    async def _stop(self) -> None:
        raise NotImplementedError


class _Reset(_Stop):
    async def _stop(self) -> None:
        self._inner.reset()
        raise Cut("a fault rule resets the connection")


class _Truncate(_Stop):
    async def _stop(self) -> None:
        raise Cut("a fault rule closes the connection")


class _Stall(_Stop):
    async def _stop(self) -> None:
        await self._gone.wait()
        raise Cut("a fault rule let the client wait until it went")


class _Corrupt(_Through):
    """Damages one byte in so many, at distances drawn from the seed."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        super().__init__(inner, strike, clock, gone)
        self._next = self._distance()

    async def body(self, *pieces: bytes) -> None:
        await self._inner.body(*map(self._damaged, pieces))

    def _damaged(self, piece: bytes) -> bytes:
        if self._next >= len(piece):
            self._next -= len(piece)
            return piece
        damaged = bytearray(piece)
        while self._next < len(damaged):
            damaged[self._next] ^= self._dice.randrange(1, 256)
            self._next += self._distance()
        self._next -= len(damaged)
        return bytes(damaged)

    def _distance(self) -> int:
        return self._dice.randrange(1, 2 * max(1, int(self._value)) + 1)


class _Replace(_Through):
    """Holds the answer back and sends another body of its own length in its place."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        super().__init__(inner, strike, clock, gone)
        self._head = b""
        self._kept = bytearray()

    async def head(self, data: bytes, *, chunked: bool) -> None:
        self._head = data

    async def body(self, *pieces: bytes) -> None:
        self._kept += b"".join(pieces)

    async def end(self) -> None:
        await self._send(self._other(bytes(self._kept)))

    async def _send(self, body: bytes) -> None:
        await self._send_head(len(body))
        await self._inner.body(body)
        await self._inner.end()

    async def _send_head(self, size_bytes: int) -> None:
        head = _LENGTH.sub(rb"\g<1>%d" % size_bytes, self._head)
        await self._inner.head(head, chunked=False)

    def _other(self, body: bytes) -> bytes:
        raise NotImplementedError


class _Shorten(_Replace):
    def _other(self, body: bytes) -> bytes:
        return body[: int(self._value)]


class _Garbage(_Replace):
    def _other(self, body: bytes) -> bytes:
        return self._dice.randbytes(len(body))


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
        left = int(self._value)
        noise = self._dice.randbytes(min(left, _NOISE_BYTES))
        await self._send_head(left)
        while left > 0:
            await self._inner.body(noise[:left])
            left -= len(noise)
        await self._inner.end()


_WRAPPERS: dict[str, Callable[[Outlet, Strike, Clock, asyncio.Event], Outlet]] = {
    "delay": _Delay,
    "reset": _Reset,
    "truncate": _Truncate,
    "stall": _Stall,
    "corrupt": _Corrupt,
    "shorten": _Shorten,
    "garbage": _Garbage,
    "bomb": _Bomb,
    "oversize": _Oversize,
}
_KINDS = frozenset(_WRAPPERS)
