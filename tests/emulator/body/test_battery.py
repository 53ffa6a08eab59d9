"""The battery. Source: models.md 6."""

from __future__ import annotations

import asyncio

import pytest

from emulator.body.battery import Battery
from emulator.body.bell import Bell
from emulator.clock import VirtualClock
from emulator.profiles import load
from tests.emulator.body.rig import rig


async def test_two_hundred_shots_and_a_hundred_minutes_empty_it_as_the_maker_says() -> None:
    clock = VirtualClock()
    battery = Battery(load("DSC-QX10"), clock, Bell())
    battery.load(load("DSC-QX10").power.live_w)
    for _ in range(200):
        battery.spend(4.0)
        await clock.advance(30.0)
    assert battery.ratio == pytest.approx(0.0, abs=0.05)
    battery.close()


async def test_it_is_told_in_steps() -> None:
    clock = VirtualClock()
    battery = Battery(load("ILCE-QX1"), clock, Bell())
    for ratio, level in ((1.0, 4), (0.76, 4), (0.75, 3), (0.26, 2), (0.25, 1), (0.01, 1), (0.0, 0)):
        battery.ratio = ratio
        assert battery.charge.level == level, ratio
    assert battery.charge.near_end
    with pytest.raises(ValueError, match="0 to 1"):
        battery.ratio = 1.5
    battery.close()


async def test_external_power_holds_it() -> None:
    clock = VirtualClock()
    battery = Battery(load("ILCE-QX1"), clock, Bell())
    battery.external_power = True
    battery.load(2.0)
    battery.spend(100.0)
    await clock.advance(7200.0)
    assert battery.ratio == 1.0
    assert battery.charge.charging


async def test_zooming_all_the_way_takes_its_share() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.clock.advance(4.0)
        resting = 1.0 - camera.body.battery_ratio
        before = camera.body.battery_ratio
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(4.0)
        spent_mwh = (before - camera.body.battery_ratio - resting) * 2300
        assert spent_mwh == pytest.approx(3.0, abs=0.1)


async def test_an_empty_one_switches_the_camera_off() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.battery_ratio = 0.015
        await camera.clock.advance(600.0)
        assert camera.body.power == "off"
        assert "battery" in camera.topics


async def test_a_camera_with_an_empty_one_does_not_stay_on() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.battery_ratio = 0.0
        await camera.clock.advance(1.0)
        await camera.done(asyncio.ensure_future(camera.body.power_on()))
        await camera.clock.advance(1.0)
        assert (camera.body.power, camera.body.wifi) == ("off", "off")


async def test_on_the_cable_a_camera_runs_with_an_empty_one_until_it_is_pulled() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.battery.external_power = True
        camera.body.battery_ratio = 0.0
        await camera.clock.advance(60.0)
        assert camera.body.status == "IDLE"
        camera.body.battery.external_power = False
        await camera.clock.advance(1.0)
        assert camera.body.power == "off"


async def test_a_picture_that_takes_the_last_of_it_switches_the_camera_off() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.battery_ratio = 1e-6
        camera.body.battery.spend(4.0)
        await camera.clock.advance(1.0)
        assert camera.body.power == "off"


async def test_less_than_a_percent_lasts_no_longer_than_it_does() -> None:
    async with rig("DSC-QX10") as camera:
        power = camera.body.profile.power
        camera.body.battery_ratio = 0.002
        lasts_s = 0.002 * power.battery_wh / power.live_w * 3600
        await camera.clock.advance(lasts_s - 1)
        assert camera.body.power == "on"
        await camera.clock.advance(2)
        assert (camera.body.power, camera.body.battery_ratio) == ("off", 0.0)
