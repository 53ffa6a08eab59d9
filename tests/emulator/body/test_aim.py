"""Automatic exposure at work in each mode. Source: imaging.md A2; protocol/wifi.md 5.3."""

from __future__ import annotations

import pytest

from tests.emulator.body.rig import Rig, rig


async def choice(camera: Rig, mode: str) -> tuple[str, str, str]:
    if camera.body.settings.exposure_mode != mode:
        await camera.set("ExposureMode", mode)
    await camera.body.aim.measure()
    chosen = camera.body.aim.choice
    return chosen.f_number.text, chosen.shutter.text, chosen.iso.text


async def test_program_auto_chooses_everything() -> None:
    async with rig("ILCE-QX1", scene_name="flat") as camera:
        f_number, _, iso = await choice(camera, "Program Auto")
        assert (f_number, int(iso) >= 100) == ("3.5", True)
        assert abs(camera.body.aim.choice.missing_ev) <= 0.34


async def test_what_is_set_is_kept() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Aperture")
        await camera.set("FNumber", "11")
        await camera.set("IsoSpeedRate", "200")
        assert (await choice(camera, "Aperture"))[::2] == ("11", "200")
        await camera.set("ExposureMode", "Shutter")
        await camera.set("ShutterSpeed", "1/8")
        assert (await choice(camera, "Shutter"))[1:] == ("1/8", "200")
        await camera.set("ExposureMode", "Intelligent Auto")
        assert camera.body.aim.choice.iso.text == "100"


async def test_manual_takes_all_three_as_they_are() -> None:
    async with rig("SONY-FULL") as camera:
        await camera.set("ExposureMode", "Manual")
        await camera.set("FNumber", "22")
        await camera.set("ShutterSpeed", "1/4000")
        await camera.set("IsoSpeedRate", "100")
        assert await choice(camera, "Manual") == ("22", "1/4000", "100")
        assert camera.body.aim.choice.out_of_range


async def test_compensation_asks_for_more_or_less_light() -> None:
    async with rig("DSC-QX10", scene_name="flat") as camera:
        await camera.set("ExposureMode", "Program Auto")
        plain = camera.body.aim.choice
        await camera.set("ExposureCompensation", 6)
        brighter = camera.body.aim.choice
        product = [step.shutter.exact * step.iso.exact / step.f_number.exact**2 for step in (plain, brighter)]
        assert product[1] / product[0] == pytest.approx(4.0, rel=0.3)
        assert camera.body.aim.bias_steps == (6, 3)


async def test_autofocus_looks_at_frames_that_are_well_exposed_whatever_is_set() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Shutter")
        await camera.set("ShutterSpeed", '30"')
        await camera.body.aim.measure()
        search = camera.body.aim.search
        assert search.shutter_s <= 1 / 30
        assert search.ev100 == pytest.approx(camera.body.aim.ev100)


async def test_a_movie_is_not_exposed_longer_than_its_frames() -> None:
    async with rig("DSC-QX10", scene_name="flat") as camera:
        await camera.set("ShootMode", "movie")
        await camera.body.aim.measure()
        assert camera.body.aim.choice.shutter.exact <= 1 / 30 * 1.1
