"""Settings: modes, candidates, the moment until a value arrives. Source: protocol/wifi.md 5.3, 7.3."""

from __future__ import annotations

import pytest

from emulator.body.refusals import Reason, Refused
from emulator.profiles import names
from tests.emulator.body.rig import rig


async def test_the_mode_decides_what_can_be_set() -> None:
    async with rig("DSC-QX10") as camera:
        settings = camera.body.settings
        assert settings.mode == "still:iA"
        assert not settings.is_shown("IsoSpeedRate")
        settings.change("ExposureMode", "Program Auto")
        assert settings.mode == "still:P"
        assert settings.is_settable("IsoSpeedRate")
        settings.change("ShootMode", "movie")
        assert not settings.is_settable("SelfTimer")


async def test_a_value_that_the_mode_fixes_comes_back_afterwards() -> None:
    async with rig("ILCE-QX1") as camera:
        settings = camera.body.settings
        settings.change("ExposureMode", "Aperture")
        await camera.set("ExposureCompensation", 9)
        await camera.set("WhiteBalance", "Cloudy", False, -1)
        settings.change("ExposureMode", "Intelligent Auto")
        assert settings.value("ExposureCompensation") == 0
        assert settings.value("WhiteBalance") == ("Auto WB", -1)
        assert await camera.call("getAvailableExposureCompensation") == [0, 0, 0, 0]
        settings.change("ExposureMode", "Aperture")
        assert settings.value("ExposureCompensation") == 9
        assert settings.value("WhiteBalance") == ("Cloudy", -1)


async def test_a_value_beyond_a_modes_span_is_told_at_its_end() -> None:
    async with rig("ILCE-QX1") as camera:
        settings = camera.body.settings
        settings.change("ExposureMode", "Aperture")
        await camera.set("ExposureCompensation", 9)
        settings.change("ShootMode", "movie")
        assert settings.value("ExposureCompensation") == 6


async def test_a_value_that_a_mode_does_not_offer_is_told_as_the_first_it_does() -> None:
    async with rig("ILCE-QX1") as camera:
        assert camera.body.settings.value("FocusMode") == "AF-S"
        camera.body.settings.change("ShootMode", "movie")
        assert camera.body.settings.value("FocusMode") == "AF-C"


async def test_what_cannot_be_set_is_told_as_the_automatic_chose_it_with_no_candidates() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Program Auto")
        value, candidates = await camera.call("getAvailableShutterSpeed")
        assert (value, candidates) == (camera.body.aim.choice.shutter.text, [])


async def test_an_accepted_value_arrives_later_or_when_something_acts_on_it() -> None:
    async with rig("DSC-QX10") as camera:
        settings = camera.body.settings
        settings.set("SelfTimer", 10)
        assert settings.value("SelfTimer") == 0
        settings.flush()
        assert settings.value("SelfTimer") == 10
        settings.set("SelfTimer", 2)
        settings.set("SelfTimer", 0)
        await camera.clock.advance(1.0)
        assert settings.value("SelfTimer") == 0


async def test_refusals_say_why() -> None:
    async with rig("DSC-QX10") as camera:
        with pytest.raises(Refused, match="cannot be 5") as refused:
            camera.body.settings.set("SelfTimer", 5)
        assert refused.value.reason is Reason.ILLEGAL_ARGUMENT
        with pytest.raises(Refused, match="cannot be set in still:iA") as refused:
            camera.body.settings.set("IsoSpeedRate", "100")
        assert refused.value.reason is Reason.NOT_NOW


async def test_raw_pictures_and_digital_zoom_exclude_each_other() -> None:
    async with rig("ILCE-QX1") as camera:
        assert camera.body.settings.is_settable("ZoomSetting")
        await camera.set("StillQuality", {"stillQuality": "RAW+JPEG"})
        assert not camera.body.settings.is_settable("ZoomSetting")


async def test_program_shift_is_told_and_has_a_span() -> None:
    async with rig("ILCE-QX1") as camera:
        assert await camera.call("getSupportedProgramShift") == [[5, -5]]
        await camera.set("ExposureMode", "Program Auto")
        assert (await camera.call("getEvent", False, version="1.2"))[31]["isShifted"] is False
        await camera.set("ProgramShift", 3)
        assert (await camera.call("getEvent", False, version="1.2"))[31]["isShifted"] is True
        assert await camera.error("setProgramShift", 6) == (3, "Illegal Argument")


@pytest.mark.parametrize("name", names())
async def test_every_candidate_of_every_setting_in_every_mode_can_be_set_and_read_back(name: str) -> None:
    async with rig(name) as camera:
        settings = camera.body.settings
        shoot_modes = settings.supported("ShootMode")
        exposure_modes = settings.supported("ExposureMode")
        tried = 0
        for shoot_mode in shoot_modes:
            for exposure_mode in exposure_modes:
                settings.change("ShootMode", shoot_mode)
                settings.change("ExposureMode", exposure_mode)
                for setting in camera.body.profile.settings:
                    if setting in ("ShootMode", "ExposureMode", "CameraFunction"):
                        continue
                    for value in settings.candidates(setting):
                        if setting in ("ExposureCompensation", "ProgramShift"):
                            value = value[1]
                        elif setting == "WhiteBalance":
                            value = (value[0], value[2] if len(value) > 1 else -1)
                        settings.set(setting, value)
                        settings.flush()
                        assert settings.value(setting) == value, (name, setting, settings.mode)
                        tried += 1
        assert tried > 20
