"""Cameras that answer with garbage, refuse at any point, or advertise what nobody knows: never a hang."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address

from emulator.ble.faulty import BleFaults
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import parse_rule
from remotelens.camera.ble import shutter as shutter_module
from remotelens.camera.ble import waking as waking_module
from remotelens.camera.remote import over
from remotelens.errors import RefusedError, RemoteLensError
from remotelens.link.ble_find import find_ble
from remotelens.link.handover import hand_over
from remotelens.link.pair import pair
from tests.remotelens.link.ble_rig import Rig, rigged

CODES = (0x01, 0x05, 0x06, 0x0E, 0x11, 0x80, 0x85, 0x90, 0x9D, 0xFF)


@asynccontextmanager
async def spoilt(folder: Path, seed: int, *rules: str) -> AsyncIterator[Rig]:
    """A bonded camera that from then on misbehaves by these rules."""
    async with rigged(folder, factor=200.0) as rig:
        engine = FaultEngine(rig.clock, rig.journal, seed)
        camera = Peripheral(
            rig.body,
            rig.air,
            options=PeripheralOptions(advertising_interval_ms=20),
            faults=BleFaults(engine, rig.body.camera_id),
        )
        await camera.start()
        rig.cameras.append(camera)
        async with await pair(camera.address, rig.adapter, rig.store):
            pass
        rig.body.change("power", power="on")
        for rule in rules:
            engine.add(parse_rule(rule))
        yield rig


async def use_everything(rig: Rig) -> None:
    """Do all that can be done over Bluetooth; each either works or raises an error of ours."""
    async with await pair(await rig.find(), rig.adapter, rig.store) as link, over(link) as remote:
        works = (
            remote.ready,
            lambda: remote.shutter.shoot(focus_limit_s=0.05, expose_limit_s=0.1),
            remote.readings.battery,
            remote.readings.media,
            remote.readings.camera_status,
            remote.readings.friendly_name,
            remote.readings.model,
            lambda: hand_over(link, timeout_s=0.5),
        )
        for work in works:
            with contextlib.suppress(RemoteLensError):
                await work()


async def works_or_says_why(rig: Rig) -> None:
    """Use everything; what ends it is an error of ours that names the camera."""
    outcome = (await asyncio.gather(use_everything(rig), return_exceptions=True))[0]
    if outcome is not None:
        assert isinstance(outcome, RemoteLensError), outcome
        assert outcome.camera is not None
        assert "\n" not in str(outcome)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes is not waited for as long as from a camera."""
    monkeypatch.setattr(shutter_module, "READY_LIMIT_S", 0.05)
    monkeypatch.setattr(waking_module, "WAKE_LIMIT_S", 0.5)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [1, 8])
async def test_a_camera_whose_values_are_garbage_is_an_error_or_works(
    tmp_path: Path, seed: int, share: int
) -> None:
    async with asyncio.timeout(25), spoilt(tmp_path, seed, f"ble:corrupt={share}") as rig:
        await works_or_says_why(rig)


@pytest.mark.parametrize("code", CODES)
async def test_a_camera_that_refuses_now_and_then_is_an_error_or_works(tmp_path: Path, code: int) -> None:
    async with asyncio.timeout(25), spoilt(tmp_path, code, f"ble:refuse={code},probability=0.3") as rig:
        await works_or_says_why(rig)


async def test_a_camera_that_tells_nothing_of_its_own_accord_works_or_ends_in_time(tmp_path: Path) -> None:
    async with asyncio.timeout(25), spoilt(tmp_path, 0, "ble:mute") as rig:
        await use_everything(rig)


async def test_a_camera_that_tells_everything_twice_works(tmp_path: Path) -> None:
    async with (
        asyncio.timeout(25),
        spoilt(tmp_path, 0, "ble:repeat") as rig,
        await pair(await rig.find(), rig.adapter, rig.store) as link,
        over(link) as remote,
    ):
        await remote.shutter.shoot()
        await remote.shutter.shoot()
        await hand_over(link)
        assert [name for name, _ in rig.body.pressed].count("full") == 2


async def test_a_refusal_keeps_the_cameras_number(tmp_path: Path) -> None:
    async with (
        asyncio.timeout(25),
        spoilt(tmp_path, 0, "ble:refuse=157,match=read CC10") as rig,
        await pair(await rig.find(), rig.adapter, rig.store) as link,
        over(link) as remote,
    ):
        with pytest.raises(RefusedError) as caught:
            await remote.readings.battery()
    assert caught.value.code == 0x9D


@pytest.mark.parametrize(
    ("payload", "is_camera"),
    [
        ("", False),
        ("03", False),
        ("0300", False),
        ("0300FF", False),
        ("030041000000", True),
        ("030077005A39", True),
        ("03006500553122EF", True),
        ("0300650055317F010222FF00" + "33" * 12, True),
        ("030065005531" + "00" * 18, True),
        ("0100650055312200", False),
    ],
)
async def test_adverts_of_any_length_and_version_are_cameras_or_passed_over(
    tmp_path: Path, payload: str, is_camera: bool
) -> None:
    async with rigged(tmp_path) as rig:
        station = rig.air.attach("stranger", of_camera=True)
        config = DeviceConfiguration(name="stranger", address=Address("C9:00:00:00:00:09"))
        device = Device(config=config, host=station.host)
        await device.power_on()
        data = b"\x2d\x01" + bytes.fromhex(payload)
        await device.start_advertising(
            advertising_data=bytes([len(data) + 1, 0xFF]) + data,
            advertising_interval_min=20,
            advertising_interval_max=20,
        )
        await rig.switch_on()
        cameras = await find_ble(rig.adapter, timeout_s=0.4)
        await device.power_off()
        station.leave()
    assert len(cameras) == 1 + is_camera
    assert rig.camera.address in {camera.address for camera in cameras}
