"""Small lights as a lens draws them: the image of its iris, holding all of their light."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.world.brush import Brush
from emulator.world.edges import step
from emulator.world.sampling import F32

SPOT_SIZE = 1.15
SPOT_REACH = 1.92
"""How far the image of a light goes: that many times its radius, and half widths of the lens's soft edges."""

_STAMPED_AT_ONCE = 700_000
_LARGEST_STAMP = 96
_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class Spot:
    """A light smaller than its own blur.

    Attributes:
        radius: of the light itself, metres.
        outer: of its image, metres.
        soft: half width of the image's edge, metres.
        share: luminance of the image against that of the light.
        blades: corners of the image; 0 where it is too small to show any.
    """

    radius: float
    outer: float
    soft: float
    share: float
    blades: int

    @classmethod
    def of(cls, brush: Brush, radius: float, y: float = 0.0) -> Spot:
        """The image of a light of this radius at this height under this brush."""
        disc, soft = brush.stand.disc(y), brush.stand.soft(y)
        outer = math.sqrt(disc**2 + radius**2 + 0.5 * soft**2)
        edge = min(math.hypot(soft, 0.12 * disc), outer)
        share = radius**2 / (outer**2 + edge**2 / 5)
        return cls(radius, outer, edge, share, brush.stand.blades if disc > 2 * soft else 0)

    @property
    def reach(self) -> float:
        """How far from its middle the image goes, metres."""
        return SPOT_SIZE * self.outer + self.soft

    def cover(self, x: F32, y: F32) -> F32:
        """Luminance against the light's own at these places, metres from its middle."""
        away = np.sqrt(x * x + y * y)
        if self.blades:
            wedge = 2 * math.pi / self.blades
            around = (np.arctan2(y, x) + 0.3) % np.float32(wedge) - np.float32(wedge / 2)
            away = away * (0.75 * np.cos(around) / math.cos(wedge / 2) ** 0.5 + 0.25)
        inside = np.asarray(self.outer - away, dtype=np.float32)
        return np.asarray(step(inside, self.soft) * np.float32(self.share), dtype=np.float32)

    def stamp(
        self,
        brush: Brush,
        row: NDArray[np.float64],
        column: NDArray[np.float64],
        luminance: NDArray[np.float64],
    ) -> None:
        """Add many lights of an upright layer: places in pixels of the brush, luminance (n, 3)."""
        pixel = brush.stand.pixel(0.0)
        half = max(1, math.ceil(self.reach / pixel))
        height, width = brush.planes.shape[1:]
        seen = (row > -half) & (row < height + half) & (column > -half) & (column < width + half)
        row, column, bright = row[seen], column[seen], luminance[seen].astype(np.float32)
        if not len(row):
            return
        if half > _LARGEST_STAMP:
            self._stamp_large(brush, row, column, bright)
            return
        pad = 2 * half + 1  # so that no stamp reaches beyond the sheet
        sheet = np.zeros((3, height + 2 * pad, width + 2 * pad), dtype=np.float32)
        lines = sheet.reshape(3, -1)
        offsets = np.arange(-half, half + 1)
        step_by = max(1, _STAMPED_AT_ONCE // len(offsets) ** 2)
        for first in range(0, len(row), step_by):
            some = slice(first, first + step_by)
            at_row, at_column = np.round(row[some]).astype(np.intp), np.round(column[some]).astype(np.intp)
            x = (at_column - column[some])[:, None, None] + offsets[None, None, :]
            y = (row[some] - at_row)[:, None, None] - offsets[None, :, None]
            cover = self.cover((x * pixel).astype(np.float32), (y * pixel).astype(np.float32))
            down, across = at_row[:, None, None] + offsets[:, None] + pad, at_column[:, None, None] + offsets
            where = (down * sheet.shape[2] + across + pad).reshape(-1)
            for channel in range(3):
                light = cover * bright[some, channel, None, None]
                np.add.at(lines[channel], where, light.reshape(-1))
        brush.planes[:3] += sheet[:, pad:-pad, pad:-pad]

    def _stamp_large(
        self, brush: Brush, row: NDArray[np.float64], column: NDArray[np.float64], luminance: F32
    ) -> None:
        """The same for images of hundreds of pixels: read from one that is drawn once."""
        image = _sampled(self)
        pitch = brush.stand.pixel(0.0) * _SAMPLES / 2 / self.reach
        height, width = brush.planes.shape[1:]
        down, right = np.arange(height), np.arange(width)
        for at_row, at_column, light in zip(row.tolist(), column.tolist(), luminance, strict=True):
            rows, columns = _inside((down - at_row) * pitch), _inside((right - at_column) * pitch)
            part = brush.planes[:3, rows[0] : rows[1], columns[0] : columns[1]]
            cover = image.take(rows[2], 0).take(columns[2], 1)
            part += cover * light.reshape(3, 1, 1)


def _inside(places: NDArray[np.float64]) -> tuple[int, int, NDArray[np.intp]]:
    """The first of the places that lie in a sampled image, one past the last, and which samples those are."""
    first, last = places.searchsorted((-_SAMPLES / 2, _SAMPLES / 2 + 0.25))
    return int(first), int(last), np.rint(places[first:last] + _SAMPLES / 2).astype(np.intp)


@lru_cache(maxsize=4)
def _sampled(spot: Spot) -> F32:
    """The image of a light, from its reach on one side to that on the other."""
    places = np.linspace(-spot.reach, spot.reach, _SAMPLES + 1, dtype=np.float32)
    return spot.cover(places.reshape(1, -1), -places.reshape(-1, 1))
