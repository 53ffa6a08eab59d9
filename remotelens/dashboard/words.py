"""What the dashboard says, as plain text: pure functions of a view and the time."""

from __future__ import annotations

import re
from datetime import datetime

from remotelens.camera.descriptors import BY_NAME
from remotelens.camera.shot import Shot
from remotelens.camera.state import CameraState, Value
from remotelens.dashboard.view import View

NOT_TOLD = "–"
STALE_S = 1.0
AWAY = ("absent", "lost")
LONGEST = 300
_URL = re.compile(r"https?://[^\s/]+/(?:[^\s?]*/)?([^\s/?]*)(?:\?\S*)?")


def plain(text: str) -> str:
    """Return text from elsewhere as it may be shown: nothing that a terminal would obey, and not endless."""
    return "".join(character if character.isprintable() else "·" for character in text[:LONGEST])


def brief(text: str) -> str:
    """Return text with the last part of each URL alone: the rest is the camera's address again."""
    return _URL.sub(r"…/\1", text)


def battery(state: CameraState) -> str:
    """Return the charge; a dash where the camera does not tell."""
    if state.battery_ratio is None:
        return NOT_TOLD
    charging = "+" if state.battery_charging else ""
    return f"{state.battery_ratio:.0%}{charging}"


def card(state: CameraState) -> str:
    """Return how many pictures fit on the card, or that there is none."""
    if not state.storage:
        return NOT_TOLD
    place = next((place for place in state.storage if place.is_target), state.storage[0])
    if not place.has_media:
        return "none"
    return "in" if place.images_left is None else str(place.images_left)


def link(view: View, now: datetime) -> str:
    """Return how the link stands: the word, for how long it is away, why, and when the next try is."""
    state = view.state
    if state.link == "ready":
        return f"ready: {plain(state.link_reason)}" if state.link_reason else "ready"
    parts = [state.link]
    if state.link_since is not None:
        away = seconds((now - state.link_since).total_seconds())
        parts.append(away if state.link in AWAY else f"after {away}")
    text = " ".join(parts)
    if state.link_reason:
        text += f": {plain(state.link_reason)}"
    if state.link_next_try is not None and state.link_next_try > now:
        text += f"; next try in {seconds((state.link_next_try - now).total_seconds())}"
    return text


def seconds(value_s: float) -> str:
    """Return a time that is short enough to be watched, or else in minutes."""
    if value_s < 10:
        return f"{max(0.0, value_s):.1f} s"
    if value_s < 120:
        return f"{value_s:.0f} s"
    return f"{value_s / 60:.0f} min"


def label(name: str) -> str:
    """Return a setting's label."""
    known = BY_NAME.get(name)
    return known.label if known else name.replace("_", " ").capitalize()


def value(name: str, shown: Value | None) -> str:
    """Return a setting's value with its unit."""
    if shown is None:
        return NOT_TOLD
    known = BY_NAME.get(name)
    if name == "ev" and not isinstance(shown, str):
        return f"{shown:+.1f} EV" if shown else "0 EV"
    if known is None or known.unit is None or isinstance(shown, str):
        return plain(str(shown))
    return f"{shown} {known.unit}"


def whereabouts(view: View, shot: Shot) -> str:
    """Return where a picture is that is not on the disk."""
    if shot.id not in view.left_behind:
        return "on its way"
    return "left on the card" if shot.on_card else "left in the camera"


def exposure(shot: Shot) -> str:
    """Return what a picture says it was taken with; empty where it does not say."""
    taken = shot.actual or {}
    parts = [
        str(taken["shutter_speed"]) if "shutter_speed" in taken else "",
        f"f/{taken['f_number']}" if "f_number" in taken else "",
        f"ISO {taken['iso']}" if "iso" in taken else "",
        f"{taken['ev']:+.1f} EV" if taken.get("ev") else "",
    ]
    return "  ".join(part for part in parts if part)


def age(view: View, age_s: float | None) -> str:
    """Return how old the picture on the screen is, and what keeps newer ones away where that is known."""
    if not view.live:
        return "live view off"
    if age_s is None:
        return "no picture yet"
    if age_s < STALE_S:
        return f"age {1000 * age_s:.0f} ms"
    state = view.state
    why = f", camera says {plain(str(state.status))}" if state.link == "ready" and not state.idle else ""
    return f"STALE {seconds(age_s)}{why}"


def absent(view: View, now: datetime) -> str:
    """Return what stands where the picture will be."""
    if view.state.link != "ready" or not view.connected:
        return f"{plain(view.name)}\n\n{link(view, now)}"
    if not view.live:
        return "live view is off; v switches it on"
    return "waiting for the first picture"
