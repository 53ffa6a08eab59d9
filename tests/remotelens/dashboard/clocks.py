"""A clock that stands until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from remotelens.clock import RealClock

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class HandClock(RealClock):
    """Its time is `at_s` seconds after the start; sleeping moves it and lets others run."""

    def __init__(self) -> None:
        self.at_s = 0.0
        self.slept_s: list[float] = []

    def monotonic(self) -> float:
        return self.at_s

    def now(self) -> datetime:
        return START + timedelta(seconds=self.at_s)

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.at_s += seconds
        await asyncio.sleep(0)
