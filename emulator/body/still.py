"""How a still was taken, and the files that follow from it: one recipe, the same bytes at any time.

Source: models.md 3 (sizes, EXIF of the copies, raw), imaging.md A4, A5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from emulator import world
from emulator.body.exif import THUMBNAIL_SIZE, Tags, exif_block
from emulator.world import Scene, View

_THUMBNAIL_QUALITY = 75
_EXPOSURE_TIME, _F_NUMBER, _ISO, _TAKEN, _BIAS, _FOCAL_LENGTH, _LENS = (
    33434,
    33437,
    34855,
    36867,
    37380,
    37386,
    42036,
)


@dataclass(frozen=True, slots=True)
class StillRecipe:
    """All that a still's pixels and tags depend on.

    Attributes:
        scene: what was in front of the lens.
        view: what the sensor saw, at the size of the original.
        tags: what the file says about it.
        quality: of the original's JPEG.
        aspect: its shape, as the still size names it.
    """

    scene: Scene
    view: View
    tags: Tags
    quality: int
    aspect: str


def develop(recipe: StillRecipe, *, size: tuple[int, int] | None = None, quality: int = 0) -> bytes:
    """Return the JPEG of a still: the original, or the same moment at another size.

    Takes seconds at 20 megapixels: not for the event loop.
    """
    width, height = size or (recipe.view.width, recipe.view.height)
    rgb = world.render(recipe.scene, replace(recipe.view, width=width, height=height))
    exif = exif_block(recipe.tags, width, height, thumbnail(rgb))
    return world.encode_jpeg(rgb, quality=quality or recipe.quality, exif=exif, strip_app0=True)


def thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """Return the JPEG of a picture at 160×120, with bars where its shape is another."""
    from PIL import Image

    picture = Image.fromarray(rgb)
    picture.thumbnail(THUMBNAIL_SIZE)
    canvas = Image.new("RGB", THUMBNAIL_SIZE)
    left = (THUMBNAIL_SIZE[0] - picture.width) // 2
    top = (THUMBNAIL_SIZE[1] - picture.height) // 2
    canvas.paste(picture, (left, top))
    return world.encode_jpeg(np.asarray(canvas), quality=_THUMBNAIL_QUALITY)


def develop_thumbnail(recipe: StillRecipe, size: tuple[int, int]) -> bytes:
    """Return a still at 160×120 as a file of its own, made from a picture of that size."""
    width, height = size
    return thumbnail(world.render(recipe.scene, replace(recipe.view, width=width, height=height)))


def develop_raw(recipe: StillRecipe, size: tuple[int, int]) -> bytes:
    """Return the raw file of a still, at the sensor's size whatever the size of the picture.

    It is a DNG, which raw developers read under the camera's own ending, too: the maker's container is not
    imitated. Takes seconds at 20 megapixels: not for the event loop.
    """
    tags = recipe.tags
    frame = world.expose_raw(recipe.scene, replace(recipe.view, width=size[0], height=size[1]))
    return world.encode_dng(
        frame,
        make="SONY",
        model=tags.model,
        software=f"{tags.model} v{tags.firmware} (emulated)",
        exif={
            _EXPOSURE_TIME: tags.shutter_s,
            _F_NUMBER: tags.f_number,
            _ISO: min(tags.iso, 65535),
            _TAKEN: f"{tags.taken:%Y:%m:%d %H:%M:%S}",
            _BIAS: tags.bias_ev,
            _FOCAL_LENGTH: Fraction(round(tags.focal_mm * 100), 100),
            _LENS: tags.lens,
        },
    )
