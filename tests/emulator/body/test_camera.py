"""The body's public face: what others were promised."""

from __future__ import annotations

import pytest

from emulator.body.camera import Body
from emulator.body.refusals import NotLive
from emulator.clock import VirtualClock
from emulator.journal import Journal
from emulator.profiles import load
from tests.emulator.body.rig import rig, scene


async def test_a_camera_has_the_promised_names() -> None:
    async with rig("DSC-QX10") as camera:
        body = camera.body
        assert (body.camera_id, body.mac) == ("qx10-1", body.bssid)
        assert body.uuid.endswith(body.bssid.replace(":", "").lower())
        assert body.identity.serial.isdigit()
        assert (body.power, body.wifi, body.wifi_error, body.status) == ("on", "launched", 0, "IDLE")
        assert (body.focus_status, body.exposing, body.recording) == ("Not Focusing", False, False)
        assert (body.battery_ratio, body.position, body.viewfinder.frame_info) == (1.0, None, False)
        assert (body.card.present, body.card.full, body.card.protected) == (True, False, False)
        assert body.card.shots_left > 1000


async def test_changes_are_told_and_journalled() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.card.present = False
        camera.body.battery_ratio = 0.5
        camera.body.set_clock(camera.clock.now(), 0, 0)
        await camera.call("startLiveview")
        assert camera.topics == ["card", "battery", "clock", "liveview"]
        assert {entry.channel for entry in camera.journal.entries()} == {"body", "power"}


async def test_a_scale_below_one_is_a_mistake() -> None:
    clock = VirtualClock()
    with pytest.raises(ValueError, match="whole number"):
        Body(load("DSC-QX10"), scene("bench"), clock, 0, 0, Journal(clock), still_scale=0)


async def test_cameras_of_one_rack_look_at_one_world() -> None:
    clock = VirtualClock()
    journal = Journal(clock)
    one = Body(load("DSC-QX10"), scene("bench"), clock, 0, 0, journal, scene_start_s=0.0)
    await clock.advance(5.0)
    two = Body(load("DSC-QX100"), scene("bench"), clock, 0, 1, journal, scene_start_s=0.0)
    assert one.eye.time_s == two.eye.time_s == 5.0


async def test_trouble_cuts_short_what_is_going_on_and_lets_nothing_begin() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("startLiveview")
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        await camera.body.trouble()
        with pytest.raises(AssertionError, match="Unknown"):
            await camera.done(task)
        assert (camera.body.status, camera.body.viewfinder.running) == ("Error", False)
        assert (await camera.call("getEvent", False))[1]["cameraStatus"] == "Error"
        for method in ("actTakePicture", "actHalfPressShutter"):
            assert await camera.error(method) == (1, "Not Available Now")
        assert await camera.error("setCameraFunction", "Contents Transfer") == (1, "Not Available Now")
        with pytest.raises(NotLive):
            await camera.body.viewfinder.frame()
        camera.body.recover()
        assert camera.body.status == "IDLE"
        assert await camera.take()


async def test_trouble_in_contents_transfer_is_left_to_there() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.transfer()
        await camera.body.trouble()
        await camera.body.trouble()
        camera.body.recover()
        camera.body.recover()
        assert camera.body.status == "ContentsTransfer"


async def test_family_a_begins_nothing_in_trouble_either() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.body.trouble()
        assert await camera.error("actTakePicture") == (1, "Not Available Now")
        assert await camera.error("setShootMode", "movie") == (1, "Not Available Now")
