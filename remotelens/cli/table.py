"""The commands by name: where each lives and its line in the help.

Nothing is imported for `--help`, so that it stays fast.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One command: the module that holds it, and its line in the list of commands."""

    module: str
    summary: str


COMMANDS: dict[str, Entry] = {
    "discover": Entry("discover", "Find cameras over Wi-Fi and Bluetooth LE."),
    "setup": Entry("setup", "Add a camera: pair or take SSID and key, store, verify."),
    "status": Entry("status", "Show a camera's state."),
    "settings": Entry("settings_list", "List the settings a camera offers now."),
    "get": Entry("settings_get", "Read one setting."),
    "set": Entry("settings_set", "Change settings."),
    "shoot": Entry("shoot", "Take pictures and keep them."),
    "record": Entry("record", "Record a movie."),
    "live-view": Entry("live_view", "Live view frames to disk, to a pipe, or figures only."),
    "zoom": Entry("zoom", "Move the zoom."),
    "focus": Entry("focus", "Focus on a place of the picture."),
    "half-press": Entry("half_press", "Focus as a half-pressed shutter button does."),
    "contents": Entry("contents", "What is on the camera's card: list, fetch, delete."),
    "remote": Entry("remote", "Use a camera over Bluetooth LE alone, with no Wi-Fi."),
    "dashboard": Entry("dashboard", "Live view, settings and pictures in the terminal."),
    "bridge": Entry("bridge", "Put cameras on an MQTT broker."),
    "plan": Entry("plan", "Capture sessions: check, explain, run, resume, list, show."),
    "call": Entry("call", "One raw call of the camera's API."),
    "dump": Entry("dump", "Read a camera into a scrubbed recording."),
    "doctor": Entry("doctor", "Say what on this host would hinder."),
    "demo": Entry("demo", "Walk the whole road with an emulated camera."),
}
