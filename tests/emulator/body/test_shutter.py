"""One still and waiting for it: states, times, who is told. Source: protocol/wifi.md 5.4, 7.2."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.protocol.wifi.rpc import RpcFailure
from tests.emulator.body.rig import exif_of, picture_of, rig, statuses


@pytest.mark.parametrize(
    ("model", "shortest_s", "longest_s"), [("DSC-QX10", 1.4, 1.75), ("ILCE-QX1", 2.3, 2.5)]
)
async def test_a_capture_goes_through_its_states_in_the_models_time(
    model: str, shortest_s: float, longest_s: float
) -> None:
    async with rig(model) as camera:
        seen = len(statuses(camera))
        began = camera.clock.monotonic()
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        await camera.done(task)
        assert camera.body.status == "StillSaving"
        await camera.until("IDLE")
        assert statuses(camera)[seen:] == ["StillCapturing", "StillSaving", "IDLE"]
        assert shortest_s < camera.clock.monotonic() - began < longest_s


async def test_the_self_timer_counts_while_the_camera_says_that_it_captures() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("SelfTimer", 2)
        task = camera.begin("actTakePicture")
        await camera.clock.advance(1.9)
        assert (camera.body.status, camera.body.exposing) == ("StillCapturing", False)
        await camera.done(task)


async def test_a_setting_accepted_just_before_counts_for_the_capture() -> None:
    async with rig("DSC-QX10", still_scale=8) as camera:
        await camera.call("setPostviewImageSize", "Original")
        image = await picture_of(camera, await camera.take())
        assert image.size == (4896 // 8, 3672 // 8)


async def test_a_long_exposure_is_waited_for_in_parts() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Shutter")
        await camera.set("ShutterSpeed", '15"')
        task = asyncio.ensure_future(camera.reply("actTakePicture"))
        assert (await camera.done(task)).answer == RpcFailure(1, 40403, "Not Finished")
        assert "awaitTakePicture" in (await camera.call("getAvailableApiList"))[0]
        assert "actTakePicture" not in (await camera.call("getAvailableApiList"))[0]
        began = camera.clock.monotonic()
        again = asyncio.ensure_future(camera.reply("awaitTakePicture"))
        assert (await camera.done(again)).answer == RpcFailure(1, 40403, "Not Finished")
        ((url,),) = await camera.done(camera.begin("awaitTakePicture"))
        assert camera.clock.monotonic() - began > 16  # the dark frame doubles it
        await camera.until("IDLE")
        exif = exif_of(await picture_of(camera, url))
        assert exif["ExposureTime"] == 15
        (file,) = camera.body.card.files
        assert file.recipe is not None
        assert file.recipe.view.exposure.shutter_s == 16
        assert file.recipe.view.dark_subtracted


async def test_a_result_that_nobody_was_told_waits_and_is_told_once() -> None:
    async with rig("ILCE-QX1") as camera:
        assert await camera.error("awaitTakePicture") == (1, "StillShootingNotCalled")
        lost = asyncio.ensure_future(camera.reply("actTakePicture", written=False))
        await camera.done(lost)
        await camera.until("IDLE")
        assert "awaitTakePicture" in (await camera.call("getAvailableApiList"))[0]
        assert len((await camera.call("awaitTakePicture"))[0]) == 1
        assert await camera.error("awaitTakePicture") == (1, "StillShootingNotCalled")


async def test_a_capture_goes_on_when_whoever_asked_is_gone() -> None:
    async with rig("DSC-QX10") as camera:
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        task.cancel()
        await camera.until("IDLE")
        assert len(camera.body.card.files) == 1


async def test_a_second_capture_meanwhile_is_refused_by_family_a() -> None:
    async with rig("DSC-QX10") as camera:
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        assert await camera.error("actTakePicture") == (1, "Not Available Now")
        await camera.until("StillSaving")
        assert await camera.error("actTakePicture") == (40401, "Camera Not Ready")
        await camera.done(task)


async def test_a_second_capture_meanwhile_takes_the_place_of_the_first_answer_on_family_b() -> None:
    async with rig("ILCE-QX1") as camera:
        older = asyncio.ensure_future(camera.reply("actTakePicture"))
        await camera.until("StillCapturing")
        newer = camera.begin("actTakePicture")
        await camera.clock.advance(0.1)
        assert (await older).answer == RpcFailure(1, 40402, "DoublePolling")
        await camera.done(newer)
        await camera.until("IDLE")
        assert len(camera.body.card.files) == 2


async def test_power_off_cuts_a_capture_short() -> None:
    async with rig("DSC-QX10") as camera:
        task = asyncio.ensure_future(camera.reply("actTakePicture"))
        await camera.until("StillCapturing")
        await camera.body.power_off()
        assert (await task).answer == RpcFailure(1, 1, "Unknown")
        assert (camera.body.status, camera.body.exposing) == ("NotReady", False)
        await camera.clock.advance(5)
        assert camera.body.card.files == ()


async def test_a_capture_that_fails_for_whatever_reason_leaves_the_camera_idle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_args: object) -> None:
        raise OverflowError("date value out of range")

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    async with rig("DSC-QX10") as camera:
        for step in ("prepare", "save"):
            with monkeypatch.context() as broken:
                broken.setattr(camera.body.capture, step, fail)
                with pytest.raises(OverflowError):
                    await camera.done(camera.begin("actTakePicture"))
            assert camera.body.status == "IDLE"
        assert await camera.take()
