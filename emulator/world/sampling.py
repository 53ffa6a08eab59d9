"""Reading arrays between their samples: by rows and columns, or point by point."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

_BELOW_LAST = 1.001
_INSIDE: Final = "wrap"
"""How to take what is known to lie inside: this asks least, and is half as dear as the others."""


def between(samples: F32, row: F32, column: F32) -> F32:
    """Linear interpolation of `samples` at fractional rows (h, 1) and columns (1, w) or (h, w).

    Where the columns do not depend on the row, rows and columns are done one after the other, those first
    of which there are fewer. Positions must lie inside: from 0 to below the last row and column.
    """
    at_row, row_share = _split(row)
    at_column, column_share = _split(column)
    tail = (1,) * (samples.ndim - 2)
    row_share = row_share.reshape(-1, 1, *tail)
    if column.shape[0] != 1:
        lines = _along(samples, at_row[:, 0], row_share, 0)
        return _each_in_its_line(lines, at_column, column_share.reshape(*column.shape, *tail))
    column_share = column_share.reshape(1, -1, *tail)
    if 2 * samples.shape[0] < row.size:
        lines = _along(samples, at_column[0], column_share, 1)
        return _along(lines, at_row[:, 0], row_share, 0)
    lines = _along(samples, at_row[:, 0], row_share, 0)
    return _along(lines, at_column[0], column_share, 1)


def _split(position: F32) -> tuple[NDArray[np.intp], F32]:
    """The sample before each position, and how far from there to the next it lies."""
    whole = np.floor(position)
    return whole.astype(np.intp), np.subtract(position, whole, out=whole)


def _along(samples: F32, at: NDArray[np.intp], share: F32, axis: int) -> F32:
    """Interpolation along one axis."""
    if 2 * samples.shape[axis] < at.size:
        found = np.diff(samples, axis=axis).take(at, axis, mode=_INSIDE)
        found *= share
        found += samples.take(at, axis, mode=_INSIDE)
        return found
    first, second = samples.take(at, axis, mode=_INSIDE), samples.take(at + 1, axis, mode=_INSIDE)
    second -= first
    second *= share
    second += first
    return second


def _each_in_its_line(lines: F32, at: NDArray[np.intp], share: F32) -> F32:
    """Interpolation of each line (h, n) at its own columns (h, w)."""
    rises = np.zeros_like(lines)
    np.subtract(lines[:, 1:], lines[:, :-1], out=rises[:, :-1])
    count = lines.shape[1]
    index = at + np.arange(0, at.shape[0] * count, count).reshape(-1, 1)
    found = rises.reshape(-1, *lines.shape[2:]).take(index, 0, mode=_INSIDE)
    found *= share
    found += lines.reshape(-1, *lines.shape[2:]).take(index, 0, mode=_INSIDE)
    return found


class Pyramid:
    """A picture at full size and at every half of it, read at any blur."""

    __slots__ = ("_levels",)

    def __init__(self, picture: F32) -> None:
        self._levels = [picture]
        while min(self._levels[-1].shape[:2]) >= 4:
            last = self._levels[-1]
            even = last[: last.shape[0] // 2 * 2, : last.shape[1] // 2 * 2]
            quarter = even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]
            self._levels.append(np.asarray(quarter * np.float32(0.25)))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the full size."""
        rows, columns = self._levels[0].shape[:2]
        return rows, columns

    def at(self, row: F32, column: F32, sigma: float) -> F32:
        """The picture at positions in its own pixels, blurred by `sigma` of them."""
        level = min(max(math.log2(max(sigma, 1e-6) / 0.5), 0.0), len(self._levels) - 1.001)
        lower = int(level)
        share = np.float32(level - lower)
        sharp = self._at_level(lower, row, column)
        if share < 0.02:
            return sharp
        return np.asarray(sharp + (self._at_level(lower + 1, row, column) - sharp) * share)

    def _at_level(self, level: int, row: F32, column: F32) -> F32:
        samples = self._levels[level]
        scale = np.float32(0.5**level)
        shift = np.float32(0.5) * scale - np.float32(0.5)
        rows = (row * scale + shift).clip(0, samples.shape[0] - _BELOW_LAST)
        columns = (column * scale + shift).clip(0, samples.shape[1] - _BELOW_LAST)
        return between(samples, rows, columns)
