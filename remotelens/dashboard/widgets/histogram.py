"""The histogram of the live view, and the parts that are black or burnt out."""

from __future__ import annotations

from enum import Enum

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from remotelens.dashboard.render.bars import bars, rgb_bars
from remotelens.dashboard.render.cells import CellEncoder, Colours
from remotelens.dashboard.render.strip import CellStrip
from remotelens.dashboard.widgets.lines import Lines
from remotelens.imaging.histogram import Histogram, columns


class Mode(Enum):
    """What the histogram shows."""

    LUMA = "luma"
    LOG = "luma, log"
    RGB = "colours"
    OFF = "off"


_NEXT = {Mode.LUMA: Mode.LOG, Mode.LOG: Mode.RGB, Mode.RGB: Mode.OFF, Mode.OFF: Mode.LUMA}


class HistogramView(Lines):
    """A line of figures and some of bars.

    Attributes:
        mode: what it shows.
    """

    DEFAULT_CSS = """
    HistogramView { height: 6; background: $surface; color: $foreground; }
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__(id="histogram")
        self.mode = Mode.LUMA
        self._colours = colours
        self._histogram: Histogram | None = None
        self._lines: list[Strip] = []

    def show(self, histogram: Histogram | None) -> None:
        """Show another one, if it looks different."""
        self._histogram = histogram
        lines = self._draw()
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def next_mode(self) -> Mode:
        """Go on to the next way of showing it."""
        self.mode = _NEXT[self.mode]
        self.display = self.mode is not Mode.OFF
        self.show(self._histogram)
        return self.mode

    def render_line(self, y: int) -> Strip:
        """Return a line of it."""
        if y < len(self._lines):
            return self._lines[y]
        return self.blank_line

    def on_resize(self) -> None:
        """Draw it in the new size."""
        self.show(self._histogram)

    def notify_style_update(self) -> None:
        """Draw it in the new colours."""
        super().notify_style_update()
        self._lines = []
        self.show(self._histogram)

    def _draw(self) -> list[Strip]:
        width, rows = self.size.width, self.size.height - 1
        histogram = self._histogram
        if histogram is None or width <= 0 or rows <= 0:
            return []
        style = self.ground
        figures = f"{self.mode.value}  0: {histogram.dark_ratio:.1%}  ≥250: {histogram.bright_ratio:.1%}"
        lines = [Strip([Segment(figures[:width].ljust(width), style)], width)]
        if self.mode is Mode.RGB:
            return lines + self._colour_bars(histogram, width, rows)
        heights = columns(histogram.luma, width, logarithmic=self.mode is Mode.LOG)
        return lines + [Strip([Segment(text, style)], width) for text in bars(heights, rows)]

    def _colour_bars(self, histogram: Histogram, width: int, rows: int) -> list[Strip]:
        heights = [columns(counts, width) for counts in (histogram.red, histogram.green, histogram.blue)]
        ground = self.background_colors[1].rgb
        pixels = rgb_bars(heights, rows, ground)
        texts = CellEncoder(width, self._colours).rows(np.ascontiguousarray(pixels))
        return [CellStrip(text, self._colours) for text in texts]
