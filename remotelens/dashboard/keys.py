"""The keys: one table, from which the screens bind, the bar at the bottom and the help are made."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that keys do.

    Attributes:
        keys: Textual's names of the keys, the first one shown.
        action: the action's name.
        text: what it does, for the help.
        short: the same for the bar; empty to leave it out there.
    """

    keys: tuple[str, ...]
    action: str
    text: str
    short: str = ""

    @property
    def shown(self) -> str:
        """The key as a person knows it."""
        return " ".join(_SIGNS.get(key, key) for key in self.keys)


_SIGNS = {
    "space": "space",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "question_mark": "?",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "f1": "F1",
    "ctrl+c": "ctrl-C",
    "ctrl+q": "ctrl-Q",
    "ctrl+z": "ctrl-Z",
}

LIVE_KEYS = (
    Key(("space",), "shoot", "focus, unless it is held, and take a picture; or film", "shoot"),
    Key(("s",), "shoot_now", "take a picture without focusing"),
    Key(("f",), "half_press", "half-press: focus and hold; again: let go", "focus"),
    Key(("c",), "touch_centre", "focus on the middle of the picture (a click: there)"),
    Key(("x",), "release_focus", "let go of the focus"),
    Key(("plus", "equals_sign"), "zoom('in')", "zoom in (or the wheel over the picture)", "zoom"),
    Key(("minus",), "zoom('out')", "zoom out"),
    Key(("up",), "move_setting(-1)", "the setting above"),
    Key(("down",), "move_setting(1)", "the setting below", "setting"),
    Key(("left",), "step_setting(-1)", "its value before (or the wheel over it)"),
    Key(("right",), "step_setting(1)", "its next value", "value"),
    Key(("enter",), "choose", "choose its value from a list", "choose"),
    Key(("p",), "review", "the last picture, and what it was taken with", "picture"),
    Key(("h",), "histogram", "histogram: luma, logarithmic, colours, off"),
    Key(("o",), "areas", "the camera's focus frames: on, off"),
    Key(("v",), "live", "live view: on, off"),
    Key(("d",), "app.theme", "light or dark"),
    Key(("ctrl+z",), "app.suspend_process", "back to the shell for a while; fg goes on here"),
    Key(("question_mark", "f1"), "help", "these keys", "help"),
    Key(("q", "ctrl+q", "ctrl+c"), "app.quit", "leave; the camera's live view is stopped", "quit"),
)
ANYWHERE = tuple(key for key in LIVE_KEYS if key.action in ("app.quit", "app.suspend_process"))
NEXT_CAMERA = Key(("n",), "next_camera", "the next camera", "camera")
REVIEW_KEYS = (
    Key(("left",), "move(-1)", "the picture before", "before"),
    Key(("right",), "move(1)", "the next picture", "next"),
    Key(("r",), "fetch", "fetch it again, if it did not get to the disk", "fetch again"),
    Key(("escape", "p"), "back", "back to the live view", "live view"),
)


def live_keys(*, several: bool) -> tuple[Key, ...]:
    """Return the live view's keys; with several cameras there is one more."""
    return (*LIVE_KEYS[:-2], NEXT_CAMERA, *LIVE_KEYS[-2:]) if several else LIVE_KEYS


def bindings(keys: tuple[Key, ...]) -> list[Binding]:
    """Return the keys as Textual binds them."""
    return [Binding(",".join(key.keys), key.action, key.text, show=False) for key in keys]
