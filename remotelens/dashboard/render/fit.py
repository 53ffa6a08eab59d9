"""How a picture lies in a box of character cells."""

from __future__ import annotations

from dataclasses import dataclass

CELL_ASPECT = 2.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The cells a picture takes; two pixels stand in each, one above the other."""

    columns: int
    rows: int

    @property
    def width(self) -> int:
        """Pixels in a row."""
        return self.columns

    @property
    def height(self) -> int:
        """Pixels in a column."""
        return 2 * self.rows

    def place(self, column: float, row: float) -> tuple[float, float]:
        """Return where the middle of a cell lies in the picture, as fractions from its top left corner."""
        return (column + 0.5) / max(1, self.columns), (row + 0.5) / max(1, self.rows)


def fit(
    width: int, height: int, columns: int, rows: int, *, scale: float = 1.0, cell_aspect: float = CELL_ASPECT
) -> Fit:
    """Return the largest cells of the picture's shape inside a box.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        columns: the box's width in cells.
        rows: the box's height in cells.
        scale: take only that part of the box's sides.
        cell_aspect: how many times a cell is as high as wide.
    """
    if min(width, height, columns, rows) <= 0:
        return Fit(0, 0)
    across = min(columns * scale, rows * scale * cell_aspect * width / height)
    down = across * height / width / cell_aspect
    return Fit(min(columns, max(1, round(across))), min(rows, max(1, round(down))))
