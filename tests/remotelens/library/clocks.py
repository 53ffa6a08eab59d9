"""Clocks for tests of pauses: sleeping takes next to no time, or no end, and is written down."""

from __future__ import annotations

import asyncio

from remotelens.clock import RealClock

LONGEST_S = 0.01


class HurriedClock(RealClock):
    """The real clock with short pauses; with none, whoever looks in now and then would do nothing else."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().sleep(min(seconds, LONGEST_S))


class SkippingClock(HurriedClock):
    """A clock whose pauses take no time but count."""

    def monotonic(self) -> float:
        return super().monotonic() + sum(self.slept)


class StoppedClock(HurriedClock):
    """A clock whose pauses never end."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.Event().wait()
