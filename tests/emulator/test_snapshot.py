import asyncio

import pytest

from emulator.clock import VirtualClock
from emulator.rack import Emulator
from emulator.stage import Weather
from remotelens.errors import InvalidValue, NotAvailableNow
from tests.emulator.wire import call, refused


async def test_everything_that_lies_still_comes_back() -> None:
    async with Emulator(
        ["DSC-QX10", "ILCE-QX1"], clock="virtual", still_scale=16, scene="sunset", control=False
    ) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)
        camera = emulator.cameras[0]
        camera.body.press("full")
        await clock.advance(10)
        camera.body.release("full")
        emulator.hands.weather(Weather(clouds=0.5, temperature_c=-5.0))
        emulator.hands.jump(600)
        emulator.hands.battery(camera, 0.5)
        emulator.snapshot("dusk")
        bytes_before = camera.body.pictures.state[0].jpeg
        await clock.advance(1000)
        emulator.hands.scene("chart")
        emulator.hands.card(camera, present=False)
        emulator.hands.battery(camera, 1.0)
        await emulator.restore("dusk")
        camera = emulator.cameras[0]
        assert emulator.stage.name == "sunset"
        assert emulator.stage.time_s == pytest.approx(610)
        assert emulator.stage.weather == Weather(clouds=0.5, temperature_c=-5.0)
        assert camera.body.ambient_c == -5.0
        assert camera.body.battery_ratio == pytest.approx(0.5, abs=0.01)
        assert camera.body.card.present
        assert len(camera.body.card.files) == 1
        assert camera.body.pictures.state[0].jpeg == bytes_before
        assert "result" in (await call(camera.port, "getVersions")).json


async def test_a_camera_that_was_off_is_off_again() -> None:
    async with Emulator(clock="virtual", control=False) as emulator:
        await emulator.cameras[0].body.power_off()
        await emulator.cameras[0].mind_gate()
        emulator.snapshot("off")
        await emulator.reset()
        assert not await refused(emulator.cameras[0].port)
        await emulator.restore("off")
        assert emulator.cameras[0].body.power == "off"
        assert await refused(emulator.cameras[0].port)


async def test_what_is_under_way_is_not_kept() -> None:
    async with Emulator(clock="virtual", still_scale=16, control=False) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)
        emulator.cameras[0].body.press("full")
        await clock.advance(0.3)
        with pytest.raises(NotAvailableNow, match="in the middle"):
            emulator.snapshot("no")
        with pytest.raises(InvalidValue, match="no snapshot"):
            await emulator.restore("no")
        assert not emulator.forget_snapshot("no")
        await asyncio.sleep(0)
