"""The four methods of each setting: set, get, getSupported, getAvailable.

Source: protocol/wifi.md 5.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from emulator.body.camera import Body
from emulator.body.modes import FUNCTION
from emulator.body.settings import EXPOSURE_COMPENSATION, EXPOSURE_MODE, SHOOT_MODE, WHITE_BALANCE
from emulator.wifi.service import Answer, Call, Handler

STILL_SIZE = "StillSize"
PROGRAM_SHIFT = "ProgramShift"

MEMBERS: Mapping[str, str] = {
    "StillQuality": "stillQuality",
    "ContShootingMode": "contShootingMode",
    "ContShootingSpeed": "contShootingSpeed",
    "ZoomSetting": "zoom",
    "TrackingFocus": "trackingFocus",
    "MovieFileFormat": "movieFileFormat",
    "FlipSetting": "flip",
    "SceneSelection": "scene",
    "IntervalTime": "intervalTimeSec",
    "ColorSetting": "colorSetting",
    "LoopRecTime": "loopRecTimeMin",
    "AudioRecording": "audioRecording",
    "WindNoiseReduction": "windNoiseReduction",
    "InfraredRemoteControl": "infraredRemoteControl",
    "TvColorSystem": "tvColorSystem",
    "AutoPowerOff": "autoPowerOff",
    "SilentShootingSetting": "silentShooting",
}
"""Settings of the newer style: one object, whose member has this name."""


class Quartets:
    """The four methods of every setting that one camera has.

    Args:
        body: the camera.
    """

    def __init__(self, body: Body) -> None:
        self._body = body

    @property
    def names(self) -> Iterable[str]:
        """The methods there are."""
        return (f"{prefix}{setting}" for setting in self._body.profile.settings for prefix in _PREFIXES)

    def find(self, name: str) -> Handler | None:
        """Return what answers a method."""
        prefix, setting = _taken_apart(name)
        if setting not in self._body.profile.settings:
            return None
        read = _READERS.get(prefix)
        return _setter(self._body, setting) if read is None else _reader(self._body, setting, read)


def _setter(body: Body, setting: str) -> Handler:
    apply = {
        SHOOT_MODE: body.modes.set_shoot_mode,
        EXPOSURE_MODE: body.modes.set_exposure_mode,
        FUNCTION: body.modes.set_function,
    }.get(setting)

    async def handle(call: Call) -> Answer:
        value = _asked(setting, call.params)
        if apply is not None:
            apply(value)
        else:
            body.settings.set(setting, value)
        return Answer([] if setting in MEMBERS else [0])

    return handle


def _reader(body: Body, setting: str, read: Callable[[Body, str], list[Any]]) -> Handler:
    async def handle(_call: Call) -> Answer:
        return Answer(read(body, setting))

    return handle


def _asked(setting: str, params: list[Any]) -> Any:
    """Return the value that a set call asks for."""
    if setting in MEMBERS:
        return params[0][MEMBERS[setting]]
    if setting == WHITE_BALANCE:
        mode, by_temperature, kelvin = params
        return mode, (kelvin if by_temperature else -1)
    if setting == STILL_SIZE:
        return tuple(params)
    return params[0]


def _current(body: Body, setting: str) -> list[Any]:
    return [_shown(setting, body.settings.value(setting))]


def _supported(body: Body, setting: str) -> list[Any]:
    supported = body.settings.supported(setting)
    if setting == EXPOSURE_COMPENSATION:
        largest, smallest, step = zip(*supported, strict=True)
        return [list(largest), list(smallest), list(step)]
    if setting == PROGRAM_SHIFT:
        return [list(supported[0])]
    choices = [_choice(setting, value) for value in supported]
    return [{"candidate": choices}] if setting in MEMBERS else [choices]


def _available(body: Body, setting: str) -> list[Any]:
    value = body.settings.value(setting)
    if setting == EXPOSURE_COMPENSATION:
        return [value, *body.settings.span(setting)]
    choices = [_choice(setting, candidate) for candidate in body.settings.candidates(setting)]
    if setting in MEMBERS:
        return [{MEMBERS[setting]: value, "candidate": choices}]
    return [_shown(setting, value), choices]


def _shown(setting: str, value: Any) -> Any:
    """Return a current value as it is told."""
    if setting in MEMBERS:
        return {MEMBERS[setting]: value}
    if setting == WHITE_BALANCE:
        return {"whiteBalanceMode": value[0], "colorTemperature": value[1]}
    return _choice(setting, value)


def _choice(setting: str, value: Any) -> Any:
    """Return a candidate as it is told."""
    if setting == STILL_SIZE:
        return {"aspect": value[0], "size": value[1]}
    if setting == WHITE_BALANCE:
        return {"whiteBalanceMode": value[0], "colorTemperatureRange": list(value[1:])}
    return value


_READERS: Mapping[str, Callable[[Body, str], list[Any]]] = MappingProxyType(
    {"getSupported": _supported, "getAvailable": _available, "get": _current}
)
_PREFIXES = (*_READERS, "set")


@lru_cache(1024)
def _taken_apart(name: str) -> tuple[str, str]:
    """Take a method's name apart into what it does and with which setting."""
    prefix = next((prefix for prefix in _PREFIXES if name.startswith(prefix)), "")
    return (prefix, name.removeprefix(prefix)) if prefix else ("", "")
