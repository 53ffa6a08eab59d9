"""What happens to a camera, seen from outside: each deed on a whole emulated camera in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from emulator.clock import VirtualClock
from emulator.device import Device
from emulator.rack import Emulator
from tests.emulator.wire import call, refused


@contextlib.asynccontextmanager
async def camera(*faults: str) -> AsyncIterator[tuple[Device, VirtualClock]]:
    async with (
        asyncio.timeout(30),
        Emulator(
            clock="virtual", still_scale=16, scene="chart", faults=faults, control=False, seed=3
        ) as emulator,
    ):
        assert isinstance(emulator.clock, VirtualClock)
        yield emulator.cameras[0], emulator.clock


async def test_a_card_is_full_for_a_while() -> None:
    async with camera("card:full=10,after=4,count=1") as (device, clock):
        await clock.advance(4.5)
        assert not device.body.card.full
        await clock.advance(1)
        assert device.body.card.full
        await clock.advance(10)
        assert not device.body.card.full


async def test_a_card_fails_at_the_call_that_is_meant_before_it_is_carried_out() -> None:
    async with camera("card:protected,match=actTakePicture,count=1") as (device, clock):
        await clock.advance(100)
        assert not device.body.card.protected
        answer = (await call(device.port, "actTakePicture")).json
        assert answer["error"][0] == 40_400
        assert device.body.card.protected


async def test_a_camera_that_is_switched_off_comes_back() -> None:
    async with camera("power:off=60,count=1") as (device, clock):
        await clock.advance(2)
        assert device.body.power == "off"
        assert await refused(device.port)
        await clock.advance(90)
        assert (device.body.power, device.reachable) == ("on", True)


async def test_a_dying_battery_ends_in_darkness() -> None:
    async with camera("power:dying=100,count=1") as (device, clock):
        await clock.advance(50)
        assert 0.3 < device.body.battery_ratio < 0.7
        await clock.advance(60)
        assert device.body.power == "off"


async def test_an_overheated_camera_cannot_be_switched_on_until_it_has_cooled() -> None:
    async with camera("power:overheat=120,count=1") as (device, clock):
        await clock.advance(2)
        assert device.body.power == "off"
        switching = asyncio.create_task(device.body.power_on())
        await clock.advance(5)
        assert device.body.power == "off"
        switching.cancel()
        await clock.advance(150)
        assert (device.body.power, device.reachable) == ("on", True)


async def test_a_frozen_firmware_answers_late() -> None:
    async with camera("power:freeze=30,match=setSelfTimer,count=1") as (device, clock):
        asking = asyncio.create_task(call(device.port, "setSelfTimer", 2))
        async with asyncio.timeout(5):
            while not device.freeze.on:  # noqa: ASYNC110 - the loop is given to the camera until it froze
                await asyncio.sleep(0)
        await clock.advance(29)
        assert not asking.done()
        await clock.advance(2)
        assert (await asking).json["result"] == [0]


async def test_a_setting_drifts_to_something_it_can_be() -> None:
    async with camera("body:drift,count=5") as (device, clock):
        before = device.body.settings.snapshot()
        await clock.advance(10)
        after = device.body.settings.snapshot()
        changed = {name for name in before if before[name] != after[name]}
        assert changed
        assert not changed & {"ShootMode", "ExposureMode", "CameraFunction"}


async def test_the_cameras_clock_goes_wrong() -> None:
    async with camera("body:clock=-3600,count=1") as (device, clock):
        before = device.body.camera_time
        await clock.advance(10)
        assert -3600 < (device.body.camera_time - before).total_seconds() < -3580


async def test_the_pictures_on_the_card_get_other_numbers() -> None:
    async with camera("card:renumber=100,match=getEvent,count=1") as (device, clock):
        device.body.press("full")
        await clock.advance(10)
        (before,) = device.body.card.files
        await call(device.port, "getEvent", False)
        (after,) = device.body.card.files
        assert after.file_number == before.file_number + 100
        assert after.recipe == before.recipe


async def test_a_camera_moves_to_another_port() -> None:
    async with camera("wifi:address,count=1") as (device, clock):
        before = device.port
        await clock.advance(3)
        assert device.port != before
        assert await refused(before)
        assert "result" in (await call(device.port, "getVersions")).json


async def test_a_new_key_throws_everybody_out() -> None:
    async with camera("wifi:key,count=1") as (device, clock):
        before = device.key
        device.joined = True
        await clock.advance(3)
        assert device.key != before
        assert len(device.key) == 8
        assert not device.joined


async def test_seconds_are_counted_only_while_a_rule_wants_them() -> None:
    async with camera() as (device, clock):
        emulator_faults = device._rack.faults
        assert not emulator_faults.needs_ticks(device.id)
        from emulator.faults.rules import parse_rule

        key = emulator_faults.add(parse_rule("card:full,after=2"))
        await clock.advance(5)
        assert device.body.card.full
        emulator_faults.remove(key)
        device.body.card.full = False
        await clock.advance(100)
        assert not device.body.card.full


async def test_the_same_seed_brings_the_same_mishaps() -> None:
    seen = []
    for _ in range(2):
        async with camera("body:drift,probability=0.3") as (device, clock):
            await clock.advance(60)
            seen.append(device.body.settings.snapshot())
    assert seen[0] == seen[1]


async def test_a_camera_is_carried_out_of_the_radios_range_and_back() -> None:
    async with Emulator(clock="virtual", ble=True, control=False, faults=["ble:away=30,count=2"]) as emulator:
        device, clock = emulator.cameras[0], emulator.clock
        assert isinstance(clock, VirtualClock)
        space, address = device.radio().air.space, device.radio().address
        space.put(address, 5.0)
        await clock.advance(2)
        assert space.rssi([address], []) is None
        await clock.advance(32)  # twice, one a second after the other
        assert space.distance_m(address) == 5.0


async def test_white_balance_drifts_to_modes_and_temperatures_that_it_can_have() -> None:
    seen: set[tuple[str, bool]] = set()
    async with Emulator(
        ["ILCE-QX1"], clock="virtual", still_scale=16, scene="flat", faults=["body:drift"], control=False
    ) as emulator:
        (device,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        emulator.hands.dial(device, exposure_mode="Program Auto")
        for _ in range(300):
            await clock.advance(1)
            mode, kelvin = device.body.settings.value("WhiteBalance")
            seen.add((mode, kelvin == -1))
    assert len(seen) > 4
    assert ("Color Temperature", False) in seen
    assert [mode for mode, without in seen if not without] == ["Color Temperature"]


async def test_a_second_mishap_of_a_kind_lasts_as_long_as_it_says() -> None:
    async with camera("card:out=5,count=1", "card:out=5,after=3,count=1") as (device, clock):
        card = device.body.card
        await clock.advance(1)
        assert not card.present
        await clock.advance(7.5)  # the second came at 4 s, and the first would have ended at 6 s
        assert not card.present
        await clock.advance(1)
        assert card.present


async def test_what_is_for_good_is_not_ended_by_what_was_before_it() -> None:
    async with camera("card:full=5,count=1", "card:full,after=3,count=1") as (device, clock):
        await clock.advance(60)
        assert device.body.card.full


async def test_a_battery_that_dies_already_does_not_begin_anew() -> None:
    async with camera("power:dying=20") as (device, clock):
        await clock.advance(15)
        assert 0.2 < device.body.battery_ratio < 0.35
        await clock.advance(7)
        assert device.body.power == "off"


async def test_a_dead_battery_is_not_charged_by_what_was_to_drain_it() -> None:
    async with camera("power:dying=60,count=1", "power:dying=0,after=5,count=1") as (device, clock):
        await clock.advance(30)
        assert (device.body.battery_ratio, device.body.power) == (0.0, "off")


async def test_a_mishap_goes_on_when_it_cuts_off_the_client_at_whose_call_it_happens() -> None:
    async with camera("power:off,match=getVersions,count=1") as (device, clock):
        device.body.press("full")
        await clock.advance(0.1)
        with pytest.raises(ConnectionResetError):
            await call(device.port, "getVersions")
        await clock.advance(30)
        assert (device.body.power, device.body.status, device.body.wifi) == ("off", "NotReady", "off")
