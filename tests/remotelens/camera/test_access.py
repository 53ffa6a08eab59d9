"""Unlocking. Source: protocol/wifi.md 5.9."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from remotelens.config.developer import load_developer
from remotelens.config.paths import CONFIG_VARIABLE
from remotelens.errors import AuthenticationNeeded, LinkLost
from remotelens.protocol.wifi.auth import RUBBER_DUCK, sg
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.camera.emulated import emulated

NONCE = "GiigWEMzm1MoEmMu"


def locked(api: ApiDouble, method: str, *, accepts: bool = True) -> None:
    """Lock a method until actEnableMethods was answered well, as a QX10 does."""
    opened: list[str] = []

    def enable(asked: dict[str, str]) -> Any:
        if not asked["sg"]:
            return [{"dg": NONCE}]
        registration = load_developer()
        if not accepts or asked["sg"] != sg(NONCE, registration.key):
            return api.refuse(5, "Illegal Request", "actEnableMethods")
        opened.extend(asked["methods"].split(":"))
        return [{"dg": ""}]

    handler = api.handlers[method]
    api.handlers["actEnableMethods"] = enable
    api.handlers[method] = lambda *params: (
        handler(*params) if f"camera/{method}" in opened else api.refuse(403, method, method)
    )


async def test_a_locked_method_is_unlocked_when_it_is_first_needed() -> None:
    api = ApiDouble()
    locked(api, "setSelfTimer")
    async with camera_on(api) as camera:
        await camera.set("self_timer", 2)
        await camera.set("self_timer", 10)
    first, second = (params for (params,) in api.called("actEnableMethods"))
    assert first == {"methods": "", "developerName": "", "developerID": "", "sg": ""}
    assert second["developerName"] == RUBBER_DUCK.developer_name
    assert second["methods"] == RUBBER_DUCK.method_text
    assert api.called("setSelfTimer") == [(2,), (2,), (10,)]


async def test_a_camera_that_takes_no_registration_of_ours_is_asked_once() -> None:
    api = ApiDouble()
    locked(api, "setSelfTimer", accepts=False)
    async with camera_on(api) as camera:
        for _ in range(3):
            with pytest.raises(AuthenticationNeeded) as caught:
                await camera.set("self_timer", 2)
    assert caught.value.code == 403
    assert len(api.called("actEnableMethods")) == 2


async def test_a_method_that_the_registration_does_not_list_stays_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path))
    own = {"developerName": "me", "developerID": "1", "key": "k", "methods": ["camera/setBeepMode"]}
    (tmp_path / "developer.json").write_text(json.dumps(own))
    api = ApiDouble()
    locked(api, "setSelfTimer")
    async with camera_on(api) as camera:
        with pytest.raises(AuthenticationNeeded) as caught:
            await camera.set("self_timer", 2)
        assert await camera.unlock() == ("camera/setBeepMode",)
    assert "does not open it" in caught.value.message
    assert "developer.json" in (caught.value.remedy or "")
    assert api.called("actEnableMethods")[1][0]["developerName"] == "me"


async def test_two_who_need_a_locked_method_at_once_both_get_it_by_one_unlocking() -> None:
    api = ApiDouble()
    locked(api, "setSelfTimer")
    async with camera_on(api) as camera, asyncio.timeout(5):
        line = camera._line
        both = await asyncio.gather(*(line.call("setSelfTimer", seconds) for seconds in (2, 10)))
    assert both == [[0], [0]]
    assert len(api.called("actEnableMethods")) == 2


async def test_two_who_need_what_stays_locked_ask_once() -> None:
    api = ApiDouble()
    locked(api, "setSelfTimer", accepts=False)
    async with camera_on(api) as camera, asyncio.timeout(5):
        line = camera._line
        both = await asyncio.gather(
            *(line.call("setSelfTimer", seconds) for seconds in (2, 10)), return_exceptions=True
        )
    assert [type(error) for error in both] == [AuthenticationNeeded] * 2
    assert len(api.called("actEnableMethods")) == 2


async def test_an_unlocking_that_was_cut_short_is_tried_again() -> None:
    api = ApiDouble()
    locked(api, "setSelfTimer")
    enable = api.handlers["actEnableMethods"]
    troubles = [LinkLost("gone")]
    api.handlers["actEnableMethods"] = lambda asked: troubles.pop() if troubles else enable(asked)
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(LinkLost):
            await camera.set("self_timer", 2)
        await camera.set("self_timer", 2)
        assert camera.get("self_timer").value == 2


async def test_a_raw_call_unlocks_nothing_by_itself() -> None:
    api = ApiDouble()
    locked(api, "setSelfTimer")
    async with camera_on(api) as camera:
        with pytest.raises(AuthenticationNeeded):
            await camera.call("camera", "setSelfTimer", [2])
        assert api.called("actEnableMethods") == []
        await camera.unlock()
        assert await camera.call("camera", "setSelfTimer", [2]) == [0]


async def test_a_camera_of_the_first_firmware_lets_its_exposure_mode_be_set() -> None:
    """Everything of API 1.50 was locked there."""
    async with emulated("DSC-QX10@1.00") as pair:
        method = pair.device.body.profile.method("camera", "setExposureMode")
        assert method is not None
        assert method.locked
        await pair.camera.set("exposure_mode", "Program Auto")
        assert pair.device.body.settings.exposure_mode == "Program Auto"


async def test_nothing_is_unlocked_that_is_not_needed() -> None:
    async with emulated("DSC-QX10@3.00") as pair:
        await pair.camera.set("exposure_mode", "Program Auto")
        await pair.camera.capture()
        assert pair.device.body.unlocked == set()
        assert set(await pair.camera.unlock()) <= pair.device.body.unlocked
