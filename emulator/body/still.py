"""How a still was taken, and the files that follow from it: one recipe, the same bytes at any time.

Source: models.md 3 (sizes, EXIF of the copies, raw), imaging.md A4, A5.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from emulator import world
from emulator.body.exif import THUMBNAIL_SIZE, Tags, exif_block
from emulator.world import Scene, View

_THUMBNAIL_QUALITY = 75
_KEPT_PIXELS = 400_000
_KEPT_PRINTS = 8
_prints: dict[Hashable, tuple[bytes, bytes]] = {}
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
    view = replace(recipe.view, width=width, height=height)
    jpeg, small = _print(recipe.scene, view, quality or recipe.quality)
    return world.with_exif(jpeg, exif_block(recipe.tags, width, height, small))


def _print(scene: Scene, view: View, quality: int) -> tuple[bytes, bytes]:
    """Return the JPEG of a view, without tags, and its thumbnail; small ones of late are kept."""
    if view.width * view.height > _KEPT_PIXELS:
        return _made(scene, view, quality)
    key = world.footprint(scene, view), quality
    kept = _prints.get(key)
    if kept is None:
        kept = _prints[key] = _made(scene, view, quality)
        for old in tuple(_prints)[:-_KEPT_PRINTS]:
            _prints.pop(old, None)
    return kept


def _made(scene: Scene, view: View, quality: int) -> tuple[bytes, bytes]:
    rgb = world.render(scene, view)
    return world.encode_jpeg(rgb, quality=quality, strip_app0=True), thumbnail(rgb)


def thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """Return the JPEG of a picture at 160×120, with bars where its shape is another."""
    from PIL import Image

    picture = Image.fromarray(rgb)
    picture.thumbnail(THUMBNAIL_SIZE, Image.Resampling.BOX)
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
    imitated. What the lens distorts and darkens is in it, for nothing has been corrected yet. Takes seconds
    at 20 megapixels: not for the event loop.
    """
    tags, view = recipe.tags, recipe.view
    untouched = replace(view.optics, corrected=False)
    frame = world.expose_raw(recipe.scene, replace(view, width=size[0], height=size[1], optics=untouched))
    focal = None if tags.focal_mm is None else Fraction(round(tags.focal_mm * 100), 100)
    exif = {
        _EXPOSURE_TIME: tags.shutter_s,
        _F_NUMBER: tags.f_number,
        _ISO: min(tags.iso, 65535),
        _TAKEN: f"{tags.taken:%Y:%m:%d %H:%M:%S}",
        _BIAS: tags.bias_ev,
        _FOCAL_LENGTH: focal,
        _LENS: tags.lens,
    }
    return world.encode_dng(
        frame,
        make=tags.maker,
        model=tags.model,
        software=f"{tags.software} (emulated)" if tags.product else tags.software,
        exif={tag: value for tag, value in exif.items() if value is not None},
    )
