"""A panel over the screen that goes away with escape."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget


class Panel(VerticalScroll, can_focus=True):
    """What dialogs have in common: their place, their frame, and how they close."""

    DEFAULT_CSS = """
    Panel {
        layer: dialog; width: auto; height: auto; max-width: 100%; max-height: 100%;
        background: $panel; color: $foreground; border: round $primary; padding: 0 1;
        border-title-color: $text-primary;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "close", "close")]

    class Closed(Message):
        """The panel is to go; its screen takes it away once it has heard this."""

    @property
    def keyboard(self) -> Widget:
        """Who gets the keys while the panel is there."""
        return self

    def on_mount(self) -> None:
        """Take the keyboard."""
        self.keyboard.focus()

    def action_close(self) -> None:
        """Ask to be taken away."""
        self.post_message(self.Closed())
