"""Pixels as half blocks: each cell shows two, the upper as its foreground, the lower as its background.

Numbers are written with leading zeros, so that every cell is as long as every other and cutting a line at
cell k is cutting its text at k times the stride. Each number with what follows it is one word of a table of
256, which makes this a few copies of arrays. Source: performance.md 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from remotelens.dashboard.render.decode import Pixels

UPPER_HALF = "\u2580"
RESET = "\x1b[0m"
_TRUE_CELL = f"\x1b[38;02;000;000;000;048;002;000;000;000m{UPPER_HALF}"
_INDEXED_CELL = f"\x1b[38;05;000;48;05;000m{UPPER_HALF}"
_UNIT_BYTES = 2  # a str of these characters is UTF-16 inside, so it is laid out as that


class Colours(Enum):
    """How colours are told to the terminal; the value is the length of a cell's text."""

    TRUE = len(_TRUE_CELL)
    INDEXED = len(_INDEXED_CELL)

    @property
    def stride(self) -> int:
        """Characters a cell."""
        return self.value

    @property
    def bytes_a_cell(self) -> int:
        """Bytes a cell on the wire: the half block takes three in UTF-8."""
        return self.value + 2


def _words() -> NDArray[np.uint64]:
    """Return the numbers 0 to 255 with leading zeros and what parts them, one word each."""
    text = "".join(f"{number:03d};" for number in range(256))
    return np.frombuffer(text.encode("utf-16-le"), "<u8")


_WORDS = _words()
_END = ord("m")


class CellEncoder:
    """Lays out lines of cells; keeps its scratch from one picture to the next, so it serves one thread.

    Args:
        columns: cells in a line.
        colours: how colours are told.
    """

    def __init__(self, columns: int, colours: Colours) -> None:
        self.columns = columns
        self.colours = colours
        self._scratch = self._blank(0)

    def rows(self, pixels: Pixels, which: Sequence[int] | None = None) -> list[str]:
        """Return the text of lines of cells.

        Args:
            pixels: of shape (2 × rows, columns, 3).
            which: the lines that are wanted; None for all.
        """
        if not pixels.size or (which is not None and not len(which)):
            return []
        pairs = pixels.reshape(-1, 2, self.columns, 3)
        if which is not None:
            pairs = pairs[np.asarray(which, np.intp)]
        if len(self._scratch) < len(pairs):
            self._scratch = self._blank(len(pairs))
        cells = self._scratch[: len(pairs)]
        if self.colours is Colours.TRUE:
            _words_at(cells, 8, 3)[...] = _WORDS[pairs[:, 0]]
            _words_at(cells, 28, 3)[...] = _WORDS[pairs[:, 1]]
            cells[:, :, 39] = _END
        else:
            numbers = colour_index(pairs)
            _words_at(cells, 8, 1)[..., 0] = _WORDS[numbers[:, 0]]
            _words_at(cells, 18, 1)[..., 0] = _WORDS[numbers[:, 1]]
            cells[:, :, 21] = _END
        return [line.tobytes().decode("utf-16-le") for line in cells]

    def _blank(self, rows: int) -> NDArray[np.uint16]:
        text = _TRUE_CELL if self.colours is Colours.TRUE else _INDEXED_CELL
        cells = np.empty((rows, self.columns, len(text)), "<u2")
        cells[...] = np.frombuffer(text.encode("utf-16-le"), "<u2")
        return cells


def _words_at(cells: NDArray[np.uint16], character: int, count: int) -> NDArray[np.uint64]:
    """Return a view of each cell's characters from there on as so many words of four."""
    rows, columns, stride = cells.shape
    return np.ndarray(
        (rows, columns, count),
        "<u8",
        cells.data,
        character * _UNIT_BYTES,
        (columns * stride * _UNIT_BYTES, stride * _UNIT_BYTES, 4 * _UNIT_BYTES),
    )


_CUBE_LEVELS = (0, 95, 135, 175, 215, 255)
_FIRST_GREY = 232


def colour_index(pixels: Pixels) -> Pixels:
    """Return the nearest of the 240 fixed colours of a 256-colour terminal, seen to 5 bits a channel."""
    coarse = (pixels >> 3).astype(np.uint16)
    nearest: Pixels = _nearest()[(coarse[..., 0] << 10) | (coarse[..., 1] << 5) | coarse[..., 2]]
    return nearest


@cache
def _nearest() -> Pixels:
    """Return the fixed colour for each of the 32768 colours of 5 bits a channel."""
    fixed = np.array([rgb_of(index) for index in range(16, 256)], np.float32)
    levels = np.arange(32, dtype=np.float32) * np.float32(255 / 31)
    colours = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    # |c - f|² = |c|² - 2 c·f + |f|², and |c|² is the same for every f.
    distance = (fixed**2).sum(axis=1) - 2 * colours @ fixed.T
    numbers: Pixels = (16 + distance.argmin(axis=1)).astype(np.uint8)
    return numbers


def rgb_of(index: int) -> tuple[int, int, int]:
    """Return what a fixed colour of a 256-colour terminal looks like: a cube of 6×6×6, then 24 greys.

    Source: XTerm Control Sequences, 256 colours.
    """
    if index >= _FIRST_GREY:
        grey = 8 + 10 * (index - _FIRST_GREY)
        return grey, grey, grey
    red, rest = divmod(max(0, index - 16), 36)
    green, blue = divmod(rest, 6)
    return _CUBE_LEVELS[red], _CUBE_LEVELS[green], _CUBE_LEVELS[blue]


def colours_of(text: str, colours: Colours) -> list[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """Read cells back: the upper and the lower colour of each; for screenshots, and for whoever checks."""
    stride = colours.stride
    cells = [text[start : start + stride] for start in range(0, len(text), stride)]
    if colours is Colours.TRUE:
        return [
            (
                (int(cell[8:11]), int(cell[12:15]), int(cell[16:19])),
                (int(cell[28:31]), int(cell[32:35]), int(cell[36:39])),
            )
            for cell in cells
        ]
    return [(rgb_of(int(cell[8:11])), rgb_of(int(cell[18:21]))) for cell in cells]
