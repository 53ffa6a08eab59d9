"""The file of a still follows from its recipe."""

from __future__ import annotations

import io

from PIL import Image

from emulator.body.still import develop
from emulator.world import render
from tests.emulator.body.rig import name_of, rig, scene


async def test_a_still_on_the_card_can_be_made_again_at_any_size() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("PostviewImageSize", "Original")
        url = await camera.take()
        picture = camera.body.pictures.find(name_of(url))
        (file,) = camera.body.card.files
    assert picture is not None
    assert file.recipe is not None
    assert develop(file.recipe) == picture.jpeg
    small = Image.open(io.BytesIO(develop(file.recipe, size=(160, 120), quality=80)))
    assert small.size == (160, 120)
    assert render(scene("bench"), file.recipe.view).shape == (
        file.recipe.view.height,
        file.recipe.view.width,
        3,
    )


def pixels(jpeg: bytes) -> bytes:
    return Image.open(io.BytesIO(jpeg)).tobytes()


async def two_stills(scene_name: str, still_scale: int) -> tuple[bytes, bytes]:
    """Two pictures, some time after each other, once the light meter has come to rest."""
    async with rig("DSC-QX10", scene_name=scene_name, still_scale=still_scale) as camera:
        camera.body.battery.external_power = True
        await camera.take()
        found = []
        for _ in range(2):
            await camera.clock.advance(4 * 3600.0)
            picture = camera.body.pictures.find(name_of(await camera.take()))
            assert picture is not None
            found.append(picture.jpeg)
    first, second = found
    assert first != second  # at least the time that they were taken
    return pixels(first), pixels(second)


async def test_small_stills_of_a_scene_in_which_nothing_changes_are_made_once() -> None:
    first, second = await two_stills("flat", 16)
    assert first == second


async def test_each_still_of_a_camera_at_its_own_size_has_its_own_noise() -> None:
    first, second = await two_stills("flat", 1)
    assert first != second


async def test_small_stills_of_a_changing_light_differ() -> None:
    first, second = await two_stills("sunset", 16)
    assert first != second
