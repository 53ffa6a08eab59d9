"""How a still was taken, and the file that follows from it: one recipe, the same bytes at any time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emulator import world
from emulator.body.exif import THUMBNAIL_SIZE, Tags, exif_block
from emulator.world import Scene, View

_THUMBNAIL_QUALITY = 75


@dataclass(frozen=True, slots=True)
class StillRecipe:
    """All that a still's pixels and tags depend on, besides the scene.

    Attributes:
        view: what the sensor saw, at the size of the original.
        tags: what the file says about it.
        quality: of the original's JPEG.
    """

    view: View
    tags: Tags
    quality: int


def develop(
    scene: Scene, recipe: StillRecipe, *, size: tuple[int, int] | None = None, quality: int = 0
) -> bytes:
    """Return the JPEG of a still: the original, or the same moment at another size.

    Takes seconds at 20 megapixels: not for the event loop.
    """
    width, height = size or (recipe.view.width, recipe.view.height)
    rgb = world.render(scene, replace(recipe.view, width=width, height=height))
    thumbnail = world.encode_jpeg(_thumbnail(rgb), quality=_THUMBNAIL_QUALITY)
    exif = exif_block(recipe.tags, width, height, thumbnail)
    return world.encode_jpeg(rgb, quality=quality or recipe.quality, exif=exif, strip_app0=True)


def _thumbnail(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture at 160×120, with bars where its shape is another."""
    from PIL import Image

    picture = Image.fromarray(rgb)
    picture.thumbnail(THUMBNAIL_SIZE)
    canvas = Image.new("RGB", THUMBNAIL_SIZE)
    left = (THUMBNAIL_SIZE[0] - picture.width) // 2
    top = (THUMBNAIL_SIZE[1] - picture.height) // 2
    canvas.paste(picture, (left, top))
    return np.asarray(canvas)
