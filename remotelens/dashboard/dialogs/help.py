"""The help: every key and what it does, made from the table that binds them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from remotelens.dashboard.dialogs.panel import Panel
from remotelens.dashboard.keys import Key


class HelpPanel(Panel):
    """A list of keys.

    Args:
        keys: which there are.
    """

    DEFAULT_CSS = """
    HelpPanel > Static { width: auto; }
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__(id="help")
        self.border_title = "Keys"
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Put the list in."""
        yield Static(content_of(self._keys))


def content_of(keys: Sequence[Key]) -> Content:
    """Return a line for each key."""
    width = max(len(key.shown) for key in keys)
    return Content("\n").join(
        Content.from_markup("[b $text-accent]$key[/]  $text", key=key.shown.ljust(width), text=key.text)
        for key in keys
    )
