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
