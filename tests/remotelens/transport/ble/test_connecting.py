"""Making a connection, and why there is none; forgetting a bond."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from emulator.ble.air import Air
from remotelens.errors import (
    CameraNotFound,
    ConnectFailed,
    NotSupported,
    PairingRejected,
)
from remotelens.transport.ble import connecting as connecting_module
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.connecting import connect, unpair
from remotelens.transport.ble.scan import Sighting, scanning
from tests.remotelens.transport.ble.gadget import (
    ADDRESS,
    PLAIN,
    SECRET,
    Gadget,
)


async def test_connecting_can_be_tried_more_than_once(adapter: Adapter, sighting: Sighting) -> None:
    async with await connect(adapter, sighting.device, camera="gadget", attempts=3) as link:
        assert await link.read(PLAIN) == b"plain"


async def test_a_bond_that_is_lost_on_the_other_side_is_told_apart(
    adapter: Adapter, sighting: Sighting, gadget: Gadget
) -> None:
    async with await connect(adapter, sighting.device, camera="gadget", pair=True):
        pass
    assert gadget.device.keystore is not None
    await gadget.device.keystore.delete_all()
    for attempts in (1, 2):
        with pytest.raises(PairingRejected, match="no longer knows"):
            await connect(adapter, sighting.device, camera="gadget", attempts=attempts)
    await unpair(adapter, sighting.device, camera="gadget")
    async with await connect(adapter, sighting.device, camera="gadget", pair=True) as link:
        assert await link.read(SECRET) == b"secret"


async def test_a_connection_is_not_left_behind_when_the_bonds_agent_is_interrupted(
    adapter: Adapter, sighting: Sighting, gadget: Gadget, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.asynccontextmanager
    async def agent(*_: object) -> AsyncIterator[None]:
        yield
        making.cancel()
        await asyncio.sleep(0)

    monkeypatch.setattr(connecting_module, "bonding_agent", agent)
    async with adapter.held(), asyncio.timeout(5):
        making = asyncio.create_task(connect(adapter, sighting.device, camera="gadget", pair=True))
        with pytest.raises(asyncio.CancelledError):
            await making
        await gadget.lost.get()


async def test_an_absent_camera_is_not_found_and_a_slow_one_no_connection(
    adapter: Adapter, sighting: Sighting, gadget: Gadget
) -> None:
    await gadget.close()
    with pytest.raises(ConnectFailed, match="time limit"):
        await connect(adapter, sighting.device, camera="gadget", attempts=2, limit_s=0.1)
    client = adapter.client(sighting.device, limit_s=0.05)
    original = Adapter.client
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Adapter, "client", lambda *_, **__: client)
        with pytest.raises(CameraNotFound):
            await connect(adapter, sighting.device, camera="gadget")
    assert Adapter.client is original


async def test_a_camera_that_cannot_be_called_for_another_is_not_said_to_be_silent(
    air: Air, adapter: Adapter, sighting: Sighting, gadget: Gadget
) -> None:
    other = Gadget(air, "C4:00:00:00:00:02", "other")
    await other.start()
    async with adapter.held(), asyncio.timeout(5):
        async with scanning(adapter) as sightings:
            here = await anext(item async for item in sightings if item.address == other.address)
        await gadget.close()
        calling = asyncio.create_task(connect(adapter, sighting.device, camera="gone", limit_s=5))
        await asyncio.sleep(0)
        with pytest.raises(ConnectFailed, match=f"the controller is still calling {ADDRESS}"):
            await connect(adapter, here.device, camera="here", limit_s=0.1)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        async with await connect(adapter, here.device, camera="here"):
            with pytest.raises(ConnectFailed, match="connected to it already"):
                await connect(adapter, here.device, camera="here", limit_s=0.1)
    await other.close()


async def test_systems_that_do_not_forget_bonds_say_what_to_do(
    adapter: Adapter, sighting: Sighting, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = adapter.client(sighting.device)

    async def not_here() -> None:
        raise NotImplementedError

    monkeypatch.setattr(client, "unpair", not_here)
    monkeypatch.setattr(Adapter, "client", lambda *_: client)
    with pytest.raises(NotSupported, match="Bluetooth settings"):
        await unpair(adapter, sighting.device, camera="gadget")
