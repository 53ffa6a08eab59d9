from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.errors import InvalidValue
from tests.remotelens.camera.answers import A5000_WHITE_BALANCE
from tests.remotelens.camera.double import ApiDouble, camera_on


def accept(api: ApiDouble, mode: str, enabled: bool, kelvin: int) -> list[Any]:
    entry = {
        "type": "whiteBalance",
        "checkAvailability": False,
        "currentWhiteBalanceMode": mode,
        "currentColorTemperature": kelvin if enabled else -1,
    }
    return [0, *api.tell(whiteBalance=entry)]


def twin_of_qx1() -> ApiDouble:
    api = ApiDouble()
    api.handlers["getAvailableWhiteBalance"] = lambda: A5000_WHITE_BALANCE
    api.handlers["setWhiteBalance"] = lambda *params: accept(api, *params)
    return api


async def test_a_colour_temperature_changes_the_mode_to_its_own() -> None:
    api = twin_of_qx1()
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert camera.white_balance.temperature.value is None
        assert (await camera.white_balance.temperature.set("5600")).value == 5600
        assert camera.white_balance.mode.value == "Color Temperature"
        with pytest.raises(InvalidValue, match="colour_temperature cannot be 5650"):
            await camera.white_balance.temperature.set(5650)
    assert api.called("setWhiteBalance") == [("Color Temperature", True, 5600)]


async def test_a_mode_is_chosen_without_a_temperature() -> None:
    api = twin_of_qx1()
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.white_balance.mode.set("custom")
    assert api.called("setWhiteBalance") == [("Custom", False, -1)]


async def test_the_mode_that_goes_by_a_temperature_is_chosen_with_daylight() -> None:
    api = twin_of_qx1()
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.white_balance.mode.set("color temperature")
        assert camera.white_balance.temperature.value == 5500
    assert api.called("setWhiteBalance") == [("Color Temperature", True, 5500)]
