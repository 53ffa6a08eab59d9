"""The camera's settings: values, candidates, and which mode lets them be set.

What can be set, in which mode and to what, stands in the profile. A value that is accepted arrives a moment
later, as on the camera: only then it is told. Anything that acts (a capture, a mode change) takes everything
accepted before it into account.

Source: protocol/wifi.md 5.3, 7.3; models.md 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.body.bell import Bell
from emulator.body.refusals import Reason, Refused
from emulator.clock import Clock, Handle
from emulator.profiles import Profile
from emulator.profiles.model import Setting, mode_name

Value = Any
"""A setting's value: text, a number, or a tuple of them; compared by equality."""

SHOOT_MODE = "ShootMode"
EXPOSURE_MODE = "ExposureMode"
EXPOSURE_COMPENSATION = "ExposureCompensation"
WHITE_BALANCE = "WhiteBalance"
_SPANS = frozenset({EXPOSURE_COMPENSATION, "ProgramShift"})
"""Settings whose candidates are one span: largest, smallest, and for some the step's id."""
_UNUSABLE = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Interlock:
    """A value of one setting that keeps another from being set."""

    setting: str
    by: str
    when: Callable[[Value], bool]
    source: str


INTERLOCKS = (
    Interlock(
        "ZoomSetting",
        "StillQuality",
        lambda quality: str(quality).startswith("RAW"),
        "assumed: qx1_getAvailableApiList.node-sonycam.json lacks setZoomSetting; raw knows no digital zoom",
    ),
)


@dataclass(frozen=True, slots=True)
class _InMode:
    """What the profile says of one setting in one mode."""

    settable: bool
    shown: bool
    candidates: tuple[Value, ...]
    fixed: Value | None


class Settings:
    """What is set on one camera.

    Args:
        profile: what can be set.
        clock: camera time.
        bell: rung when a value arrives.
    """

    def __init__(self, profile: Profile, clock: Clock, bell: Bell) -> None:
        self._profile = profile
        self._clock = clock
        self._bell = bell
        self._values: dict[str, Value] = {
            name: _frozen(facts.default) for name, facts in profile.settings.items()
        }
        self._coming: dict[str, tuple[Value, Handle]] = {}
        self._mode_of: tuple[tuple[str, str], str] = (("", ""), "")
        self._now: dict[str, _InMode] = {}
        self._ever: dict[str, tuple[Value, ...]] = {}
        self.revision = 0
        """Another one after each change of a value."""
        self.readings: dict[str, Callable[[], Value]] = {}
        """By setting, what is told where it cannot be set: the automatic's own choice."""
        self.filters: dict[str, Callable[[tuple[Value, ...]], tuple[Value, ...]]] = {}
        """By setting, what narrows its candidates further: the lens."""
        self.ranges: dict[str, Callable[[tuple[Value, ...]], tuple[Value, ...]]] = {}
        """By setting, what narrows all that it can ever be: the lens, too."""

    def __contains__(self, name: object) -> bool:
        return name in self._values

    @property
    def mode(self) -> str:
        """The present mode as profiles write it, such as ``still:P``."""
        key = self._values[SHOOT_MODE], self._values.get(EXPOSURE_MODE, "")
        if self._mode_of[0] != key:
            self._mode_of = key, mode_name(*key)
            self._now = _shared(self._profile, self._mode_of[1])
        return self._mode_of[1]

    @property
    def shoot_mode(self) -> str:
        """``still``, ``movie`` or another."""
        return str(self._values[SHOOT_MODE])

    @property
    def exposure_mode(self) -> str:
        """``Program Auto`` or another; empty where there is none."""
        return str(self._values.get(EXPOSURE_MODE, ""))

    def facts(self, name: str) -> Setting:
        """Return what the profile says of a setting."""
        return self._profile.settings[name]

    def is_settable(self, name: str) -> bool:
        """Whether it can be set in the present mode."""
        if name not in self._values or not self._in_mode(name).settable:
            return False
        return not any(lock.setting == name and lock.when(self._values.get(lock.by)) for lock in INTERLOCKS)

    def is_shown(self, name: str) -> bool:
        """Whether its value is told in the present mode."""
        if name not in self._values or not self._in_mode(name).shown:
            return False
        return self.is_settable(name) or not self._in_mode(name).settable

    def value(self, name: str) -> Value:
        """Return the value that counts in the present mode."""
        in_mode = self._in_mode(name)
        if in_mode.fixed is not None:
            return in_mode.fixed
        candidates = self.candidates(name)
        if name in self.readings and not (in_mode.settable and candidates):
            return self.readings[name]()
        value = self._values[name]
        if name in _SPANS:
            largest, smallest = self.span(name)[:2]
            return min(max(value, smallest), largest)
        if name == WHITE_BALANCE or not candidates or value in candidates:
            return value
        return candidates[0]

    def get(self, name: str, default: Value = None) -> Value:
        """Return the value that counts, or the default where the camera has no such setting."""
        return self.value(name) if name in self._values else default

    def candidates(self, name: str) -> tuple[Value, ...]:
        """Return what it can be set to now."""
        if not self.is_settable(name):
            return ()
        candidates = self._in_mode(name).candidates
        narrow = self.filters.get(name)
        return narrow(candidates) if narrow else candidates

    def supported(self, name: str) -> tuple[Value, ...]:
        """Return everything it can ever be."""
        supported = self._ever.get(name)
        if supported is None:
            supported = self._ever[name] = _frozen(self.facts(name).supported)
        narrow = self.ranges.get(name)
        return narrow(supported) if narrow else supported

    def span(self, name: str) -> tuple[int, ...]:
        """Return largest, smallest and step id of a setting that has a span; zeros where it cannot be set."""
        candidates = self.candidates(name)
        return tuple(candidates[0]) if candidates else _UNUSABLE

    def set(self, name: str, value: Value) -> None:
        """Accept a value; it arrives a moment later.

        Raises:
            Refused: it cannot be set now, or not to that.
        """
        offered = self.check(name, value)
        self._drop(name)
        handle = self._clock.call_later(self._profile.timings.setting, lambda: self._arrive(name))
        self._coming[name] = (offered, handle)

    def check(self, name: str, value: Value) -> Value:
        """Refuse what `set` would refuse, and change nothing; returns the value in the camera's own types."""
        if not self.is_settable(name):
            raise Refused(Reason.NOT_NOW, f"{name} cannot be set in {self.mode}")
        offered = self._offered(name, _frozen(value))
        if offered is None:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"{name} cannot be {value!r} in {self.mode}")
        return offered

    def change(self, name: str, value: Value) -> None:
        """Change a value at once, unasked: a mode has been reached, another setting forces it."""
        self._drop(name)
        if name in self._values and self._values[name] != value:
            self._put(name, _frozen(value))

    def flush(self) -> None:
        """Let everything accepted so far arrive now: something acts on it."""
        for name in tuple(self._coming):
            self._arrive(name)

    def reset(self, *names: str) -> None:
        """Set back to what they are after power on."""
        for name in names:
            if name in self._values:
                self.change(name, _frozen(self.facts(name).default))

    @property
    def state(self) -> Mapping[str, Value]:
        """What is set or about to be, whether it counts in the present mode or not."""
        return {**self._values, **{name: value for name, (value, _) in self._coming.items()}}

    @state.setter
    def state(self, state: Mapping[str, Value]) -> None:
        for name in tuple(self._coming):
            self._drop(name)
        self._values = {name: _frozen(state.get(name, value)) for name, value in self._values.items()}
        self.revision += 1
        self._bell.ring("settings")

    def snapshot(self) -> Mapping[str, Value]:
        """Return every value that counts now."""
        return {name: self.value(name) for name in self._values}

    def _in_mode(self, name: str) -> _InMode:
        mode = self.mode
        known = self._now.get(name)
        if known is None:
            facts = self.facts(name)
            known = _InMode(
                facts.is_settable(mode),
                facts.is_shown(mode),
                _frozen(facts.candidates_in(mode)),
                _frozen(facts.fixed_in(mode)),
            )
            self._now[name] = known
        return known

    def _offered(self, name: str, value: Value) -> Value | None:
        """Return the value as the camera has it; None where it is not to be had."""
        if name in _SPANS:
            largest, smallest = self.span(name)[:2]
            return value if type(value) is int and smallest <= value <= largest else None
        if name == WHITE_BALANCE:
            return value if self._offers_white_balance(value) else None
        return next((one for one in self.candidates(name) if _equal(one, value)), None)

    def _offers_white_balance(self, value: Value) -> bool:
        if not isinstance(value, tuple) or len(value) != 2 or type(value[1]) is not int:
            return False
        mode, kelvin = value
        for offered, *temperatures in self.candidates(WHITE_BALANCE):
            if offered == mode:
                if not temperatures:
                    return bool(kelvin == -1)
                highest, lowest, step = temperatures
                return bool(lowest <= kelvin <= highest and (kelvin - lowest) % step == 0)
        return False

    def _arrive(self, name: str) -> None:
        value, handle = self._coming.pop(name)
        handle.cancel()
        if self._values[name] != value:
            self._put(name, value)

    def _put(self, name: str, value: Value) -> None:
        self._values[name] = value
        self.revision += 1
        self._bell.ring("settings")

    def _drop(self, name: str) -> None:
        coming = self._coming.pop(name, None)
        if coming is not None:
            coming[1].cancel()


_SHARED: dict[tuple[int, str], tuple[Profile, dict[str, _InMode]]] = {}
_MOST_SHARED = 1000


def _shared(profile: Profile, mode: str) -> dict[str, _InMode]:
    """Return what is known of a profile's settings in a mode, the same for all cameras of that profile."""
    if len(_SHARED) > _MOST_SHARED:
        _SHARED.clear()
    return _SHARED.setdefault((id(profile), mode), (profile, {}))[1]


def _frozen(value: Any) -> Any:
    """Return the value with lists as tuples, so that values compare and cannot be changed."""
    return tuple(_frozen(item) for item in value) if isinstance(value, (list, tuple)) else value


def _equal(one: Value, other: Value) -> bool:
    """Whether two values are the same; unlike elsewhere, True is not 1."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
