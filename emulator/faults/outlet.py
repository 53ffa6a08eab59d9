"""What network faults are put in front of, and the wrapper that all of them are."""

from __future__ import annotations

import asyncio
from typing import Protocol

from emulator.clock import Clock
from emulator.faults.engine import Strike


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

    def half_close(self) -> None:
        """End the camera's side of the connection."""
        ...


class Cut(ConnectionError):
    """The answer ends here."""


class Through:
    """An outlet that lets everything through; the faults override what they spoil.

    Args:
        inner: the healthy outlet, or the next fault.
        strike: the rule and its chance.
        clock: camera time.
        gone: set when the client has gone.
    """

    def __init__(self, inner: Outlet, strike: Strike, clock: Clock, gone: asyncio.Event) -> None:
        self.inner = inner
        self.value = strike.rule.value
        self.dice = strike.dice
        self.clock = clock
        self.gone = gone

    async def head(self, data: bytes, *, chunked: bool) -> None:
        """Send the status line and headers."""
        await self.inner.head(data, chunked=chunked)

    async def body(self, *pieces: bytes) -> None:
        """Send pieces of content."""
        await self.inner.body(*pieces)

    async def end(self) -> None:
        """End the answer."""
        await self.inner.end()

    def reset(self) -> None:
        """Reset the connection."""
        self.inner.reset()

    def half_close(self) -> None:
        """End the camera's side of the connection."""
        self.inner.half_close()
