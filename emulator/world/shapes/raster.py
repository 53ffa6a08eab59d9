"""Shapes read from pixels: lettering, and the user's own pictures."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emulator.world.brush import Bounds, Brush
from emulator.world.edges import span
from emulator.world.sampling import F32, Pyramid
from emulator.world.shapes.surface import Surface, positive

_LETTER_PX = 96
_BORDER_PX = _LETTER_PX // 4
_LINE_PX = int(_LETTER_PX * 1.25) + 2 * _BORDER_PX
_PICTURE_LIMIT_PX = 60_000_000
_KEPT_PICTURE_PX = 12_000_000
"""Larger pictures are made smaller: each million of pixels takes 21 MB."""


class Text(Surface, frozen=True, kw_only=True, tag="text"):
    """A line of lettering, centred on (x, y); `height` is that of the line."""

    x: float = 0.0
    y: float = 0.0
    height: float
    text: str

    def own_problem(self) -> tuple[str, str] | None:
        """There must be something to write, in one line."""
        if not 1 <= len(self.text) <= 200 or not self.text.isprintable():
            return "text", "needs 1 to 200 printable characters"
        return positive(height=self.height)

    def bounds(self) -> Bounds:
        """Around the line."""
        rows, columns = _lettering(self.text).shape
        half_x, half_y = self.height * columns / rows / 2, self.height / 2
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def paint(self, brush: Brush) -> None:
        """Cover the letters."""
        bounds = self.bounds()
        brush.lay(_letters(_lettering(self.text), bounds, brush), self.rgb(brush.light))


def scale_numbers(brush: Brush, x: float, y: float, count: int, height: float) -> F32:
    """Coverage of the numbers 1 to `count`, each as many centimetres right of x, in a line of this height."""
    rows, _ = _lettering("0").shape
    pixels = round(rows / height / 100)
    strip = _numbers(count, pixels)
    length = strip.shape[1] / pixels / 100
    bounds = x, y - height / 2, x + length, y + height / 2
    return _letters(strip, bounds, brush)


class Picture(Surface, frozen=True, kw_only=True, tag="picture"):
    """A picture of the user's own, as a print that reflects the scene's light; transparent where it is."""

    x: float = 0.0
    y: float = 0.0
    width: float
    file: str
    aspect: float | None = None

    def own_problem(self) -> tuple[str, str] | None:
        """The file must be a picture we can read."""
        try:
            _changed_ns[self.file] = Path(self.file).stat().st_mtime_ns
            _pixels(self.file)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            return "file", f"{self.file} is no readable picture: {error}"
        return positive(width=self.width)

    @property
    def version(self) -> tuple[str, int]:
        """The file, and when it was last changed as far as its scene knows."""
        return self.file, _changed_ns.get(self.file, 0)

    def bounds(self) -> Bounds:
        """Around the print."""
        rows, columns = _pixels(self.file).shape
        half_x = self.width / 2
        half_y = half_x / (self.aspect or columns / rows)
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def paint(self, brush: Brush) -> None:
        """Cover what is not transparent."""
        bounds = self.bounds()
        pixels = _read(_pixels(self.file), bounds, brush)
        cover = pixels[..., 3] * _frame(bounds, brush)
        white = np.asarray(brush.light.white, dtype=np.float32)
        colours = np.moveaxis(pixels[..., :3], -1, 0) / np.maximum(pixels[..., 3], np.float32(1e-3))
        brush.lay_channels(cover, np.asarray(colours * white.reshape(3, 1, 1), dtype=np.float32))


def _letters(line: Pyramid, bounds: Bounds, brush: Brush) -> F32:
    """Coverage of a line that has an empty border; what the blur carries beyond it is cut off."""
    cover = _read(line, bounds, brush)
    border_m = _BORDER_PX / _LINE_PX * (bounds[3] - bounds[1])
    if 3 * brush.stand.sigma((bounds[1] + bounds[3]) / 2) > border_m:
        cover *= _frame(bounds, brush)
    return cover


def _frame(bounds: Bounds, brush: Brush) -> F32:
    x0, y0, x1, y1 = bounds
    return span(brush.x, x0, x1, brush.across) * span(brush.y, y0, y1, brush.up)


def _read(pyramid: Pyramid, bounds: Bounds, brush: Brush) -> F32:
    x0, y0, x1, y1 = bounds
    rows, columns = pyramid.shape
    per_metre = columns / (x1 - x0)
    column = (brush.x - np.float32(x0)) * np.float32(per_metre) - np.float32(0.5)
    row = (np.float32(y1) - brush.y) * np.float32(rows / (y1 - y0)) - np.float32(0.5)
    return pyramid.at(row, column, brush.stand.sigma((y0 + y1) / 2) * per_metre)


@lru_cache(maxsize=256)
def _lettering(text: str) -> Pyramid:
    """The line as coverage, with an empty border so that its edges fade to nothing."""
    left, _, right, _ = _font().getbbox(text)
    image = Image.new("L", (int(right - left) + 2 * _BORDER_PX, _LINE_PX))
    ImageDraw.Draw(image).text((_BORDER_PX - left, _BORDER_PX), text, fill=255, font=_font())
    return Pyramid(np.asarray(image, dtype=np.float32) / np.float32(255))


@lru_cache(maxsize=8)
def _numbers(count: int, apart_px: int) -> Pyramid:
    """The numbers from 1 on, so many pixels apart, as coverage."""
    image = Image.new("L", ((count + 1) * apart_px, _LINE_PX))
    draw = ImageDraw.Draw(image)
    for number in range(1, count + 1):
        left, _, right, _ = _font().getbbox(str(number))
        draw.text((number * apart_px - (left + right) / 2, _BORDER_PX), str(number), fill=255, font=_font())
    return Pyramid(np.asarray(image, dtype=np.float32) / np.float32(255))


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_LETTER_PX)


_changed_ns: dict[str, int] = {}


def _pixels(file: str) -> Pyramid:
    """The picture as it was when its scene was read."""
    return _picture(file, _changed_ns.get(file, 0))


@lru_cache(maxsize=4)
def _picture(file: str, _version: int) -> Pyramid:
    """The picture as linear reflectance times coverage, and coverage."""
    with Image.open(Path(file)) as image:
        if image.width * image.height > _PICTURE_LIMIT_PX:
            raise ValueError(f"{image.width} × {image.height} pixels are more than can be held")
        image.draft("RGB", _fitting(image))
        values = np.asarray(image.convert("RGBA").resize(_fitting(image)), dtype=np.float32) / np.float32(255)
    colour, cover = values[..., :3], values[..., 3:]
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return Pyramid(np.concatenate([linear * cover, cover], axis=2).astype(np.float32))


def _fitting(image: Image.Image) -> tuple[int, int]:
    """Its size, as far as it can be kept."""
    share = min(1.0, math.sqrt(_KEPT_PICTURE_PX / (image.width * image.height)))
    return max(1, int(image.width * share)), max(1, int(image.height * share))
