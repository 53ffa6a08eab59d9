"""Small lights as a lens draws them: the image of its iris, holding all of their light."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emulator.world.brush import Brush
from emulator.world.edges import step
from emulator.world.sampling import F32

_STAMPED_AT_ONCE = 700_000


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
        return 1.15 * self.outer + self.soft

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
        row, column, luminance = row[seen], column[seen], luminance[seen].astype(np.float32)
        if not len(row):
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
                light = cover * luminance[some, channel, None, None]
                np.add.at(lines[channel], where, light.reshape(-1))
        brush.planes[:3] += sheet[:, pad:-pad, pad:-pad]
