"""What changes of a camera bring with them."""

from __future__ import annotations

import pytest

from tests.emulator.body.rig import Rig, rig


async def drain_w(camera: Rig) -> float:
    """Return what the camera draws."""
    before = camera.body.battery_ratio
    await camera.clock.advance(600)
    hours = 600 / 3600
    return (before - camera.body.battery_ratio) * camera.body.profile.power.battery_wh / hours


async def recording(camera: Rig) -> None:
    await camera.set("ShootMode", "movie")
    await camera.call("startMovieRec")
    await camera.until("MovieRecording")


async def test_a_camera_that_is_switched_off_while_it_records_draws_nothing() -> None:
    async with rig("DSC-QX10") as camera:
        await recording(camera)
        await camera.body.power_off()
        assert await drain_w(camera) == 0.0


async def test_a_recording_that_trouble_has_ended_draws_nothing_more() -> None:
    async with rig("DSC-QX10") as camera:
        power = camera.body.profile.power
        await recording(camera)
        assert await drain_w(camera) == pytest.approx(power.live_w + power.movie_w, rel=0.01)
        await camera.body.trouble()
        assert await drain_w(camera) == pytest.approx(power.live_w, rel=0.01)


async def test_what_fits_on_the_card_does_not_change_with_the_first_setting() -> None:
    async with rig("DSC-QX10") as camera:
        before = camera.body.card.shots_left
        await camera.set("SelfTimer", 2)
        assert camera.body.card.shots_left == before
