"""Two lines on the live view and the lens: rate and age, focus and zoom."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from remotelens.dashboard import words
from remotelens.dashboard.figures import Figures
from remotelens.dashboard.view import View

_FEWER_SHOWN = 0.8


class Facts(Static):
    """What is measured, not chosen."""

    DEFAULT_CSS = """
    Facts { height: 2; background: $surface; color: $foreground; padding: 0 1; text-wrap: nowrap;
        text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(id="facts")

    def show(self, view: View, figures: Figures, now_s: float, *, reduced: bool) -> None:
        """Show how things are now."""
        content = Content("\n").join(
            [rate_content(view, figures, now_s, reduced=reduced), lens_content(view)]
        )
        if content != self.content:
            self.update(content)


def rate_content(view: View, figures: Figures, now_s: float, *, reduced: bool) -> Content:
    """Return the frame rate, what of it reaches the screen, and the picture's age."""
    age_s = figures.age_s(now_s)
    age = words.age(view, age_s)
    stale = view.live and age_s is not None and age_s >= words.STALE_S
    rate, shown = figures.rate(now_s), figures.shown_rate(now_s)
    less = f" ({shown:.0f} shown)" if shown < _FEWER_SHOWN * rate and not stale else ""
    coarse = " coarse" if reduced else ""
    colour = "$text-error" if stale else "$foreground"
    rate_text = f"{rate:.1f} f/s{less}{coarse}  " if view.live and not stale else ""
    return Content.from_markup(f"$rate[{colour}]$age[/]", rate=rate_text, age=age)


def lens_content(view: View) -> Content:
    """Return zoom and focus, as far as the camera tells them; of the two, focus is cut where it is narrow."""
    state = view.state
    focus = words.plain(state.focus_status) if state.focus_status else words.NOT_TOLD
    zoom = f"{state.zoom.position} %" if state.zoom else words.NOT_TOLD
    colour = "$text-success" if focus.startswith("Focused") else "$foreground"
    return Content.from_markup(f"zoom [b]$zoom[/b]  focus [{colour}]$focus[/]", focus=focus, zoom=zoom)
