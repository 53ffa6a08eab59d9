"""Changing modes and functions. Source: protocol/wifi.md 7.2, 9.1."""

from __future__ import annotations

import pytest

from emulator.body.refusals import Refused
from tests.emulator.body.rig import rig


async def test_an_exposure_mode_is_reached_after_a_moment_with_its_candidates() -> None:
    async with rig("DSC-QX10") as camera:
        assert await camera.call("setExposureMode", "Program Auto") == [0]
        assert (await camera.call("getEvent", False))[18]["currentExposureMode"] == "Intelligent Auto"
        await camera.until("IDLE")
        slots = await camera.call("getEvent", False)
        assert slots[18]["currentExposureMode"] == "Program Auto"
        assert slots[29]["isoSpeedRateCandidates"][0] == "AUTO"


async def test_movie_mode_empties_the_slots_of_stills() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("ExposureMode", "Program Auto")
        await camera.call("getEvent", True)
        await camera.set("ShootMode", "movie")
        changed = await camera.call("getEvent", True)
        assert changed[21]["currentShootMode"] == "movie"
        slots = await camera.call("getEvent", False)
        assert [index for index in (14, 18, 19, 20, 25, 29, 33, 34) if slots[index] is not None] == []


async def test_contents_transfer_and_back_on_family_b() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("startLiveview")
        began = camera.clock.monotonic()
        assert await camera.call("setCameraFunction", "Contents Transfer") == [0]
        assert (camera.body.status, camera.body.viewfinder.running) == ("NotReady", False)
        await camera.until("ContentsTransfer")
        assert 1.9 < camera.clock.monotonic() - began < 2.1
        slots = await camera.call("getEvent", False, version="1.2")
        assert slots[12]["currentCameraFunction"] == "Contents Transfer"
        assert slots[15]["cameraFunctionResult"] == "Success"
        names = set((await camera.call("getAvailableApiList"))[0])
        assert names == {
            "getVersions",
            "getMethodTypes",
            "getApplicationInfo",
            "getAvailableApiList",
            "getEvent",
            "setCameraFunction",
            "getCameraFunction",
            "getSupportedCameraFunction",
            "getAvailableCameraFunction",
            "getStorageInformation",
        }
        assert await camera.error("actTakePicture") == (1, "Not Available Now")
        assert await camera.error("startLiveview") == (1, "Not Available Now")
        await camera.call("setCameraFunction", "Remote Shooting")
        await camera.until("IDLE")
        assert await camera.take()


async def test_family_a_keeps_its_list_in_contents_transfer_and_refuses_all_the_same() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.unlocked |= {"camera/setCameraFunction"}
        before = await camera.call("getAvailableApiList")
        await camera.call("setCameraFunction", "Contents Transfer")
        await camera.until("ContentsTransfer")
        assert await camera.call("getAvailableApiList") == before
        for method in ("actTakePicture", "startLiveview", "actHalfPressShutter"):
            assert await camera.error(method) == (1, "Not Available Now")
        assert await camera.error("setShootMode", "movie") == (1, "Not Available Now")


async def test_the_present_function_is_accepted_and_nothing_happens() -> None:
    async with rig("ILCE-QX1") as camera:
        assert await camera.call("setCameraFunction", "Remote Shooting") == [0]
        assert camera.body.status == "IDLE"
        assert await camera.error("setCameraFunction", "Other Function") == (3, "Illegal Argument")


async def test_a_card_is_not_formatted_while_contents_are_transferred_nor_when_it_is_out() -> None:
    async with rig("ILCE-QX1") as camera:
        body = camera.body
        body.unlocked |= {"camera/actFormatStorage"}
        await camera.take()
        await camera.transfer()
        with pytest.raises(Refused, match="transferred"):
            body.modes.format_card("Memory Card 1")
        assert body.status == "ContentsTransfer"
        await camera.call("setCameraFunction", "Remote Shooting")
        await camera.until("IDLE")
        body.modes.format_card("Memory Card 1")
        body.card.present = False
        await camera.until("IDLE")
        assert (body.modes.format_result, len(body.card.files)) == ("Failure", 1)
