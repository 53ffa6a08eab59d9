"""Unlocking methods. Source: protocol/wifi.md 5.9."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.rack import Emulator
from emulator.wifi.access_control import registrations
from remotelens.errors import ConfigError
from remotelens.protocol.wifi.auth import RUBBER_DUCK, answer_params, challenge_params
from tests.emulator.body.rig import Rig, rig
from tests.emulator.wire import call

ILLEGAL_REQUEST = (5, "Illegal Request")
DIGEST = "A" * 43 + "="


async def nonce(camera: Rig) -> str:
    (answer,) = await camera.call("actEnableMethods", *challenge_params(), service="accessControl")
    text = answer["dg"]
    assert isinstance(text, str)
    return text


def request(**changes: str) -> dict[str, Any]:
    asked = {"methods": "camera/actFormatStorage", "developerName": "x", "developerID": "y", "sg": DIGEST}
    return asked | changes


async def test_a_lenient_camera_takes_any_well_formed_digest_and_unlocks_just_those_methods() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await nonce(camera)
        answer = await camera.call("actEnableMethods", request(), service="accessControl")
        assert answer == [{"dg": ""}]
        assert camera.body.unlocked == {"camera/actFormatStorage"}


async def test_white_space_in_the_list_is_passed_over() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await nonce(camera)
        asked = request(methods="camera/actFormatStorage:\t\tcamera/getStorageInformation")
        await camera.call("actEnableMethods", asked, service="accessControl")
        assert camera.body.unlocked == {"camera/actFormatStorage", "camera/getStorageInformation"}


async def test_a_digest_of_another_form_is_refused() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        for sg in ("", "abc", "!" * 44, "A" * 44):
            await nonce(camera)
            error = await camera.error("actEnableMethods", request(sg=sg), service="accessControl")
            assert error == ILLEGAL_REQUEST, sg


async def test_a_nonce_is_good_for_one_answer() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        first = await nonce(camera)
        assert await nonce(camera) != first
        assert len(first) == 16
        await camera.call("actEnableMethods", request(), service="accessControl")
        error = await camera.error("actEnableMethods", request(), service="accessControl")
        assert error == ILLEGAL_REQUEST


async def test_a_strict_camera_takes_the_published_registration_and_no_other() -> None:
    async with rig("DSC-QX10@3.00", strict_auth=True) as camera:
        dg = await nonce(camera)
        good = answer_params(RUBBER_DUCK, dg)
        assert await camera.call("actEnableMethods", *good, service="accessControl") == [{"dg": ""}]
        assert "camera/setCameraFunction" in camera.body.unlocked
        assert len(camera.body.unlocked) == len(set(RUBBER_DUCK.methods))
        for change in ({"sg": DIGEST}, {"methods": "camera/setCameraFunction"}, {"developerName": "z"}):
            (asked,) = answer_params(RUBBER_DUCK, await nonce(camera))
            error = await camera.error("actEnableMethods", asked | change, service="accessControl")
            assert error == ILLEGAL_REQUEST, change


async def test_with_an_auth_file_the_users_own_registration_is_taken_too(tmp_path: Path) -> None:
    path = tmp_path / "developer.json"
    own = {"developerName": "Me", "developerID": "1", "key": "k", "methods": "camera/setCameraFunction"}
    path.write_text(json.dumps(own))
    published, mine = registrations(path)
    assert published is RUBBER_DUCK
    async with Emulator(["DSC-QX10"], control=False, auth_file=path) as emulator:
        port, unlocked = emulator.cameras[0].port, emulator.cameras[0].body.unlocked
        for known, key in ((mine, "wrong"), (mine, "k"), (published, published.key)):
            dg = await enable(port, *challenge_params())
            answer = await enable(port, *answer_params(replace(known, key=key), dg["result"][0]["dg"]))
            assert ("error" in answer) == (key == "wrong")
    assert "camera/setCameraFunction" in unlocked


async def enable(port: int, asked: dict[str, Any]) -> Any:
    answer = await call(port, "actEnableMethods", asked, service="accessControl")
    return answer.json


@pytest.mark.parametrize("text", ["", "{}"])
def test_an_auth_file_that_is_none_stops_the_emulator(tmp_path: Path, text: str) -> None:
    path = tmp_path / "developer.json"
    path.write_text(text)
    with pytest.raises(ConfigError):
        Emulator(auth_file=path)
    with pytest.raises(ConfigError, match="cannot be read"):
        Emulator(auth_file=tmp_path)
