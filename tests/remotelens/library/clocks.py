"""A clock for tests of pauses: sleeping takes no time and is written down."""

from __future__ import annotations

from remotelens.clock import RealClock


class HurriedClock(RealClock):
    """The real clock, but a pause only lets others run."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().sleep(0)
