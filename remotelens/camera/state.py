"""Everything known of one camera at one moment, as one immutable value.

Everything that shows or decides reads this; only the camera's own events make a new one
(design section 3: state flows up by events).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

Value = str | int | float

IDLE = "IDLE"
CAPTURING = "StillCapturing"
NO_MEDIA = "No Media"
REMOTE_SHOOTING = "Remote Shooting"
CONTENTS_TRANSFER = "Contents Transfer"
_LASTING = frozenset(
    {
        IDLE, "Error", "MovieRecording", "AudioRecording", "IntervalRecording", "LoopRecording",
        "ContentsTransfer", "Streaming",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the camera offers it now.

    `value` is None where the camera gives none; `candidates` is empty where nothing can be chosen.
    """

    value: Value | None
    candidates: tuple[Value, ...] = ()
    writable: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``--json`` shows it."""
        return {"value": self.value, "candidates": list(self.candidates), "writable": self.writable}


@dataclass(frozen=True, slots=True)
class Zoom:
    """Where the zoom stands: 0 to 100 over all its boxes (optical, then clear image or digital)."""

    position: int
    boxes: int
    box: int
    box_position: int


@dataclass(frozen=True, slots=True)
class Storage:
    """One place the camera keeps pictures in; None where it does not count."""

    name: str
    description: str
    is_target: bool
    images_left: int | None
    movie_minutes_left: int | None

    @property
    def has_media(self) -> bool:
        """Whether there is a card, or whatever else holds pictures, in it."""
        return self.name != NO_MEDIA

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``--json`` shows it."""
        return {
            "name": self.name,
            "description": self.description,
            "target": self.is_target,
            "has_media": self.has_media,
            "images_left": self.images_left,
            "movie_minutes_left": self.movie_minutes_left,
        }


@dataclass(frozen=True, slots=True)
class CameraState:
    """What one camera told, and how the link to it stands.

    None means that this camera does not tell, never zero (a QX10 tells no battery level).

    Attributes:
        link: absent, found, pairing, waking, joining, reaching, ready, ble_only or lost.
        link_reason: why it is not ready; where it is, what is not as it should be.
        link_since: since when it is ready, or is not.
        link_next_try: when the next attempt is made to reach the camera; None when none is planned.
        status: the camera's own word for what it is doing; any word but IDLE is taken as busy.
        available: the API methods it lists as callable now.
        picture_urls: pictures it told of in its events, for those taken with its own button.
        continuous_urls: pictures of the last continuous run.
        bulb_urls: pictures of the last bulb exposure.
        format_result: how the last formatting of a card ended.
        interval_shots: how many pictures the shooting at intervals that goes on has taken.
        bulb_open_s: how long the shutter has been held open; negative while it is closed.
        revision: counts the states of one connection.
    """

    link: str = "reaching"
    link_reason: str | None = None
    link_since: datetime | None = None
    link_next_try: datetime | None = None
    model: str | None = None
    status: str | None = None
    zoom: Zoom | None = None
    live_view: bool | None = None
    orientation_degrees: int | None = None
    storage: tuple[Storage, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))
    focus_status: str | None = None
    touch_focus: bool | None = None
    tracking_status: str | None = None
    battery_ratio: float | None = None
    battery_charging: bool | None = None
    recording: bool = False
    recording_s: int | None = None
    camera_function: str | None = None
    available: tuple[str, ...] = ()
    picture_urls: tuple[str, ...] = ()
    continuous_urls: tuple[str, ...] = ()
    bulb_urls: tuple[str, ...] = ()
    format_result: str | None = None
    interval_shots: int | None = None
    bulb_open_s: int | None = None
    errors: tuple[str, ...] = ()
    revision: int = 0

    @property
    def idle(self) -> bool:
        """Whether the camera says that it is ready for the next command."""
        return self.status == IDLE

    @property
    def passing(self) -> bool:
        """Whether the camera is in a state that it leaves by itself, such as saving or changing its mode."""
        return self.status is not None and self.status not in _LASTING

    @property
    def urls(self) -> tuple[str, ...]:
        """Every picture it told of, whichever way it was taken."""
        return tuple(dict.fromkeys((*self.picture_urls, *self.continuous_urls, *self.bulb_urls)))

    @property
    def on_card(self) -> bool | None:
        """Whether a picture taken now is kept by the camera's card; None where it does not tell.

        Without a card the camera still takes pictures, and their URLs are the only copy (models.md 3).
        """
        if not self.storage:
            return None
        return any(place.has_media and place.is_target for place in self.storage)

    def value(self, name: str) -> Value | None:
        """Return a setting's value, or None where the camera does not offer the setting now."""
        setting = self.settings.get(name)
        return setting.value if setting else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``status --json`` shows it."""
        return {
            "link": self.link,
            "link_reason": self.link_reason,
            "link_since": None if self.link_since is None else iso_time(self.link_since),
            "link_next_try": None if self.link_next_try is None else iso_time(self.link_next_try),
            "status": self.status if self.link == "ready" else None,
            "model": self.model,
            "battery_ratio": self.battery_ratio,
            "storage": [place.to_dict() for place in self.storage],
            "settings": {name: setting.to_dict() for name, setting in self.settings.items()},
            "available": list(self.available),
            "zoom": None if self.zoom is None else self.zoom.position,
            "focus_status": self.focus_status,
            "live_view": self.live_view,
            "recording": self.recording,
            "camera_function": self.camera_function,
            "errors": list(self.errors),
        }


def iso_time(moment: datetime) -> str:
    """Return a time in UTC as records carry it: ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
