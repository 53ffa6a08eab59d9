"""A second bonded host that holds the camera."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulator.ble.air import Air
from emulator.ble.peripheral import Peripheral
from emulator.ble.phone import Phone
from remotelens.errors import NotAvailableNow
from tests.emulator.ble.cameras import QUICK
from tests.emulator.ble.central import host_on
from tests.emulator.ble.double import DoubleBody


@pytest.fixture
async def camera(body: DoubleBody, air: Air) -> AsyncIterator[Peripheral]:
    camera = Peripheral(body, air, options=QUICK)
    await camera.start()
    yield camera
    await camera.close()


async def test_a_phone_bonds_and_holds_the_camera_which_then_is_silent(camera: Peripheral, air: Air) -> None:
    phone = Phone(air)
    phone.hold(camera)
    await phone.held()
    assert (camera.bonded, camera.connected, phone.holds) == (True, True, True)
    async with host_on(air) as host:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await host.find(camera.address)
        await phone.let_go()
        await host.find(camera.address)


async def test_a_phone_takes_the_camera_again_with_its_bond_when_the_link_was_lost(
    camera: Peripheral, air: Air
) -> None:
    phone = Phone(air)
    phone.hold(camera)
    await phone.held()
    for _ in range(2):
        camera.lose_link()
        while phone.holds:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        await phone.held()
    assert camera.connected
    await phone.let_go()


async def test_holding_again_changes_nothing_and_letting_go_twice_is_allowed(
    camera: Peripheral, air: Air
) -> None:
    phone = Phone(air)
    phone.hold(camera)
    phone.hold(camera)
    await phone.held()
    await phone.let_go()
    await phone.let_go()
    assert not phone.holds
    phone.hold(camera)
    await phone.held()
    await phone.let_go()


async def test_a_camera_whose_pairing_screen_is_kept_closed_takes_no_phone(
    body: DoubleBody, air: Air
) -> None:
    camera = Peripheral(body, air, pairing="closed", options=QUICK)
    with pytest.raises(NotAvailableNow):
        Phone(air).hold(camera)
