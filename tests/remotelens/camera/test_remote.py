"""A camera used over Bluetooth alone: found by any of its names, woken, and let go again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.camera.remote import remote_control
from remotelens.config.cameras import KnownCamera, KnownCameras, save_cameras
from remotelens.errors import CameraNotFound, InvalidValue, LinkTimeout, NotAvailableNow, NotSupported
from remotelens.link.pair import PairStep
from remotelens.protocol.ble import uuids
from tests.emulator.ble.double import DoubleBody
from tests.remotelens.link.ble_rig import Rig, rigged


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path / "config"))
    async with rigged(tmp_path) as rig, asyncio.timeout(30):
        yield rig


@pytest.mark.parametrize("named", ["address", "name", "nothing", "configured"])
async def test_a_camera_is_found_by_any_of_its_names(rig: Rig, named: str) -> None:
    camera = await rig.switch_on()
    save_cameras(KnownCameras((KnownCamera(name="window", ble_address=camera.address),)))
    text = {"address": f"ble:{camera.address}", "name": "DSC-QX10", "nothing": None, "configured": "window"}
    steps: list[PairStep] = []
    async with remote_control(text[named], ble_adapter=rig.air.adapter, on_step=steps.append) as remote:
        assert await remote.readings.model() == "DSC-QX10"
        assert remote.camera.address == camera.address
        assert remote.is_connected
    assert PairStep.BONDING in steps
    while camera.connected:  # noqa: ASYNC110 - the camera tells nobody
        await asyncio.sleep(0)


@pytest.mark.parametrize("text", ["http://10.0.0.1/dd.xml", "10.0.0.1", "camera.local", "camera:64321"])
async def test_a_camera_of_the_network_is_not_looked_for(rig: Rig, text: str) -> None:
    with pytest.raises(InvalidValue, match="no camera to be reached by Bluetooth"):
        async with remote_control(text, ble_adapter=rig.air.adapter):
            pass


async def test_a_camera_that_was_set_up_without_bluetooth_says_so(rig: Rig) -> None:
    save_cameras(KnownCameras((KnownCamera(name="qx", ssid="DIRECT-x"),)))
    with pytest.raises(InvalidValue, match="set up without Bluetooth") as caught:
        async with remote_control("qx", ble_adapter=rig.air.adapter):
            pass
    assert caught.value.camera == "qx"


async def test_where_no_camera_is_named_those_without_bluetooth_do_not_count(rig: Rig) -> None:
    camera = await rig.switch_on()
    save_cameras(KnownCameras((KnownCamera(name="qx", ssid="DIRECT-x"),)))
    async with remote_control(ble_adapter=rig.air.adapter) as remote:
        assert remote.camera.address == camera.address


async def test_several_cameras_must_be_told_apart(rig: Rig) -> None:
    await rig.switch_on()
    await rig.switch_on(body=DoubleBody(rig.clock, bssid="AA:BB:CC:DD:EE:02"))
    with pytest.raises(CameraNotFound, match="2 cameras advertise"):
        async with remote_control(None, ble_adapter=rig.air.adapter):
            pass


async def test_connecting_has_a_time_limit(rig: Rig) -> None:
    camera = await rig.switch_on("manual", pairing_closes_after_s=36_000.0)
    camera.open_pairing()
    with pytest.raises(LinkTimeout, match="no connection by Bluetooth within"):
        async with remote_control(None, ble_adapter=rig.air.adapter, timeout_s=2.5):
            pass


async def test_a_sleeping_camera_is_woken_before_its_buttons_are_used(rig: Rig) -> None:
    await rig.switch_on()
    async with remote_control(ble_adapter=rig.air.adapter) as remote:
        assert remote.may_sleep  # the bond is new: its pairing screen hides that it sleeps
        await remote.ready()
        assert rig.body.power == "on"
        await remote.shutter.shoot()
    while rig.body.wifi != "off":  # noqa: ASYNC110 - the double tells nobody here
        await asyncio.sleep(0)
    rig.body.change("power", power="standby")
    async with remote_control(ble_adapter=rig.air.adapter) as remote:
        assert remote.may_sleep
        await remote.ready()
        await remote.shutter.shoot()


async def test_a_camera_that_is_on_is_not_asked_for_its_wifi(rig: Rig) -> None:
    await rig.switch_on()
    async with remote_control(ble_adapter=rig.air.adapter):
        pass
    rig.body.change("power", power="on")
    async with remote_control(ble_adapter=rig.air.adapter) as remote:
        await remote.ready()
    assert "write CC08" not in rig.requests()


async def test_a_menu_that_does_not_allow_it_is_told(rig: Rig) -> None:
    camera = await rig.switch_on(remote_enabled=False)
    async with remote_control(ble_adapter=rig.air.adapter) as remote:
        with pytest.raises(NotAvailableNow, match="remote control is off"):
            await remote.ready()
        camera.enable_remote(True)
        await remote.ready()


async def test_a_body_without_remote_control_is_usable_for_the_rest(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.switch_on()
    monkeypatch.setattr(uuids, "REMOTE_COMMAND", uuids.sig(0xFFFF))
    async with remote_control(ble_adapter=rig.air.adapter) as remote:
        with pytest.raises(NotSupported):
            await remote.ready()
        assert (await remote.readings.battery()).packs


async def test_a_camera_that_somebody_elses_phone_holds_is_not_heard_and_the_remedy_says_why(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emulator.ble.phone import Phone
    from remotelens.camera import remote as module

    camera = await rig.switch_on()
    phone = Phone(rig.air)
    phone.hold(camera)
    await phone.held()
    monkeypatch.setattr(module, "FIND_LIMIT_S", 0.3)
    with pytest.raises(CameraNotFound) as caught:
        async with remote_control(f"ble:{camera.address}", ble_adapter=rig.air.adapter):
            pass
    assert "another phone or computer" in str(caught.value.remedy)
    await phone.let_go()
