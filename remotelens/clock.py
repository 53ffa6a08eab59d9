"""Time as the client sees it: the one place that reads a clock or sleeps.

Every other module is handed a `Clock`. The monotonic time is the event loop's own, so a loop with virtual
time moves the client without any other change.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Reads and spends time."""

    def monotonic(self) -> float:
        """Return seconds on a scale that never jumps; its zero means nothing."""
        ...

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds; at once, but not before others ran, when not positive."""
        ...

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """Return an async context manager that raises `TimeoutError` after that many seconds."""
        ...


class RealClock:
    """The host's clock; `monotonic` is the running loop's time."""

    def monotonic(self) -> float:
        """Return the running loop's time in seconds."""
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        """Return the host's time of day in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Sleep on the running loop."""
        await asyncio.sleep(max(0.0, seconds))

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """Return `asyncio.timeout` of the running loop."""
        return asyncio.timeout(seconds)


class LoopClock(RealClock):
    """A clock whose time of day also follows the loop: for loops with virtual time.

    Args:
        epoch: the time of day, UTC, when the clock is made.
    """

    def __init__(self, epoch: datetime) -> None:
        self._epoch = epoch
        self._started = asyncio.get_running_loop().time()

    def now(self) -> datetime:
        """Return the epoch plus what the loop has counted since."""
        return self._epoch + timedelta(seconds=self.monotonic() - self._started)


REAL_CLOCK: Clock = RealClock()
