"""A firmware that hangs: nothing is answered by any of a camera's services until it has thawed."""

from __future__ import annotations

import asyncio
import math

from emulator.clock import Clock, Handle
from emulator.faults.outlet import Cut, Outlet


class Freeze:
    """Whether one camera's firmware hangs.

    Args:
        clock: the camera's time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._thawed: asyncio.Event | None = None
        self._end: Handle | None = None
        self._ends_at = math.inf

    @property
    def left_s(self) -> float | None:
        """In how many seconds it goes on, inf for not by itself; None where it does not hang."""
        return None if self._thawed is None else max(0.0, self._ends_at - self._clock.monotonic())

    @left_s.setter
    def left_s(self, left_s: float | None) -> None:
        self.end()
        if left_s is not None:
            self._hang(left_s)

    @property
    def on(self) -> bool:
        """It hangs."""
        return self._thawed is not None

    def begin(self, seconds: float) -> None:
        """Hang for so long; 0: until it is thawed."""
        self.end()
        self._hang(seconds or math.inf)

    def end(self) -> None:
        """Go on, as after the power switch."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if self._thawed is not None:
            self._thawed.set()
            self._thawed = None

    async def wait(self, gone: asyncio.Event) -> None:
        """Return when it does not hang.

        Raises:
            Cut: the client has gone meanwhile.
        """
        while self._thawed is not None:
            both = [asyncio.ensure_future(event.wait()) for event in (self._thawed, gone)]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in both:
                    task.cancel()
            if gone.is_set():
                raise Cut("the firmware hung until the client went")

    def _hang(self, seconds: float) -> None:
        self._thawed = asyncio.Event()
        self._ends_at = self._clock.monotonic() + seconds
        if seconds < math.inf:
            self._end = self._clock.call_later(seconds, self.end)


class Frozen:
    """An outlet of a camera whose firmware may hang."""

    __slots__ = ("_freeze", "_gone", "_inner", "end", "half_close", "reset")

    def __init__(self, inner: Outlet, freeze: Freeze, gone: asyncio.Event) -> None:
        self._inner = inner
        self._freeze = freeze
        self._gone = gone
        self.end = inner.end
        self.reset = inner.reset
        self.half_close = inner.half_close

    async def head(self, data: bytes, *, chunked: bool) -> None:
        """Send the status line and headers, once it does not hang."""
        if self._freeze.on:
            await self._freeze.wait(self._gone)
        await self._inner.head(data, chunked=chunked)

    async def body(self, *pieces: bytes) -> None:
        """Send pieces of content, once it does not hang."""
        if self._freeze.on:
            await self._freeze.wait(self._gone)
        await self._inner.body(*pieces)
