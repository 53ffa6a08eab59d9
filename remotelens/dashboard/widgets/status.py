"""The line at the top: which camera, how the link stands, and what it has left."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from remotelens.dashboard import words
from remotelens.dashboard.view import View

_LINK_COLOURS = {"ready": "$text-success", "lost": "$text-error", "absent": "$text-error"}


class StatusBar(Horizontal):
    """One line, two ends: the link on the left, the supplies on the right."""

    DEFAULT_CSS = """
    StatusBar { height: 1; background: $panel; color: $foreground; }
    StatusBar > #link { width: 1fr; text-overflow: ellipsis; text-wrap: nowrap; padding: 0 1; }
    StatusBar > #supplies { width: auto; padding: 0 1; }
    """

    def compose(self) -> ComposeResult:
        """Put both ends in."""
        yield Static(id="link")
        yield Static(id="supplies")

    def show(self, view: View, now: datetime) -> None:
        """Show how the camera is."""
        self._put("link", link_content(view, now))
        self._put("supplies", supplies_content(view))

    def _put(self, name: str, content: Content) -> None:
        end = self.query_one(f"#{name}", Static)
        if end.content != content:
            end.update(content)


def link_content(view: View, now: datetime) -> Content:
    """Return the camera's name, the link and what the camera is doing."""
    state = view.state
    colour = _LINK_COLOURS.get(state.link, "$text-warning")
    doing = view.doing or (state.status if state.link == "ready" else None) or ""
    name = view.name if not state.model or state.model == view.name else f"{view.name} ({state.model})"
    return Content.from_markup(
        f"[b]$name[/b]  [{colour}]● $link[/]  $doing",
        name=words.plain(name),
        link=words.link(view, now),
        doing=words.plain(doing),
    )


def supplies_content(view: View) -> Content:
    """Return battery, card, and the pictures taken here."""
    state = view.state
    fetching = f" ({view.fetching} on the way)" if view.fetching else ""
    recording = "[$text-error]● REC[/]  " if state.recording else ""
    return Content.from_markup(
        f"{recording}battery [b]$battery[/b]  card [b]$card[/b]  taken [b]$taken[/b]$fetching",
        battery=words.battery(state),
        card=words.card(state),
        taken=str(len(view.shots)),
        fetching=fetching,
    )
