"""The last things that happened, the newest at the bottom."""

from __future__ import annotations

from collections import deque
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from remotelens.dashboard.view import Notice
from remotelens.dashboard.widgets.lines import Lines

MOST_NOTICES = 100
_LEAST_WIDTH = 4
_MORE = " …"


class Messages(Lines):
    """As many of the last notices as there are lines for."""

    DEFAULT_CSS = """
    Messages { height: 1; background: $background; color: $text-muted; }
    Messages .messages--newest { color: $foreground; }
    Messages .messages--bad { color: $text-error; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"messages--newest", "messages--bad"}

    def __init__(self) -> None:
        super().__init__(id="messages")
        self._notices: deque[Notice] = deque(maxlen=MOST_NOTICES)

    @property
    def newest(self) -> Notice | None:
        """The last notice."""
        return self._notices[-1] if self._notices else None

    def clear(self) -> None:
        """Forget them all."""
        self._notices.clear()
        self.refresh()

    def add(self, notice: Notice) -> None:
        """Show one more; the same again is not repeated."""
        if notice != self.newest:
            self._notices.append(notice)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of them."""
        lines = self._lines()
        if not 0 <= y < len(lines):
            return self.blank_line
        text, style = lines[y]
        return Strip([Segment(f" {text}", style)]).adjust_cell_length(self.size.width, style)

    def _lines(self) -> list[tuple[str, Style]]:
        """Return the lines there is room for: the newest notice from its beginning, and older ones above."""
        width, height = self.size
        lines: list[tuple[str, Style]] = []
        if width < _LEAST_WIDTH:
            return lines
        for notice in reversed(self._notices):
            room = height - len(lines)
            if room <= 0:
                break
            style = self._style(notice, newest=not lines)
            limit = room if not lines else None
            folded = wrap(notice.text, width - 1, max_lines=limit, placeholder=_MORE)
            lines = [*((text, style) for text in folded[-room:]), *lines]
        return lines

    def _style(self, notice: Notice, *, newest: bool) -> Style:
        if notice.bad:
            return self.get_component_rich_style("messages--bad")
        return self.get_component_rich_style("messages--newest") if newest else self.ground
