"""The sensor's temperature. Source: imaging.md A6."""

from __future__ import annotations

import asyncio

import pytest

from emulator.body.camera import Body
from emulator.body.warmth import Warmth
from emulator.clock import VirtualClock
from tests.emulator.body.rig import rig


async def test_it_rises_by_twelve_kelvin_with_live_view_and_eighteen_while_recording() -> None:
    clock = VirtualClock()
    warmth = Warmth(clock)
    assert warmth.celsius == 25.0
    warmth.load(running=True, recording=False)
    await clock.advance(480.0)
    assert warmth.celsius == pytest.approx(25 + 12 * 0.632, abs=0.01)
    await clock.advance(7200.0)
    assert warmth.celsius == pytest.approx(37.0, abs=0.01)
    warmth.load(running=True, recording=True)
    await clock.advance(7200.0)
    assert warmth.celsius == pytest.approx(43.0, abs=0.01)
    warmth.load(running=False, recording=False)
    await clock.advance(480.0)
    assert warmth.celsius == pytest.approx(25 + 18 * 0.368, abs=0.01)


def is_on(body: Body) -> bool:
    """Whether it is on now; the type checker would believe what was seen before."""
    return body.power == "on"


async def test_a_camera_that_gets_too_hot_switches_off_and_says_why() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.ambient_c = 52.0
        await camera.clock.advance(300.0)
        assert not [entry for entry in camera.journal.entries() if entry.kind == "overheated"]
        await camera.clock.advance(300.0)
        assert not is_on(camera.body)
        (told,) = [entry for entry in camera.journal.entries() if entry.kind == "overheated"]
        assert told.data["celsius"] == pytest.approx(60.0, abs=0.1)
        camera.body.ambient_c = 25.0
        await camera.clock.advance(600.0)
        await camera.done(asyncio.ensure_future(camera.body.power_on()))
        await camera.clock.advance(1200.0)
        assert is_on(camera.body)


async def test_in_air_as_hot_as_its_limit_it_does_not_stay_on() -> None:
    async with rig("DSC-QX100") as camera:
        camera.body.ambient_c = 60.0
        await camera.clock.advance(1.0)
        assert camera.body.power == "off"
