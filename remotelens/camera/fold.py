"""From the camera's events to its state: pure functions.

`Told` remembers what the camera said in its own form; `fold` takes the next event in; `state_of` reads it as
a `CameraState`. In a snapshot an empty slot means "not now", in the answer to a long poll "unchanged"
(protocol/wifi.md 6.1): so what has gone away is seen by the list of methods, which is told at every change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from remotelens.camera.descriptors import DESCRIPTORS, LIST_METHODS, Descriptor
from remotelens.camera.forms import NOTHING, Reading
from remotelens.camera.state import CameraState, Setting, Storage, Value, Zoom
from remotelens.protocol.wifi.events import CameraEvent

_LISTING = "availableApiList"
_ASKING: Mapping[str, frozenset[str]] = MappingProxyType(
    {one.api: frozenset(f"{verb}{one.api}" for verb in ("set", "get", "getAvailable")) for one in DESCRIPTORS}
)
_SPEAKING_OF_SETTINGS = frozenset({_LISTING, *(one.slot for one in DESCRIPTORS)})
"""The types of entries that settings are read from; most events have none of them."""

_RECORDING = frozenset({"MovieRecording", "AudioRecording", "IntervalRecording", "LoopRecording"})
_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Told:
    """What the camera has said so far.

    Attributes:
        slots: the newest entry of each type in its events.
        lists: the newest answers of getAvailableX, by X.
        outdated: the X whose list the camera says has changed.
        names: the methods that the camera lists as callable now.
        settings: what slots, lists and names amount to.
    """

    slots: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    lists: Mapping[str, Sequence[Any]] = field(default_factory=lambda: _EMPTY)
    outdated: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=lambda: _EMPTY)


def fold(told: Told, event: CameraEvent, *, snapshot: bool) -> Told:
    """Return what is known after the next event.

    Args:
        told: what was known before.
        event: what the camera says now.
        snapshot: whether it says everything, or only what has changed.
    """
    slots = dict(event.slots) if snapshot else {**told.slots, **event.slots}
    after = replace(told, slots=MappingProxyType(slots))
    if not snapshot and _SPEAKING_OF_SETTINGS.isdisjoint(event.slots):
        return after
    names = _texts(_entry(slots, _LISTING).get("names"))
    new_names = frozenset(names).difference(told.names)
    outdated = {
        one.api
        for one in DESCRIPTORS
        if not (one.candidates_in_event and one.slot in slots)
        and (
            _says_changed(one, told, event, snapshot=snapshot)
            or _is_newly_offered(one, told, new_names, slots)
        )
    }
    after = replace(after, outdated=told.outdated | outdated, names=names)
    return replace(after, settings=_settings(after))


def _says_changed(one: Descriptor, told: Told, event: CameraEvent, *, snapshot: bool) -> bool:
    """Whether the camera says that a list is to be asked for; snapshots say so each time."""
    entry = event.slots.get(one.slot)
    if not isinstance(entry, dict) or entry.get("checkAvailability") is False:
        return False
    return not snapshot or one.api not in told.lists or entry != told.slots.get(one.slot)


def _is_newly_offered(
    one: Descriptor, before: Told, new_names: frozenset[str], slots: Mapping[str, Any]
) -> bool:
    """Whether a list can be asked for that could not before; while it is busy a camera lists less."""
    if one.available_method not in new_names:
        return False
    return one.api not in before.lists or one.slot not in slots


def wanted_lists(told: Told) -> tuple[str, ...]:
    """Return the X whose list should be asked for now."""
    names = set(told.names)
    return tuple(sorted(api for api in told.outdated if LIST_METHODS[api] in names))


def with_list(told: Told, api: str, values: Sequence[Any]) -> Told:
    """Return what is known after an answer of getAvailableX."""
    lists = MappingProxyType({**told.lists, api: tuple(values)})
    after = replace(told, lists=lists, outdated=told.outdated - {api})
    return replace(after, settings=_settings(after))


def state_of(told: Told, base: CameraState) -> CameraState:
    """Return the state that this amounts to; the link and the model are those of `base`."""
    slots = told.slots
    status = _text(slots, "cameraStatus", "cameraStatus")
    ratio, charging = _battery(_entry(slots, "batteryInfo").get("batteryInfo"))
    orientation = _text(slots, "liveviewOrientation", "liveviewOrientation")
    touch = _entry(slots, "touchAFPosition").get("currentSet")
    viewing = _entry(slots, "liveviewStatus").get("liveviewStatus")
    return replace(
        base,
        status=status,
        zoom=_zoom(_entry(slots, "zoomInformation")),
        live_view=viewing if isinstance(viewing, bool) else None,
        orientation_degrees=int(orientation) if orientation and orientation.isdecimal() else None,
        storage=tuple(_storage(_objects(slots, "storageInformation"))),
        settings=told.settings,
        focus_status=_text(slots, "focusStatus", "focusStatus"),
        touch_focus=touch if isinstance(touch, bool) else None,
        tracking_status=_text(slots, "trackingFocusStatus", "trackingFocusStatus"),
        battery_ratio=ratio,
        battery_charging=charging,
        recording=status in _RECORDING,
        recording_s=_count(_entry(slots, "recordingTime").get("recordingTime")),
        camera_function=_text(slots, "cameraFunction", "currentCameraFunction"),
        available=told.names,
        picture_urls=tuple(_picture_urls(_objects(slots, "takePicture"))),
        continuous_urls=tuple(_postview_urls(_entry(slots, "contShooting").get("contShootingUrl"))),
        bulb_urls=tuple(_postview_urls(_entry(slots, "bulbShooting").get("bulbShootingUrl"))),
        format_result=_text(slots, "formatStatus", "formatResult"),
        interval_shots=_count(_entry(slots, "numberOfShots").get("numberOfShots")),
        bulb_open_s=_open_s(_entry(slots, "bulbCapturingTime").get("bulbCapturingTime")),
        errors=_texts(_entry(slots, "triggeredError").get("triggeredError")),
        revision=base.revision + 1,
    )


def _settings(told: Told) -> Mapping[str, Setting]:
    names = frozenset(told.names)
    settings: dict[str, Setting] = {}
    for one in DESCRIPTORS:
        if names and names.isdisjoint(_ASKING[one.api]):
            continue
        entry = told.slots.get(one.slot)
        from_event = one.form.from_event(entry) if isinstance(entry, dict) else NOTHING
        answer = told.lists.get(one.api)
        from_list = NOTHING if answer is None else one.form.from_available(answer)
        setting = _setting(one, from_event, from_list, names)
        if setting.value is not None or setting.candidates:
            settings[one.name] = setting
    return MappingProxyType(settings)


def _setting(one: Descriptor, event: Reading, listed: Reading, names: frozenset[str]) -> Setting:
    candidates: tuple[Value, ...] = (
        event.candidates if event.candidates is not None else listed.candidates
    ) or ()
    value = event.value if event is not NOTHING else listed.value
    return Setting(value, candidates, bool(candidates) and (not names or one.set_method in names))


def _entry(slots: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    entry = slots.get(kind)
    return entry if isinstance(entry, dict) else _EMPTY


def _objects(slots: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    entries = slots.get(kind)
    if isinstance(entries, dict):
        return [entries]
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _text(slots: Mapping[str, Any], kind: str, key: str) -> str | None:
    value = _entry(slots, kind).get(key)
    return value if isinstance(value, str) and value else None


def _texts(values: object) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _count(value: object) -> int | None:
    """Return a number, or None where the camera marks it as undefined by -1."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _open_s(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _zoom(entry: Mapping[str, Any]) -> Zoom | None:
    position = _count(entry.get("zoomPosition"))
    if position is None or position > 100:
        return None
    box_position = _count(entry.get("zoomPositionCurrentBox"))
    return Zoom(
        position,
        _count(entry.get("zoomNumberBox")) or 1,
        _count(entry.get("zoomIndexCurrentBox")) or 0,
        position if box_position is None else box_position,
    )


def _storage(entries: Iterable[Mapping[str, Any]]) -> Iterable[Storage]:
    for entry in entries:
        name, description = entry.get("storageID"), entry.get("storageDescription")
        if isinstance(name, str) and name:
            yield Storage(
                name,
                description if isinstance(description, str) else "",
                entry.get("recordTarget") in (True, "true"),
                _count(entry.get("numberOfRecordableImages")),
                _count(entry.get("recordableTime")),
            )


def _battery(entries: object) -> tuple[float | None, bool | None]:
    """Return level and charging of the first active battery; None, None where none is told."""
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or entry.get("batteryID") == "noBattery":
            continue
        level, full = _count(entry.get("levelNumer")), _count(entry.get("levelDenom"))
        if level is not None and full:
            return min(1.0, level / full), entry.get("additionalStatus") == "charging"
    return None, None


def _picture_urls(entries: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for entry in entries:
        yield from _texts(entry.get("takePictureUrl"))


def _postview_urls(entries: object) -> Iterable[str]:
    for entry in entries if isinstance(entries, list) else ():
        url = entry.get("postviewUrl") if isinstance(entry, dict) else None
        if isinstance(url, str) and url:
            yield url
