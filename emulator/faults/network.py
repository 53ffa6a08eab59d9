"""Faults of a connection: wrappers around an outlet that delay, cut, stall or slow down what passes.

They work on content. The transfer coding lies below them, so a damaged live view stays a well-formed stream
of chunks, and a client has to find its way in the packets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from emulator.clock import Clock
from emulator.faults.content import CONTENT_FAULTS
from emulator.faults.engine import FaultEngine, Strike
from emulator.faults.frames import Frames
from emulator.faults.freeze import Freeze, Frozen
from emulator.faults.outlet import Cut, Outlet, Through

__all__ = ["Cut", "NetworkFaults", "Outlet"]

_LIVE = "liveview"
_SLICE_GAP_S = 0.001


class NetworkFaults:
    """Puts the network faults of one camera in front of its connections.

    Args:
        engine: the rules.
        camera: the camera's id.
        clock: its time.
        freeze: whether its firmware hangs.
    """

    def __init__(self, engine: FaultEngine, camera: str, clock: Clock, freeze: Freeze | None = None) -> None:
        self._engine = engine
        self._camera = camera
        self._clock = clock
        self._freeze = freeze or Freeze(clock)

    def wrap(self, channel: str, wanted: str, outlet: Outlet, gone: asyncio.Event) -> Outlet:
        """Return the outlet with whatever strikes this answer in front of it."""
        for strike in self._engine.strikes(channel, self._camera, wanted, _WRAPPERS):
            outlet = _WRAPPERS[strike.rule.kind](outlet, strike, self._clock, gone)
        if channel == _LIVE:
            outlet = Frames(outlet, self._engine, self._camera, wanted)
        return Frozen(outlet, self._freeze, gone)


class _Delay(Through):
    async def head(self, data: bytes, *, chunked: bool) -> None:
        await self.clock.sleep(self.value)
        await self.inner.head(data, chunked=chunked)


class _Jitter(Through):
    async def head(self, data: bytes, *, chunked: bool) -> None:
        await self._pause()
        await self.inner.head(data, chunked=chunked)

    async def body(self, *pieces: bytes) -> None:
        await self._pause()
        await self.inner.body(*pieces)

    async def _pause(self) -> None:
        await self.clock.sleep(self.dice.uniform(0.0, self.value))


class _Bandwidth(Through):
    """Lets a tenth of a second's worth through at a time."""

    async def body(self, *pieces: bytes) -> None:
        per_s = max(1.0, self.value)
        step = max(1, int(per_s / 10))
        for piece in pieces:
            for start in range(0, len(piece), step):
                part = piece[start : start + step]
                await self.clock.sleep(len(part) / per_s)
                await self.inner.body(part)


class _Slice(Through):
    async def body(self, *pieces: bytes) -> None:
        step = max(1, int(self.value))
        for piece in pieces:
            for start in range(0, len(piece), step):
                await self.inner.body(piece[start : start + step])
                await self.clock.sleep(_SLICE_GAP_S)


class _Blackhole(Through):
    async def head(self, data: bytes, *, chunked: bool) -> None:
        await self.gone.wait()
        raise Cut("a fault rule swallowed the request")


class _Stop(Through):
    """Lets so many bytes of the body through, and then does something else."""

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        super().__init__(inner, strike, clock, gone)
        self._left = int(self.value)

    async def body(self, *pieces: bytes) -> None:
        for piece in pieces:
            if len(piece) >= self._left:
                if self._left:
                    await self.inner.body(piece[: self._left])
                await self._stop()
            self._left -= len(piece)
            await self.inner.body(piece)

    async def _stop(self) -> None:
        raise NotImplementedError


class _Reset(_Stop):
    async def _stop(self) -> None:
        self.inner.reset()
        raise Cut("a fault rule resets the connection")


class _Truncate(_Stop):
    async def _stop(self) -> None:
        raise Cut("a fault rule closes the connection")


class _HalfClose(_Stop):
    async def _stop(self) -> None:
        self.inner.half_close()
        await self.gone.wait()
        raise Cut("a fault rule closed the camera's side, and the client has gone")


class _Stall(_Stop):
    async def _stop(self) -> None:
        await self.gone.wait()
        raise Cut("a fault rule let the client wait until it went")


_WRAPPERS: dict[str, Callable[[Outlet, Strike, Clock, asyncio.Event], Outlet]] = {
    "delay": _Delay,
    "jitter": _Jitter,
    "bandwidth": _Bandwidth,
    "slice": _Slice,
    "blackhole": _Blackhole,
    "reset": _Reset,
    "truncate": _Truncate,
    "halfclose": _HalfClose,
    "stall": _Stall,
    **CONTENT_FAULTS,
}
