"""A virtual air with one peripheral on it, and a check that nothing is left running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulator.ble.air import Air
from remotelens.transport.ble.bumble_backend.backend import Backend, bind, close_all
from tests.remotelens.transport.ble.gadget import Gadget


@pytest.fixture
async def air() -> AsyncIterator[Air]:
    """An air that hosts attach to over TCP; at the end no task of theirs may be left."""
    before = asyncio.all_tasks()
    air = Air()
    await air.start()
    yield air
    await close_all()
    await air.close()
    async with asyncio.timeout(2):
        while left := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(left)


@pytest.fixture
async def gadget(air: Air) -> AsyncIterator[Gadget]:
    """A peripheral that advertises."""
    gadget = Gadget(air)
    await gadget.start()
    yield gadget
    await gadget.close()


@pytest.fixture
def backend(air: Air) -> Backend:
    """The classes for bleak's `backend=`, with keys in memory."""
    return bind(air.adapter.replace("hci:tcp:", "tcp-client:"))
