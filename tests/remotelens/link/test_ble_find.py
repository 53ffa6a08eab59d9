"""Finding cameras among what advertises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.ble.peripheral import Peripheral
from remotelens.clock import RealClock
from remotelens.errors import CameraNotFound, ConnectFailed, LinkLost
from remotelens.link import ble_find
from remotelens.link.ble_find import BleCamera, camera_of, find_ble, find_one
from remotelens.protocol.ble.advert import COMPANY_ID
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.scan import Sighting
from tests.emulator.ble.double import DoubleBody, DoubleProfile
from tests.recordings import need
from tests.remotelens.link.ble_rig import Rig, rigged
from tests.remotelens.transport.ble.gadget import Gadget

DEVICE: Any = None


@pytest.fixture
def settles_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listen for others of a name for a moment only."""
    monkeypatch.setattr(ble_find, "SETTLE_S", 0.1)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as rig:
        yield rig


def _sighting(data: bytes, company: int = COMPANY_ID) -> Sighting:
    return Sighting("C4:00:00:00:00:01", None, -40, {company: data}, DEVICE)


async def test_cameras_are_found_and_other_devices_are_not(rig: Rig) -> None:
    await rig.switch_on()
    second = DoubleBody(rig.clock, profile=DoubleProfile("ILCE-QX1"), bssid="AA:BB:CC:DD:EE:02")
    await rig.switch_on(body=second)
    gadget = Gadget(rig.air)
    await gadget.start()
    found = await find_ble(rig.adapter, timeout_s=0.5)
    await gadget.close()
    assert sorted(camera.name or "" for camera in found) == ["DSC-QX10", "ILCE-QX1"]
    assert all(camera.advert.pairing_open and camera.rssi < 0 for camera in found)
    assert found[0].label == f"{found[0].name} ({found[0].address})"


async def named(rig: Rig, name: str) -> Peripheral:
    """Put another camera on the air, with that name."""
    return await rig.switch_on(
        body=DoubleBody(rig.clock, profile=DoubleProfile(name), bssid="AA:BB:CC:DD:EE:02")
    )


async def test_a_camera_is_returned_as_soon_as_its_address_is_heard(rig: Rig) -> None:
    address = (await rig.switch_on()).address
    async with asyncio.timeout(5):
        assert (await find_one(rig.adapter, address.lower(), timeout_s=3600)).address == address


@pytest.mark.usefixtures("settles_at_once")
async def test_the_only_camera_of_a_name_is_returned(rig: Rig) -> None:
    address = (await rig.switch_on()).address
    async with asyncio.timeout(5):
        found = await find_one(rig.adapter, "dsc-qx10", timeout_s=3600)
    assert (found.address, found.name) == (address, "DSC-QX10")


@pytest.mark.usefixtures("settles_at_once")
async def test_of_two_cameras_with_one_name_none_is_taken(rig: Rig) -> None:
    addresses = sorted([(await rig.switch_on()).address, (await named(rig, "dsc-qx10")).address])
    with pytest.raises(CameraNotFound, match="2 cameras advertise this name: " + ", ".join(addresses)):
        await find_one(rig.adapter, "DSC-QX10", timeout_s=5)


async def test_a_stranger_whose_name_is_an_address_is_not_taken_for_the_camera_there(rig: Rig) -> None:
    address = "C0:12:34:56:78:9A"
    await named(rig, address)
    with pytest.raises(CameraNotFound, match="not heard"):
        await find_one(rig.adapter, address, timeout_s=0.1)


async def test_a_search_may_end_a_while_after_the_first_camera_was_heard(rig: Rig) -> None:
    await rig.switch_on()
    async with asyncio.timeout(5):
        (found,) = await find_ble(rig.adapter, timeout_s=3600, settle_s=0.1)
    assert found.name == "DSC-QX10"


async def test_a_camera_that_is_not_there_is_told_with_those_that_are(rig: Rig) -> None:
    await rig.switch_on()
    with pytest.raises(CameraNotFound, match=r"DSC-QX30: not heard .* heard: DSC-QX10") as caught:
        await find_one(rig.adapter, "DSC-QX30", timeout_s=0.3)
    assert caught.value.remedy is not None
    assert "switch the camera on" in caught.value.remedy


async def test_a_silent_air_gives_an_empty_list(rig: Rig) -> None:
    assert await find_ble(rig.adapter, timeout_s=0.05) == []
    with pytest.raises(CameraNotFound, match="other cameras heard: none"):
        await find_one(rig.adapter, "DSC-QX10", timeout_s=0.05)


async def test_an_emulator_that_dies_during_the_search_is_one_clear_error(rig: Rig) -> None:
    async with rig.adapter.held(), asyncio.timeout(5):
        searching = asyncio.create_task(find_ble(rig.adapter, timeout_s=3600))
        await asyncio.sleep(0)
        await rig.air.close()
        with pytest.raises(LinkLost):
            await searching


async def test_no_controller_is_one_clear_error(tmp_path: Path) -> None:
    adapter = Adapter.parse("hci:tcp:127.0.0.1:1", keys_path=tmp_path / "hci.json")
    with pytest.raises(ConnectFailed, match="no HCI controller"):
        await find_ble(adapter, timeout_s=5)


async def test_the_time_is_the_clocks(rig: Rig) -> None:
    class Impatient(RealClock):
        def timeout(self, seconds: float | None) -> asyncio.Timeout:
            return super().timeout(0.05 if seconds == 3600 else seconds)

    assert await find_ble(rig.adapter, timeout_s=3600, clock=Impatient()) == []


def test_every_recorded_advert_is_a_camera() -> None:
    rows = need("ble-dumps", "adverts.tsv").read_text().splitlines()
    payloads = [row.split("\t")[4] for row in rows if row.startswith("A")]
    assert len(payloads) >= 8
    assert all(camera_of(_sighting(bytes.fromhex(payload))) is not None for payload in payloads)


def test_other_companies_and_other_devices_of_sony_are_no_cameras() -> None:
    camera = bytes.fromhex("03006500553122ff0023b7ac2160000000000000")
    assert camera_of(_sighting(camera, company=0x004C)) is None
    assert camera_of(_sighting(b"\x04" + camera[1:])) is None
    assert camera_of(_sighting(camera[:5])) is None
    assert camera_of(replace(_sighting(camera), manufacturer_data={})) is None


def test_a_name_that_a_terminal_would_obey_is_read_as_text() -> None:
    sighting = _sighting(bytes.fromhex("03006500553122ff0023b7ac2160000000000000"))
    camera = camera_of(replace(sighting, name="\x1b[2J\u202eDSC"))
    assert camera is not None
    assert camera.label == "?[2J?DSC (C4:00:00:00:00:01)"


def test_a_nameless_camera_is_called_by_its_address() -> None:
    camera = camera_of(_sighting(bytes.fromhex("03006500553122ff0023b7ac2160000000000000")))
    assert isinstance(camera, BleCamera)
    assert camera.label == "C4:00:00:00:00:01"


@settings(max_examples=200)
@given(st.binary(max_size=40))
def test_no_manufacturer_data_makes_it_fail(data: bytes) -> None:
    camera_of(_sighting(data))
