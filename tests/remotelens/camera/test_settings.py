from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import CameraBusy, InvalidValue, NotAvailableNow, NotSupported
from tests.remotelens.camera.answers import QX10_NAMES, QX10_NAMES_AUTO, listed
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.library.clocks import HurriedClock


async def test_setting_a_value_waits_until_the_camera_shows_it() -> None:
    api = ApiDouble()
    accepted = asyncio.Event()

    def accept(_: int) -> list[int]:
        accepted.set()
        return [0]

    api.handlers["setSelfTimer"] = accept
    async with camera_on(api) as camera, asyncio.timeout(5):
        setting = asyncio.create_task(camera.set("self_timer", "2"))
        await accepted.wait()
        await asyncio.sleep(0)
        assert not setting.done()
        api.tell(selfTimer=listed("SelfTimer", 2, [0, 2, 10]))
        assert (await setting).value == 2
    assert api.called("setSelfTimer") == [(2,)]


async def test_a_value_that_is_not_offered_is_refused_before_anything_is_sent() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera:
        before = len(api.calls)
        with pytest.raises(InvalidValue) as caught:
            await camera.set("self_timer", 5)
        assert len(api.calls) == before
    assert caught.value.remedy == "choose one of 0, 2, 10"


async def test_setting_the_present_value_again_sends_nothing() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera:
        assert (await camera.set("iso", "auto")).value == "AUTO"
    assert api.called("setIsoSpeedRate") == []


async def test_an_unknown_name_is_refused_with_the_near_one() -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(InvalidValue) as caught:
            camera.get("fnumber")
    assert caught.value.remedy == "did you mean f_number?"


async def test_a_setting_the_camera_does_not_have_is_not_supported() -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(NotSupported, match="no flash"):
            await camera.set("flash", "on")


async def test_a_setting_of_another_mode_says_what_it_needs() -> None:
    api = ApiDouble()
    api.methods.add(("camera", "setIsoSpeedRate"))
    async with camera_on(api) as camera, asyncio.timeout(5):
        api.tell_names(QX10_NAMES_AUTO)
        async for state in camera.subscribe():
            if "iso" not in state.settings:
                break
        with pytest.raises(NotAvailableNow) as caught:
            await camera.set("iso", 100)
    assert caught.value.remedy is not None
    assert "other than Intelligent Auto" in caught.value.remedy


async def test_a_setting_that_can_only_be_read_says_so() -> None:
    api = ApiDouble()
    api.slots["shutterSpeed"] = listed("ShutterSpeed", "1/30", [])
    api.slots["availableApiList"] = {"names": [*QX10_NAMES, "getShutterSpeed"], "type": "availableApiList"}
    async with camera_on(api) as camera:
        assert camera.get("shutter_speed").value == "1/30"
        with pytest.raises(NotAvailableNow, match="cannot be changed now; it is 1/30"):
            await camera.set("shutter_speed", "1/60")


async def test_a_busy_camera_is_asked_again() -> None:
    api = ApiDouble()
    accept = api.handlers["setSelfTimer"]
    refusals = [api.refuse(40401, method="setSelfTimer"), api.refuse(40401, method="setSelfTimer")]
    api.handlers["setSelfTimer"] = lambda value: refusals.pop() if refusals else accept(value)
    clock = HurriedClock()
    async with camera_on(api, clock=clock) as camera, asyncio.timeout(5):
        assert (await camera.set("self_timer", 10)).value == 10
    assert len(api.called("setSelfTimer")) == 3
    assert clock.slept.count(0.3) == 2


async def test_a_camera_that_stays_busy_says_so() -> None:
    api = ApiDouble()
    api.handlers["setSelfTimer"] = lambda _: api.refuse(40401, method="setSelfTimer")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CameraBusy):
            await camera.set("self_timer", 10)
    assert len(api.called("setSelfTimer")) == 4


async def test_a_change_of_mode_waits_until_the_camera_is_ready_again() -> None:
    api = ApiDouble()

    def accept(value: str) -> list[int]:
        api.tell_status("NotReady")
        return list(api.accept("exposureMode", "ExposureMode", value))

    api.handlers["setExposureMode"] = accept
    async with camera_on(api) as camera, asyncio.timeout(5):
        setting = asyncio.create_task(camera.set("exposure_mode", "superior auto"))
        async for state in camera.subscribe():
            if state.value("exposure_mode") == "Superior Auto":
                break
        await asyncio.sleep(0)
        assert not setting.done()
        api.tell_status("IDLE")
        assert (await setting).value == "Superior Auto"


async def test_several_settings_are_changed_modes_first() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        done = await camera.set_all({"self_timer": 2, "exposure_mode": "Superior Auto"})
    assert [call[0] for call in api.calls if call[0].startswith("set")] == ["setExposureMode", "setSelfTimer"]
    assert {name: setting.value for name, setting in done.items()} == {
        "exposure_mode": "Superior Auto",
        "self_timer": 2,
    }


async def test_one_wrong_name_among_several_sends_nothing() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera:
        before = len(api.calls)
        with pytest.raises(InvalidValue):
            await camera.set_all({"self_timer": 2, "shutter": "1/60"})
        assert len(api.calls) == before


async def test_a_control_shows_what_the_camera_offers() -> None:
    async with camera_on(ApiDouble()) as camera:
        assert camera.exposure.iso.value == "AUTO"
        assert camera.exposure.iso.candidates[1] == "100"
        assert camera.exposure.iso.writable
        assert camera.exposure.compensation.candidates[0] == -2.0
        assert not camera.exposure.f_number.offered
        assert camera.exposure.f_number.value is None
        assert not camera.exposure.f_number.writable
        assert camera.image.size.candidates[-1] == "16:9 2M"
        assert camera.white_balance.mode.value == "Auto WB"
