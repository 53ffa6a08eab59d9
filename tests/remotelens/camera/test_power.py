from __future__ import annotations

import asyncio

from tests.remotelens.camera.double import ApiDouble, camera_on


async def test_a_qx10_tells_its_card_and_no_battery() -> None:
    async with camera_on(ApiDouble()) as camera:
        assert camera.power.battery_ratio is None
        assert camera.power.charging is None
        assert camera.power.storage[0].images_left == 874


async def test_a_battery_that_is_told_is_shown() -> None:
    battery = {"batteryID": "externalBattery1", "additionalStatus": "", "levelNumer": 1, "levelDenom": 4}
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        api.tell(batteryInfo={"type": "batteryInfo", "batteryInfo": [battery]})
        async for _ in camera.subscribe():
            if camera.power.battery_ratio is not None:
                break
        assert camera.power.battery_ratio == 0.25
        assert camera.power.charging is False
