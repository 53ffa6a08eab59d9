"""What getAvailableApiList holds, by state. Source: protocol/wifi.md 5.2, 7.3."""

from __future__ import annotations

from tests.emulator.body.rig import Rig, rig


async def names(camera: Rig) -> set[str]:
    return set((await camera.call("getAvailableApiList"))[0])


async def test_family_b_lists_getters_only_while_a_picture_is_taken() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Program Auto")
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        listed = await names(camera)
        assert {name for name in listed if name.startswith("set")} == set()
        assert {"getIsoSpeedRate", "startLiveview", "actZoom", "awaitTakePicture"} <= listed
        assert "actTakePicture" not in listed
        await camera.done(task)


async def test_settings_are_read_only_while_focus_is_held_and_shooting_is_not() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("actHalfPressShutter")
        await camera.clock.advance(2.0)
        listed = await names(camera)
        assert {name for name in listed if name.startswith("set")} <= {"setLiveviewFrameInfo"}
        assert {"actTakePicture", "cancelHalfPressShutter"} <= listed
        assert "setTouchAFPosition" not in listed


async def test_touch_focus_lists_its_end_while_it_holds() -> None:
    async with rig("ILCE-QX1") as camera:
        assert "cancelTouchAFPosition" not in await names(camera)
        await camera.done(camera.begin("setTouchAFPosition", 50, 50))
        assert {"setTouchAFPosition", "getTouchAFPosition", "cancelTouchAFPosition"} <= await names(camera)


async def test_touch_focus_is_not_listed_with_manual_focus() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("FocusMode", "MF")
        assert not {"setTouchAFPosition", "getTouchAFPosition"} & await names(camera)


async def test_family_a_lists_fewer_names_while_it_is_busy() -> None:
    async with rig("DSC-QX10") as camera:
        idle = await names(camera)
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        busy = await names(camera)
        assert busy < idle
        assert not {"actTakePicture", "setShootMode"} & busy
        assert {"actZoom", "startLiveview", "getShootMode"} <= busy
        await camera.done(task)
