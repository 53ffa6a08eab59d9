"""A virtual air with one peripheral on it, and a check that nothing is left running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.ble.air import Air
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.bumble_backend.backend import Backend, bind, close_all
from remotelens.transport.ble.connecting import connect
from remotelens.transport.ble.gatt import GattLink
from remotelens.transport.ble.scan import Sighting, scanning
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


@pytest.fixture
def adapter(air: Air, tmp_path: Path) -> Adapter:
    """The client's adapter, with keys in the test's folder."""
    return Adapter.parse(air.adapter, keys_path=tmp_path / "hci.json")


@pytest.fixture
async def sighting(adapter: Adapter, gadget: Gadget) -> Sighting:
    """The peripheral as it was heard."""
    async with scanning(adapter) as sightings, asyncio.timeout(5):
        return await anext(sightings)


@pytest.fixture
async def link(adapter: Adapter, sighting: Sighting) -> AsyncIterator[GattLink]:
    """A connection to it, without a bond."""
    async with await connect(adapter, sighting.device, camera="gadget") as link:
        yield link
