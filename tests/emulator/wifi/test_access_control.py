"""Unlocking methods. Source: protocol/wifi.md 5.9."""

from __future__ import annotations

from typing import Any

from remotelens.protocol.wifi.auth import RUBBER_DUCK, answer_params, challenge_params
from tests.emulator.body.rig import Rig, rig

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
