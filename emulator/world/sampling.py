"""Reading arrays between their samples: by rows and columns, or point by point."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def between(samples: F32, row: F32, column: F32) -> F32:
    """Linear interpolation of `samples` at fractional rows (h, 1) and columns (1, w) or (h, w).

    Where the columns do not depend on the row, rows and columns are done one after the other.
    Positions must lie inside; the last row and column are never asked for beyond themselves.
    """
    rows, columns = samples.shape[:2]
    at_row = np.clip(np.floor(row), 0, rows - 2).astype(np.intp)
    row_share = (row - at_row).astype(np.float32)
    at_column = np.clip(np.floor(column), 0, columns - 2).astype(np.intp)
    column_share = (column - at_column).astype(np.float32)
    if column.shape[0] == 1:
        upper, lower = samples[at_row[:, 0]], samples[at_row[:, 0] + 1]
        lines = _mix(upper, lower, row_share.reshape(-1, *(1,) * (samples.ndim - 1)))
        left, right = lines[:, at_column[0]], lines[:, at_column[0] + 1]
        return _mix(left, right, column_share.reshape(1, -1, *(1,) * (samples.ndim - 2)))
    flat = samples.reshape(rows * columns, -1)
    index = at_row * columns + at_column
    across = column_share[..., None]
    upper = _mix(flat[index], flat[index + 1], across)
    lower = _mix(flat[index + columns], flat[index + columns + 1], across)
    result = _mix(upper, lower, row_share[..., None])
    return result if samples.ndim == 3 else result[..., 0]


def _mix(first: F32, second: F32, share: F32) -> F32:
    """The first, going over into the second; the second's memory is used up."""
    second -= first
    second *= share
    second += first
    return second


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
        rows = np.clip((row + 0.5) * scale - 0.5, 0, samples.shape[0] - 1)
        columns = np.clip((column + 0.5) * scale - 0.5, 0, samples.shape[1] - 1)
        return between(samples, rows, columns)
