"""A clock for tests of pauses: sleeping takes next to no time and is written down."""

from __future__ import annotations

from remotelens.clock import RealClock

LONGEST_S = 0.01


class HurriedClock(RealClock):
    """The real clock with short pauses; with none, whoever looks in now and then would do nothing else."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().sleep(min(seconds, LONGEST_S))
