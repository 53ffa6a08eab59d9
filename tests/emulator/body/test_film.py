"""What a recording keeps of how the camera stood. Source: models.md 4."""

from __future__ import annotations

import pytest

from emulator.body.film import Film
from tests.emulator.body.rig import Rig, rig


def film(camera: Rig) -> Film:
    return Film(camera.body.recorder._parts)


async def test_a_camera_that_stands_still_is_kept_once() -> None:
    async with rig("ILCE-QX1", scene_name="flat") as camera:
        await camera.body.aim.measure()
        running = film(camera)
        for _ in range(3):
            await camera.clock.advance(1.0)
            running.look()
        recipe = running.recipe()
        running.close()
        assert len(recipe.takes) == 1
        assert recipe.duration_s == pytest.approx(3.0)
        assert recipe.size == (1920 // 16, 1080 // 16)


async def test_a_zoom_is_kept_as_it_goes_and_no_longer_once_the_film_is_closed() -> None:
    async with rig("ILCE-QX1", scene_name="flat") as camera:
        await camera.body.aim.measure()
        running = film(camera)
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(1.0)
        recipe = running.recipe()
        running.close()
        focal = [take.view.optics.focal_mm for take in recipe.takes]
        assert len(focal) > 3
        assert focal == sorted(focal)
        await camera.clock.advance(0.5)
        assert running.recipe().takes == recipe.takes


async def test_the_last_seconds_begin_as_the_camera_stood_then() -> None:
    async with rig("ILCE-QX1", scene_name="flat") as camera:
        await camera.body.aim.measure()
        running = film(camera)
        await camera.clock.advance(2.0)
        await camera.call("actZoom", "in", "1shot")
        await camera.clock.advance(3.0)
        whole, last = running.recipe(), running.recipe(last_s=1.0)
        running.close()
        assert last.duration_s == pytest.approx(1.0)
        assert last.takes[0].at_s == 0.0
        assert len(last.takes) == 1
        frame = whole.view(round(4.0 * 30))
        assert last.view(0).time_s == pytest.approx(frame.time_s)
        assert last.view(0).optics == frame.optics
