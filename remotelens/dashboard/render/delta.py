"""Which lines of a picture must be written again.

A cell counts as changed when a pixel of it differs from what was last written for it by more than the
threshold: noise stays under it, and what changes slowly still arrives. Source: performance.md 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remotelens.dashboard.render.decode import Pixels

THRESHOLD = 8


@dataclass(frozen=True, slots=True)
class Change:
    """A line with changes: its cells up to but not including `end` are written again."""

    row: int
    end: int


def changes(written: Pixels, wanted: Pixels, threshold: int = THRESHOLD) -> list[Change]:
    """Return the lines to write, from top to bottom.

    Args:
        written: what the terminal shows, (2 × rows, columns, 3).
        wanted: what it should show, of the same shape.
        threshold: levels by which a pixel may be off.
    """
    off: NDArray[np.bool_] = np.maximum(written, wanted) - np.minimum(written, wanted) > threshold
    rows, columns = off.shape[0] // 2, off.shape[1]
    cells: NDArray[np.bool_] = np.any(off.reshape(rows, 2, columns, 3), axis=(1, 3))
    changed = np.flatnonzero(cells.any(axis=1))
    ends = columns - cells[changed, ::-1].argmax(axis=1)
    return [Change(int(row), int(end)) for row, end in zip(changed, ends, strict=True)]
