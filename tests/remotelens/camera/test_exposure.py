from __future__ import annotations

import asyncio

from tests.remotelens.camera.answers import A5000_SHUTTER_SPEEDS, listed
from tests.remotelens.camera.double import ApiDouble, camera_on


async def test_a_shutter_speed_is_set_in_the_camera_s_own_form() -> None:
    api = ApiDouble()
    api.slots["availableApiList"]["names"] += [
        "setShutterSpeed",
        "getShutterSpeed",
        "getAvailableShutterSpeed",
    ]
    api.slots["shutterSpeed"] = listed("ShutterSpeed", "1/30", list(A5000_SHUTTER_SPEEDS))
    api.handlers["setShutterSpeed"] = lambda value: api.accept("shutterSpeed", "ShutterSpeed", value)
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert (await camera.exposure.shutter_speed.set("0.4 s")).value == '0.4"'
    assert api.called("setShutterSpeed") == [('0.4"',)]


async def test_compensation_is_sent_as_its_index() -> None:
    api = ApiDouble()
    api.handlers["setExposureCompensation"] = lambda index: api.tell(
        exposureCompensation={**api.slots["exposureCompensation"], "currentExposureCompensation": index}
    )
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert (await camera.exposure.compensation.set("-1 1/3")).value == -1.3
    assert api.called("setExposureCompensation") == [(-4,)]
