"""White balance by one push. Source: protocol/wifi.md 5.4, 7.1."""

from __future__ import annotations

import pytest

from tests.emulator.body.rig import Rig, rig, statuses


async def push(camera: Rig) -> dict[str, object]:
    (found,) = await camera.done(camera.begin("actWhiteBalanceOnePushCustom"))
    assert isinstance(found, dict)
    return found


async def test_one_push_finds_the_light_and_takes_it_for_neutral() -> None:
    async with rig("SONY-FULL", scene_name="room") as camera:
        seen = len(statuses(camera))
        found = await push(camera)
        assert statuses(camera)[seen:] == ["WhiteBalanceOnePushCapturing", "IDLE"]
        assert found["inRange"] is True
        kelvin = found["colorTemperature"]
        assert isinstance(kelvin, int)
        assert 2500 <= kelvin <= 5000
        slots = await camera.call("getEvent", False)
        assert slots[33]["currentWhiteBalanceMode"] == "Custom"
        view = camera.body.eye.still_view(camera.body.aim.choice, (64, 48))
        assert view.white_balance == pytest.approx(kelvin)


async def test_it_is_there_where_white_balance_can_be_set_and_the_camera_is_idle() -> None:
    async with rig("SONY-FULL") as camera:
        await camera.set("ExposureMode", "Intelligent Auto")
        assert await camera.error("actWhiteBalanceOnePushCustom") == (1, "Not Available Now")
        await camera.set("ExposureMode", "Manual")
        first = camera.begin("actWhiteBalanceOnePushCustom")
        await camera.clock.advance(0.1)
        assert await camera.error("actWhiteBalanceOnePushCustom") == (40401, "Camera Not Ready")
        await camera.done(first)


async def test_switching_off_ends_it() -> None:
    async with rig("SONY-FULL") as camera:
        task = camera.begin("actWhiteBalanceOnePushCustom")
        await camera.clock.advance(0.1)
        await camera.body.power_off()
        with pytest.raises(AssertionError, match="Unknown"):
            await camera.done(task)
