"""Continuous shooting and bulb. Source: protocol/wifi.md 5.4, 6.1 slots 40, 64, 65."""

from __future__ import annotations

import asyncio

import pytest

from tests.emulator.body.rig import Rig, exif_of, picture_of, rig


async def in_continuous_drive(camera: Rig) -> None:
    await camera.set("ContShootingMode", {"contShootingMode": "Continuous"})


async def test_a_run_takes_pictures_until_stopped_and_tells_them_afterwards() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await in_continuous_drive(camera)
        assert await camera.error("actTakePicture") == (1, "Not Available Now")
        assert await camera.call("startContShooting") == []
        await camera.clock.advance(3.0)
        assert camera.body.status in ("StillCapturing", "StillSaving")
        assert "stopContShooting" in (await camera.call("getAvailableApiList"))[0]
        assert await camera.call("stopContShooting") == []
        await camera.until("IDLE")
        slots = await camera.call("getEvent", True, version="1.2")
        urls = [entry["postviewUrl"] for entry in slots[40]["contShootingUrl"]]
        assert len(urls) == len(set(urls)) == len(camera.body.card.files)
        assert len(urls) >= 4


async def test_a_run_needs_the_drive_mode_and_can_be_stopped_once() -> None:
    async with rig("ILCE-QX1") as camera:
        assert await camera.error("startContShooting") == (1, "Not Available Now")
        assert await camera.error("stopContShooting") == (1, "Not Available Now")


async def test_the_button_held_down_takes_a_run() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await in_continuous_drive(camera)
        camera.body.press("full")
        await camera.clock.advance(2.0)
        camera.body.release("full")
        await camera.until("IDLE")
        assert len(camera.body.card.files) >= 2


async def test_a_full_card_ends_a_run() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await in_continuous_drive(camera)
        await camera.call("startContShooting")
        await camera.clock.advance(2.0)
        camera.body.card.full = True
        await camera.until("IDLE")
        assert camera.body.drive.running == ""


async def test_a_bulb_exposure_lasts_as_long_as_it_is_held() -> None:
    async with rig("SONY-FULL") as camera:
        await camera.set("ExposureMode", "Manual")
        await camera.set("IsoSpeedRate", "100")
        await camera.set("ShutterSpeed", "BULB")
        assert await camera.error("actTakePicture") == (1, "Not Available Now")
        await camera.call("startBulbShooting")
        while not camera.body.exposing:
            await camera.clock.advance(0.1)
        await camera.clock.advance(3.0)
        assert (await camera.call("getEvent", False, version="1.4"))[64]["bulbCapturingTime"] == 3
        await camera.call("stopBulbShooting")
        await camera.until("IDLE")
        slots = await camera.call("getEvent", False, version="1.4")
        assert slots[64]["bulbCapturingTime"] == -1
        ((shot,),) = [slots[65]["bulbShootingUrl"]]
        exif = exif_of(await picture_of(camera, shot["postviewUrl"]))
        assert 3.0 <= exif["ExposureTime"] <= 3.3


async def test_a_run_puts_on_the_card_what_fits_and_no_more() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await in_continuous_drive(camera)
        card = camera.body.card
        card.capacity_bytes = 40_000_000
        fit = card.shots_left
        await camera.call("startContShooting")
        await camera.until("IDLE")
        assert len(card.files) == len(camera.body.drive.run) == fit
        assert sum(file.size_bytes for file in card.files) <= card.capacity_bytes


async def test_a_card_that_is_protected_ends_a_run() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await in_continuous_drive(camera)
        await camera.call("startContShooting")
        await camera.clock.advance(2.0)
        camera.body.card.protected = True
        stored = len(camera.body.card.files)
        await camera.until("IDLE")
        assert len(camera.body.card.files) == stored


@pytest.mark.parametrize("step", ["prepare", "save"])
async def test_a_run_that_fails_for_whatever_reason_leaves_the_camera_idle(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: object, **_options: object) -> None:
        raise OverflowError("date value out of range")

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await in_continuous_drive(camera)
        with monkeypatch.context() as broken:
            broken.setattr(camera.body.capture, step, fail)
            await camera.call("startContShooting")
            await camera.clock.advance(5.0)
        assert (camera.body.status, camera.body.drive.running) == ("IDLE", "")
        await camera.call("startContShooting")
