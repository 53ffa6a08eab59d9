"""A histogram as lines of block characters, or as pixels where the colours lie over each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remotelens.dashboard.render.decode import Pixels

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LIT, _UNLIT = np.uint8(225), np.uint8(40)


def bars(heights: NDArray[np.float64], rows: int) -> list[str]:
    """Return the lines of a bar chart, the top first; heights are 0 to 1.

    Whatever is not zero shows at least an eighth of a cell.
    """
    eighths = np.rint(heights * rows * 8).astype(int)
    eighths = np.where((heights > 0) & (eighths == 0), 1, eighths)
    return [
        "".join(_EIGHTHS[min(8, max(0, int(height) - 8 * row))] for height in eighths)
        for row in reversed(range(rows))
    ]


def rgb_bars(colours: Sequence[NDArray[np.float64]], rows: int, ground: tuple[int, int, int]) -> Pixels:
    """Return three charts over each other as pixels, two a cell; where they overlap, their colours add up.

    Args:
        colours: the heights of the columns, 0 to 1, of red, green and blue.
        rows: the chart's height in cells.
        ground: the colour where no bar stands.
    """
    height = 2 * rows
    levels = np.arange(height, 0, -1)[:, None]
    filled = [np.maximum(np.rint(heights * height), heights > 0) for heights in colours]
    stands = np.stack([heights >= levels for heights in filled], axis=-1)
    lit = np.where(stands, _LIT, _UNLIT)
    return np.where(stands.any(axis=-1, keepdims=True), lit, np.array(ground, np.uint8))
