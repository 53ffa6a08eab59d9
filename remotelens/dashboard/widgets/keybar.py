"""The line at the bottom: the most used keys."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from remotelens.dashboard.keys import Key


class KeyBar(Static):
    """As many keys as fit, the help last of all to go.

    Args:
        keys: which there are.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $panel; color: $foreground; padding: 0 1; text-wrap: nowrap; }
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__(id="keys")
        self._keys = [key for key in keys if key.short]

    def on_resize(self) -> None:
        """Show those that fit."""
        self.update(content_of(self._keys, self.size.width))


def content_of(keys: Sequence[Key], width: int) -> Content:
    """Return the keys in their order, without those that do not fit; the last ones are the ones kept."""
    kept = list(keys)
    while kept and cell_len("  ".join(_text(key) for key in kept)) > width:
        del kept[max(0, len(kept) - 3)]
    return Content("  ").join(
        Content.from_markup("[b $text-accent]$key[/] $text", key=_sign(key), text=key.short) for key in kept
    )


def _sign(key: Key) -> str:
    return key.shown.split(" ")[0]


def _text(key: Key) -> str:
    return f"{_sign(key)} {key.short}"
