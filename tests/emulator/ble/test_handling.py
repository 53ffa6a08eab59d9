"""Hands on a radio, directly and by the control API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulator.ble.air import Air
from emulator.ble.handling import TROUBLES, RadioHands
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.hands import Hands
from emulator.rack import Emulator
from remotelens.errors import InvalidValue, NotAvailableNow
from tests.emulator.ble.central import host_on
from tests.emulator.ble.double import DoubleBody
from tests.emulator.control.remote import Remote


@pytest.fixture
async def hands(body: DoubleBody, air: Air) -> AsyncIterator[RadioHands]:
    camera = Peripheral(body, air, options=PeripheralOptions(advertising_interval_ms=20))
    await camera.start()
    hands = RadioHands(camera)
    yield hands
    await hands.close()
    await camera.close()


def test_every_trouble_has_a_name_and_starts_switched_off() -> None:
    assert set(TROUBLES) == {
        "silent_registration", "no_bssid", "launch_sticks", "wrong_key", "focus_never_locks",
    }  # fmt: skip


async def test_a_radio_tells_how_it_stands(hands: RadioHands) -> None:
    assert hands.state == {
        "distance_m": 1.0,
        "rssi_dbm": -50,
        "latency_s": 0.0,
        "loss": 0.0,
        "connected": False,
        "remote": True,
        "phone": False,
        "trouble": [],
        "link_lasts_s": None,
    }


async def test_a_camera_is_carried_about(hands: RadioHands) -> None:
    hands.walk([(0.0, 10.0)])
    assert (hands.state["distance_m"], hands.state["rssi_dbm"]) == (10.0, -75)
    hands.walk([(0.0, 500.0)])
    assert hands.state["rssi_dbm"] is None
    with pytest.raises(InvalidValue, match="no step"):
        hands.walk([(-1.0, 1.0)])


async def test_troubles_replace_each_other(hands: RadioHands) -> None:
    hands.trouble(["no_bssid", "wrong_key"])
    hands.trouble(["launch_sticks"])
    hands.let_links_last(12.0)
    assert hands.state["trouble"] == ["launch_sticks"]
    assert hands.state["link_lasts_s"] == 12.0
    hands.let_links_last(0.0)
    assert hands.state["link_lasts_s"] is None
    with pytest.raises(InvalidValue, match="there are silent_registration"):
        hands.trouble(["wrong_kye"])
    with pytest.raises(InvalidValue):
        hands.let_links_last(-1.0)


async def test_the_air_is_disturbed_a_bit_at_a_time(hands: RadioHands) -> None:
    hands.disturb(latency_s=0.05)
    hands.disturb(loss=0.2)
    assert (hands.state["latency_s"], hands.state["loss"]) == (0.05, 0.2)
    with pytest.raises(InvalidValue):
        hands.disturb(loss=1.0)


async def test_the_menu_and_the_phone_are_worked(hands: RadioHands, air: Air) -> None:
    hands.allow_remote(False)
    await hands.phone(True)
    while not hands.state["phone"]:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0)
    assert (hands.state["remote"], hands.state["connected"]) == (False, True)
    await hands.phone(False)
    async with host_on(air) as host:
        await host.find(hands.camera.address)


async def test_the_control_api_works_the_radio() -> None:
    async with asyncio.timeout(30), Emulator(ble=True) as emulator:
        remote = Remote(emulator)
        path = "/v1/cameras/qx10-1/radio"
        assert (await remote.done("GET", path))["rssi_dbm"] == -50
        order = {"distance_m": 10.0, "walk": [{"s": 1000.0, "distance_m": 20.0}], "trouble": ["wrong_key"]}
        told = await remote.done("POST", path, order)
        assert told["distance_m"] == pytest.approx(10.0, abs=0.5)
        assert told["trouble"] == ["wrong_key"]
        assert (await remote.done("POST", path, {"phone": True}))["schema"] == 1
        status, kind, _ = await remote.failed("POST", path, {"trouble": ["nothing"]})
        assert (status, kind) == (400, "InvalidValue")
        await remote.done("POST", "/v1/reset")
        told = await remote.done("GET", path)
        assert (told["trouble"], told["distance_m"]) == ([], 1.0)


async def test_a_camera_without_bluetooth_has_no_radio_to_work() -> None:
    async with asyncio.timeout(30), Emulator() as emulator:
        with pytest.raises(NotAvailableNow):
            Hands(emulator).radio(emulator.cameras[0])
        status, _, _ = await Remote(emulator).failed("GET", "/v1/cameras/qx10-1/radio")
        assert status == 409
