"""Straight lines bent as a lens bends them, where the camera does not straighten them.

The ptlens form of imaging.md A3: what an ideal lens draws at radius r is drawn at
r·(a·r³ + b·r² + c·r + 1 − a − b − c), with r = 1 at half the short side of the sensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.world.facts import Polynomial, View
from emulator.world.sampling import F32

_NOTICED_PIXELS = 0.75
_FARTHEST = 6.0
_ROWS_AT_ONCE = 128

Range = tuple[int, int]


def drawn_at(radius: NDArray[np.float64], polynomial: Polynomial) -> NDArray[np.float64]:
    """Where a lens draws what an ideal one draws at this radius."""
    a, b, c = polynomial
    return np.asarray(radius * (((a * radius + b) * radius + c) * radius + 1 - a - b - c))


@lru_cache(maxsize=64)
def _ideal(polynomial: Polynomial) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ideal radii by the radii they are drawn at, as far as these grow with them."""
    ideal = np.linspace(0.0, _FARTHEST, 3001)
    drawn = drawn_at(ideal, polynomial)
    falls = np.flatnonzero(np.diff(drawn) <= 0)
    last = int(falls[0]) + 1 if falls.size else len(ideal)
    return drawn[:last], ideal[:last]


@lru_cache(maxsize=64)
def bends(view: View) -> bool:
    """Whether the view shows its lens's distortion, by most of a pixel somewhere."""
    optics = view.optics
    if optics.corrected or not any(optics.distortion):
        return False
    unit = _unit_pixels(view)
    radii = np.linspace(0.0, math.hypot(view.width, view.height) / 2 / unit, 64)
    return bool(np.abs(drawn_at(radii, optics.distortion) - radii).max() * unit > _NOTICED_PIXELS)


def _unit_pixels(view: View) -> float:
    """Pixels in half the short side of the sensor."""
    optics = view.optics
    return min(optics.sensor_width_mm, optics.sensor_height_mm) / 2 / view.pixel_mm


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where in an ideal frame the pixels of a part come from, in its rows and columns."""

    row: F32
    column: F32

    @property
    def rows(self) -> Range:
        """The ideal rows needed, from the first to one past the last."""
        return math.floor(float(self.row.min())), math.floor(float(self.row.max())) + 2

    @property
    def columns(self) -> Range:
        """The ideal columns needed."""
        return math.floor(float(self.column.min())), math.floor(float(self.column.max())) + 2


def _sources(view: View, rows: Range, columns: Range) -> _Sources:
    unit, (drawn, ideal) = _unit_pixels(view), _ideal(view.optics.distortion)
    down = (np.arange(*rows) + 0.5 - view.height / 2).reshape(-1, 1) / unit
    across = (np.arange(*columns) + 0.5 - view.width / 2).reshape(1, -1) / unit
    radius = np.hypot(down, across)
    factor = np.interp(radius, drawn, ideal) / np.maximum(radius, 1e-9)
    return _Sources(
        (down * factor * unit + view.height / 2 - 0.5).astype(np.float32),
        (across * factor * unit + view.width / 2 - 0.5).astype(np.float32),
    )


def bent(view: View, rows: Range, columns: Range, ideal: Callable[[Range, Range], F32]) -> F32:
    """Planes (c, h, w) of a part of the frame as the lens draws it.

    Args:
        view: how it is seen.
        rows: of the part, from the first to one past the last.
        columns: the same.
        ideal: planes of a part of the frame as an ideal lens draws it; may be asked for what lies outside.
    """
    strips = []
    for first in range(rows[0], rows[1], _ROWS_AT_ONCE):
        strip = first, min(first + _ROWS_AT_ONCE, rows[1])
        sources = _sources(view, strip, columns)
        needed = ideal(sources.rows, sources.columns)
        strips.append(_between(needed, sources.row - sources.rows[0], sources.column - sources.columns[0]))
    return np.concatenate(strips, axis=1)


def _between(planes: F32, row: F32, column: F32) -> F32:
    """Linear interpolation of planes (c, h, w) at fractional rows and columns (h', w')."""
    at_row, at_column = row.astype(np.intp), column.astype(np.intp)
    down, across = row - at_row, column - at_column
    width = planes.shape[2]
    index = at_row * width + at_column
    found = np.empty((planes.shape[0], *row.shape), dtype=np.float32)
    for plane, target in zip(planes, found, strict=True):
        flat = np.ascontiguousarray(plane).reshape(-1)
        upper, lower = flat[index], flat[index + width]
        upper += (flat[index + 1] - upper) * across
        lower += (flat[index + width + 1] - lower) * across
        target[...] = upper + (lower - upper) * down
    return found
