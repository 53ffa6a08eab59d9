"""A line of ready cells that Textual can cut, join and write without looking inside.

Textual measures the text of a plain `Strip` cell by cell, which takes 40 times as long and cuts escape
sequences in two. Here all cells are of one length, so cutting is slicing (performance.md 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from remotelens.dashboard.render.cells import RESET, UPPER_HALF, Colours, colours_of


class CellStrip(Strip):
    """A line, or a part of one, of cells as `CellEncoder` lays them out.

    Args:
        cells: the text of whole cells.
        colours: how their colours are told.
        after: what is written after them, if the line is written to its end.
    """

    __slots__ = ("_after", "_cells", "_colours")

    def __init__(self, cells: str, colours: Colours, after: str = "") -> None:
        # The caches of the base class are for what is overridden here; making them would cost more than all.
        self._cells = cells
        self._colours = colours
        self._after = after
        self._cell_length = len(cells) // colours.stride
        self._cell_count = self._cell_length
        self._render_cache = None
        self._link_ids = None

    def begun_anew(self, cells: str, end: int) -> CellStrip:
        """Return the line with its cells up to `end` taken from another one."""
        stride = self._colours.stride
        return CellStrip(cells[: end * stride] + self._cells[end * stride :], self._colours, self._after)

    @property
    def _segments(self) -> list[Segment]:  # type: ignore[override]  # a slot of the base, read there only
        """The same as Textual keeps it: for screenshots, one segment a cell."""
        return [
            Segment(UPPER_HALF, Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
            for upper, lower in colours_of(self._cells, self._colours)
        ]

    @property
    def text(self) -> str:
        """What stands there without its colours."""
        return UPPER_HALF * self.cell_length

    def __bool__(self) -> bool:
        return bool(self._cells)

    def __len__(self) -> int:
        return self.cell_length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CellStrip) and self._cells == other._cells

    def __hash__(self) -> int:
        return hash(self._cells)

    def render(self, console: Console) -> str:
        """Return the text that draws it."""
        return f"{self._cells}{RESET}{self._after}"

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Return the cells from `start` to before `end`."""
        first = max(0, start)
        last = self.cell_length if end is None else min(end, self.cell_length)
        if first == 0 and last == self.cell_length:
            return self
        stride = self._colours.stride
        after = self._after if last == self.cell_length else ""
        return CellStrip(self._cells[first * stride : max(first, last) * stride], self._colours, after)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the parts that end at each of the cuts."""
        parts: list[Strip] = []
        start = 0
        for cut in cuts:
            if cut > self.cell_length:
                break
            parts.append(self.crop(start, cut))
            start = cut
        return parts

    def simplify(self) -> Strip:
        """Return it as it is: no two cells are known to be alike."""
        return self

    def discard_meta(self) -> Strip:
        """Return it as it is: it has none."""
        return self

    def apply_style(self, style: Style) -> Strip:
        """Return it as it is: a picture has its own colours."""
        return self

    def apply_filter(self, filter: Any, background: Any) -> Strip:  # noqa: A002 - the base's name
        """Return it as it is: a picture has its own colours."""
        return self

    def apply_offsets(self, x: int, y: int) -> Strip:
        """Return it as it is: there is no text in it to select."""
        return self
