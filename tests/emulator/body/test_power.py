"""Power and the access point. Source: protocol/wifi.md 1.4; protocol/ble.md 10.3."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.body.refusals import NotLive, Refused
from tests.emulator.body.rig import Rig, rig


def begin(coroutine: Any) -> asyncio.Task[Any]:
    return asyncio.ensure_future(coroutine)


async def cut_short(order: Any) -> None:
    """Give an order, and cancel it once it has begun."""
    begun = begin(order)
    await asyncio.sleep(0)
    begun.cancel()


async def test_a_camera_without_bluetooth_is_on_and_reachable_from_the_start() -> None:
    async with rig("DSC-QX10") as camera:
        body = camera.body
        assert (body.power, body.wifi, body.status) == ("on", "launched", "IDLE")


async def test_a_camera_behind_bluetooth_starts_in_standby_and_shut() -> None:
    async with rig("DSC-QX10", pairing_ble=True) as camera:
        body = camera.body
        assert (body.power, body.wifi) == ("standby", "off")
        on = begin(body.power_on())
        await camera.clock.advance(2.4)
        assert (body.power, body.status, on.done()) == ("on", "NotReady", False)
        await camera.clock.advance(0.2)
        await on
        assert (body.status, body.wifi) == ("IDLE", "off")
        up = begin(body.wifi_on())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert body.wifi == "launching"
        await camera.clock.advance(1.6)
        await up
        assert (body.wifi, body.wifi_error) == ("launched", 0)


async def test_without_a_card_the_access_point_behind_bluetooth_does_not_start() -> None:
    async with rig("DSC-QX10", pairing_ble=True) as camera:
        await camera.done(begin(camera.body.power_on()))
        camera.body.card.present = False
        await camera.body.wifi_on()
        assert (camera.body.wifi, camera.body.wifi_error) == ("off", 1)


async def test_a_second_request_joins_the_launch_that_is_going_on() -> None:
    async with rig("DSC-QX10", pairing_ble=True) as camera:
        await camera.done(begin(camera.body.power_on()))
        first, second = begin(camera.body.wifi_on()), begin(camera.body.wifi_on())
        await camera.done(first)
        await second
        assert camera.topics.count("wifi") == 2


async def test_the_access_point_goes_down_on_request() -> None:
    async with rig("DSC-QX10") as camera:
        down = begin(camera.body.wifi_off())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        halfway = camera.body.wifi
        await camera.done(down)
        assert [halfway, camera.body.wifi] == ["terminating", "off"]


async def test_off_cuts_everything_and_on_starts_anew() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("PostviewImageSize", "Original")
        await camera.set("SelfTimer", 2)
        await camera.take()
        await camera.call("startLiveview")
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(1.0)
        await camera.body.power_off(standby=True)
        body = camera.body
        assert (body.power, body.wifi, body.viewfinder.running) == ("standby", "off", False)
        await camera.done(begin(body.power_on()))
        assert (body.status, body.wifi) == ("IDLE", "launched")
        assert body.pictures.names == ()
        assert body.lens.reading.position == 0
        assert body.settings.value("PostviewImageSize") == "2M"
        assert body.settings.value("SelfTimer") == 2
        assert len(body.card.files) == 1


async def test_switching_on_what_is_on_does_nothing() -> None:
    async with rig("DSC-QX10") as camera:
        camera.topics.clear()
        await camera.body.power_on()
        assert camera.topics == []


async def test_the_lens_has_to_be_out_before_there_is_a_picture() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.body.power_off()
        on = begin(camera.body.power_on())
        await camera.clock.advance(1.0)
        with pytest.raises(NotLive):
            await camera.body.viewfinder.frame()
        await camera.done(on)
        assert (await camera.body.viewfinder.frame()).jpeg


async def test_closing_a_camera_in_the_middle_of_something_leaves_nothing_behind() -> None:
    async def busy(camera: Rig) -> None:
        camera.begin("actTakePicture").add_done_callback(lambda task: task.exception())
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(0.3)

    before = asyncio.all_tasks()
    async with rig("DSC-QX10") as camera:
        await busy(camera)
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_whoever_waits_for_a_camera_that_is_put_away_goes_on() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.body.power_off()
        on = begin(camera.body.power_on())
        await camera.clock.advance(0.5)
        await camera.body.close()
        async with asyncio.timeout(1):
            await on
        await camera.body.power_on()
        await camera.body.wifi_on()
        assert (camera.body.power, camera.body.wifi) == ("off", "off")


async def test_the_access_point_comes_up_though_there_is_trouble_meanwhile() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.body.power_off()
        on = begin(camera.body.power_on())
        await camera.clock.advance(1.0)
        await camera.body.trouble()
        await on
        assert (camera.body.wifi, camera.body.status) == ("launching", "Error")
        camera.body.recover()
        await camera.clock.advance(5.0)
        assert (camera.body.wifi, camera.body.status) == ("launched", "IDLE")


async def test_the_switch_is_worked_by_one_after_the_other() -> None:
    async with rig("DSC-QX10") as camera:
        body = camera.body
        await body.power_off()
        both = asyncio.gather(body.power_on(), body.power_off(), body.power_on())
        await camera.done(both)
        await camera.clock.advance(5.0)
        assert (body.power, body.status, body.wifi) == ("on", "IDLE", "launched")


async def test_a_camera_is_off_whole_though_who_switches_it_off_is_cut_short() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.press("full")
        await camera.clock.advance(0.1)
        await cut_short(camera.body.power_off())
        await camera.clock.advance(30.0)
        assert (camera.body.power, camera.body.status, camera.body.wifi) == ("off", "NotReady", "off")


async def test_nothing_goes_on_in_a_camera_whose_switching_off_was_cut_short() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.body.power_off()
        on = begin(camera.body.power_on())
        await camera.clock.advance(1.0)
        await cut_short(camera.body.power_off())
        await camera.clock.advance(30.0)
        await on
        assert (camera.body.power, camera.body.status, camera.body.wifi) == ("off", "NotReady", "off")


async def test_trouble_comes_though_who_brings_it_is_cut_short() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.press("full")
        await camera.clock.advance(0.1)
        await cut_short(camera.body.trouble())
        await camera.clock.advance(30.0)
        assert camera.body.status == "Error"


async def test_the_access_point_goes_down_though_nobody_waits_for_that() -> None:
    async with rig("DSC-QX10") as camera:
        await cut_short(camera.body.wifi_off())
        await camera.clock.advance(30.0)
        assert camera.body.wifi == "off"


async def test_a_camera_that_is_put_away_begins_nothing() -> None:
    before = asyncio.all_tasks()
    async with rig("DSC-QX10") as camera:
        await camera.body.close()
        with pytest.raises(Refused, match="put away"):
            await camera.body.shutter.take()
        assert asyncio.all_tasks() == before
