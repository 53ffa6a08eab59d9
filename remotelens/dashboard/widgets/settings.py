"""The settings that the camera offers now, made from their descriptors: each with its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from remotelens.dashboard import words
from remotelens.dashboard.view import View
from remotelens.dashboard.widgets.lines import Lines

_WRITABLE_MARKS = ("‹ ", " ›")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    name: str
    label: str
    value: str
    writable: bool
    pending: bool


def rows_of(view: View) -> tuple[Row, ...]:
    """Return the lines: what the camera shows of itself, in the descriptors' order."""
    return tuple(
        Row(
            name,
            words.label(name),
            words.value(name, view.value(name)),
            setting.writable and len(setting.candidates) > 1,
            name in view.wanted,
        )
        for name, setting in view.state.settings.items()
    )


class SettingsList(Lines):
    """A list with a cursor; keys, wheel and clicks become `Stepped` and `Opened`."""

    DEFAULT_CSS = """
    SettingsList { background: $surface; color: $foreground; }
    SettingsList .settings--label { color: $text-muted; }
    SettingsList .settings--value { text-style: bold; }
    SettingsList .settings--fixed { color: $text-muted; }
    SettingsList .settings--pending { color: $text-warning; text-style: bold; }
    SettingsList .settings--cursor { background: $primary; color: $text; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "settings--label",
        "settings--value",
        "settings--fixed",
        "settings--pending",
        "settings--cursor",
    }

    class Stepped(Message):
        """A setting shall go on so many candidates."""

        def __init__(self, name: str, step: int) -> None:
            super().__init__()
            self.name = name
            self.step = step

    class Opened(Message):
        """A setting's candidates shall be shown."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="settings")
        self._rows: tuple[Row, ...] = ()
        self._cursor: str | None = None
        self._top = 0

    @property
    def current(self) -> str | None:
        """The setting under the cursor; None where the camera offers none."""
        return self._rows[self._index].name if self._rows else None

    def show(self, view: View) -> None:
        """Show what the camera offers now; the cursor stays with its setting."""
        rows = rows_of(view)
        if rows != self._rows:
            self._rows = rows
            self._keep_in_sight()

    def move(self, step: int) -> None:
        """Move the cursor, around the ends."""
        if self._rows:
            self._cursor = self._rows[(self._index + step) % len(self._rows)].name
            self._keep_in_sight()

    def render_line(self, y: int) -> Strip:
        """Return a line of the list."""
        index = self._top + y
        width = self.size.width
        if index >= len(self._rows) or width <= 0:
            return self.blank_line
        row, here = self._rows[index], index == self._index
        kind = "pending" if row.pending else "value" if row.writable else "fixed"
        before, after = _WRITABLE_MARKS if row.writable and here else ("  ", "  ")
        value = f"{before}{row.value}{after}"
        room = max(0, width - len(value) - 2)
        label = row.label if len(row.label) <= room else row.label[: max(0, room - 1)] + "…"
        value = value[: max(0, width - 1)]
        gap = max(0, width - 1 - len(label) - len(value))
        label_style, value_style, ground = self._styles(kind, here)
        segments = [
            Segment(f" {label}", label_style),
            Segment(" " * gap, ground),
            Segment(value, value_style),
        ]
        return Strip(segments).adjust_cell_length(width, ground)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._keep_in_sight()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; a click on the line that has it opens the setting."""
        event.stop()
        name = self._name_at(event.y)
        if name is not None and name == self.current:
            self.post_message(self.Opened(name))
        elif name is not None:
            self._cursor = name
            self._keep_in_sight()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go on a candidate."""
        self._turn(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go back a candidate."""
        self._turn(event, -1)

    def _turn(self, event: events.MouseEvent, step: int) -> None:
        event.stop()
        name = self._name_at(event.y)
        if name is not None:
            self._cursor = name
            self._keep_in_sight()
            self.post_message(self.Stepped(name, step))

    def _name_at(self, y: int) -> str | None:
        index = self._top + y
        return self._rows[index].name if 0 <= index < len(self._rows) else None

    @property
    def _index(self) -> int:
        for index, row in enumerate(self._rows):
            if row.name == self._cursor:
                return index
        return 0

    def _keep_in_sight(self) -> None:
        height = max(1, self.size.height)
        index = self._index
        self._top = min(max(self._top, index - height + 1), index)
        self._top = max(0, min(self._top, len(self._rows) - height))
        self.refresh()

    def _styles(self, kind: str, here: bool) -> tuple[Style, Style, Style]:
        base = self.ground
        if here:
            cursor = self.get_component_rich_style("settings--cursor")
            return cursor, cursor + Style(bold=True), cursor
        label = self.get_component_rich_style("settings--label")
        return label, self.get_component_rich_style(f"settings--{kind}"), base
