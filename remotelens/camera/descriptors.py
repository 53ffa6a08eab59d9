"""Every setting of a camera, declared once.

Command line, dashboard, Home Assistant discovery and metrics are made from this list: a setting added here
appears in each of them. Whether a camera has a setting, and what it offers, only the camera says.
Source: protocol/wifi.md 5.3 and 6.1; names and value forms: design section 9.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from remotelens.camera.forms import (
    ColourTemperature,
    Compensation,
    Form,
    Keyed,
    Listed,
    ProgramShift,
    StillSize,
    WhiteBalance,
    whole_number,
)
from remotelens.camera.state import Value
from remotelens.protocol.wifi.values import FNumber, Iso, ShutterSpeed


class Kind(Enum):
    """What sort of value a setting has."""

    CHOICE = "choice"
    NUMBER = "number"
    SWITCH = "switch"


class Category(Enum):
    """Where a person looks for a setting."""

    MODE = "mode"
    EXPOSURE = "exposure"
    FOCUS = "focus"
    COLOUR = "colour"
    DRIVE = "drive"
    IMAGE = "image"
    MOVIE = "movie"
    ZOOM = "zoom"
    SOUND = "sound"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One setting.

    Attributes:
        name: what people and programs call it.
        label: the same for a screen.
        api: the X of the camera's setX, getX and getAvailableX.
        slot: the type of its entry in the camera's events.
        form: how its values stand on the wire.
        needs: what the camera usually needs to be in for this to be offered; part of the advice in errors.
        settles: whether the camera is not ready for a while after a change.
        candidates_in_event: whether the event's entry lists what can be chosen; else the list is asked for.
        parse: reads what a person wrote as a value that compares by what it means, where text is not enough.
        lists: the verb of the method that tells what can be chosen.
        shows: whether the value that the camera tells says that the wanted one has arrived.
    """

    name: str
    label: str
    category: Category
    api: str
    slot: str
    form: Form
    kind: Kind = Kind.CHOICE
    unit: str | None = None
    needs: str = "the shoot mode still"
    settles: bool = False
    candidates_in_event: bool = True
    parse: Callable[[str], object] | None = None
    lists: str = "getAvailable"
    shows: Callable[[Value | None, Value], bool] = operator.eq

    @property
    def set_method(self) -> str:
        """The method that changes it."""
        return f"set{self.api}"

    @property
    def available_method(self) -> str:
        """The method that tells what can be chosen now."""
        return f"{self.lists}{self.api}"


def _listed(
    name: str,
    label: str,
    category: Category,
    api: str,
    *,
    number: bool = False,
    kind: Kind = Kind.CHOICE,
    unit: str | None = None,
    needs: str = "the shoot mode still",
    settles: bool = False,
    parse: Callable[[str], object] | None = None,
) -> Descriptor:
    slot = api[0].lower() + api[1:]
    form = Listed(api, number=number)
    return Descriptor(name, label, category, api, slot, form, kind, unit, needs, settles, parse=parse)


def _keyed(
    name: str,
    label: str,
    category: Category,
    api: str,
    key: str,
    *,
    words: Mapping[str, str] | None = None,
    slot: str | None = None,
    event_key: str | None = None,
    number: bool = False,
    kind: Kind = Kind.CHOICE,
    unit: str | None = None,
    needs: str = "the shoot mode still",
) -> Descriptor:
    slot = slot or api[0].lower() + api[1:]
    form = Keyed(key, MappingProxyType(dict(words or {})), number=number, event_key=event_key)
    return Descriptor(name, label, category, api, slot, form, kind, unit, needs)


def _same_side(told: Value | None, wanted: Value) -> bool:
    """Whether the camera says of a program shift what it can: that there is one, or none."""
    return (told == 0) == (wanted == 0)


_MODE, _EXPOSURE, _FOCUS, _COLOUR = Category.MODE, Category.EXPOSURE, Category.FOCUS, Category.COLOUR
_DRIVE, _IMAGE, _MOVIE, _SOUND = Category.DRIVE, Category.IMAGE, Category.MOVIE, Category.SOUND
_SYSTEM = Category.SYSTEM
_IDLE = "an idle camera"
_NOT_AUTO = "an exposure mode other than Intelligent Auto and Superior Auto"

DESCRIPTORS: tuple[Descriptor, ...] = (
    _listed("shoot_mode", "Shoot mode", _MODE, "ShootMode", needs="an idle camera", settles=True),
    _listed("exposure_mode", "Exposure mode", _MODE, "ExposureMode", settles=True),
    _listed(
        "f_number", "F-number", _EXPOSURE, "FNumber",
        needs="the exposure mode Aperture or Manual", parse=FNumber.parse,
    ),
    _listed(
        "shutter_speed", "Shutter speed", _EXPOSURE, "ShutterSpeed",
        unit="s", needs="the exposure mode Shutter or Manual", parse=ShutterSpeed.parse,
    ),
    _listed("iso", "ISO", _EXPOSURE, "IsoSpeedRate", needs=_NOT_AUTO, parse=Iso.parse),
    Descriptor(
        "ev", "EV compensation", _EXPOSURE, "ExposureCompensation", "exposureCompensation", Compensation(),
        Kind.NUMBER, "EV", _NOT_AUTO,
    ),
    Descriptor(
        "program_shift", "Program shift", _EXPOSURE, "ProgramShift", "programShift", ProgramShift(),
        Kind.NUMBER, needs="the exposure mode Program Auto", candidates_in_event=False,
        parse=whole_number, lists="getSupported", shows=_same_side,
    ),
    Descriptor(
        "white_balance", "White balance", _COLOUR, "WhiteBalance", "whiteBalance", WhiteBalance(),
        needs=_NOT_AUTO, candidates_in_event=False,
    ),
    Descriptor(
        "colour_temperature", "Colour temperature", _COLOUR, "WhiteBalance", "whiteBalance",
        ColourTemperature(), Kind.NUMBER, "K", _NOT_AUTO, candidates_in_event=False,
    ),
    _listed("focus_mode", "Focus mode", _FOCUS, "FocusMode"),
    _keyed(
        "drive", "Drive", _DRIVE, "ContShootingMode", "contShootingMode",
        words={"Single": "single", "Continuous": "continuous", "Spd Priority Cont.": "speed_priority"},
    ),
    _keyed(
        "drive_speed", "Drive speed", _DRIVE, "ContShootingSpeed", "contShootingSpeed",
        needs="a drive other than single",
    ),
    _listed("flash", "Flash", _EXPOSURE, "FlashMode"),
    _listed("self_timer", "Self-timer", _DRIVE, "SelfTimer", number=True, kind=Kind.NUMBER, unit="s"),
    Descriptor(
        "still_size", "Still size", _IMAGE, "StillSize", "stillSize", StillSize(), candidates_in_event=False
    ),
    _keyed("still_quality", "Still quality", _IMAGE, "StillQuality", "stillQuality"),
    _listed("postview_size", "Postview size", _IMAGE, "PostviewImageSize"),
    _keyed("zoom_setting", "Zoom setting", Category.ZOOM, "ZoomSetting", "zoom", needs=_IDLE),
    _listed("movie_quality", "Movie quality", _MOVIE, "MovieQuality", needs="the shoot mode movie"),
    _keyed("tracking_focus", "Tracking focus", _FOCUS, "TrackingFocus", "trackingFocus", kind=Kind.SWITCH),
    _listed("beep", "Beep", _SOUND, "BeepMode", needs=_IDLE),
    _keyed(
        "silent", "Silent shooting", _SOUND, "SilentShootingSetting", "silentShooting",
        slot="silentShooting", kind=Kind.SWITCH,
    ),
    _keyed("scene", "Scene", _IMAGE, "SceneSelection", "scene", needs=_IDLE),
    _keyed("colour", "Colour", _COLOUR, "ColorSetting", "colorSetting", needs=_IDLE),
    _keyed("flip", "Flip", _IMAGE, "FlipSetting", "flip", kind=Kind.SWITCH, needs=_IDLE),
    _keyed(
        "interval", "Interval", _DRIVE, "IntervalTime", "intervalTimeSec",
        unit="s", needs="the shoot mode intervalstill",
    ),
    _keyed("movie_format", "Movie format", _MOVIE, "MovieFileFormat", "movieFileFormat", needs=_IDLE),
    _listed("steady", "Steady shot", _MOVIE, "SteadyMode", needs=_IDLE),
    _listed(
        "view_angle", "View angle", _MOVIE, "ViewAngle", number=True, kind=Kind.NUMBER, unit="°", needs=_IDLE
    ),
    _keyed(
        "loop_time", "Loop time", _MOVIE, "LoopRecTime", "loopRecTimeMin",
        event_key="loopRecTime", unit="min", needs="the shoot mode looprec",
    ),
    _keyed(
        "audio", "Sound recording", _SOUND, "AudioRecording", "audioRecording", kind=Kind.SWITCH, needs=_IDLE
    ),
    _keyed(
        "wind_noise", "Wind noise reduction", _SOUND, "WindNoiseReduction", "windNoiseReduction",
        kind=Kind.SWITCH, needs=_IDLE,
    ),
    _keyed("tv_system", "TV system", _SYSTEM, "TvColorSystem", "tvColorSystem", needs=_IDLE),
    _keyed(
        "infrared_remote", "Infrared remote", _SYSTEM, "InfraredRemoteControl", "infraredRemoteControl",
        kind=Kind.SWITCH, needs=_IDLE,
    ),
    _keyed(
        "auto_power_off", "Auto power off", _SYSTEM, "AutoPowerOff", "autoPowerOff",
        number=True, kind=Kind.NUMBER, unit="s", needs=_IDLE,
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Descriptor] = MappingProxyType({one.name: one for one in DESCRIPTORS})

LIST_METHODS: Mapping[str, str] = MappingProxyType({one.api: one.available_method for one in DESCRIPTORS})
"""The method that tells what can be chosen, by the X of setX."""
