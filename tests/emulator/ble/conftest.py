"""An air served over TCP, and cameras on it whose time runs fast."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulator.ble.air import Air
from emulator.clock import ScaledClock
from emulator.journal import Journal
from tests.emulator.ble.double import DoubleBody


@pytest.fixture
def clock() -> ScaledClock:
    """Camera time: ten seconds of it are a fifth of a second."""
    return ScaledClock(50.0)


@pytest.fixture
def journal(clock: ScaledClock) -> Journal:
    return Journal(clock)


@pytest.fixture
def body(clock: ScaledClock) -> DoubleBody:
    return DoubleBody(clock)


@pytest.fixture
async def air(journal: Journal) -> AsyncIterator[Air]:
    """Serve the air, and see that it leaves nothing running behind."""
    before = asyncio.all_tasks()
    air = Air(journal)
    await air.start()
    yield air
    await air.close()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, left
