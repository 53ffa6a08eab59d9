"""The last things that happened, the newest at the bottom."""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from remotelens.dashboard.view import Notice
from remotelens.dashboard.widgets.lines import Lines

MOST_NOTICES = 100


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
        width, height = self.size
        index = len(self._notices) - height + y if len(self._notices) > height else y
        if not 0 <= index < len(self._notices):
            return self.blank_line
        notice = self._notices[index]
        style = self._style(notice, newest=index == len(self._notices) - 1)
        return Strip([Segment(f" {notice.text}", style)]).adjust_cell_length(width, style)

    def _style(self, notice: Notice, *, newest: bool) -> Style:
        if notice.bad:
            return self.get_component_rich_style("messages--bad")
        return self.get_component_rich_style("messages--newest") if newest else self.ground
