"""The forms in which settings stand on the wire, and how each becomes a value that people write.

A form reads the setting's entry in the camera's events, the answer of its getAvailable method, and lays out
the parameters of its set method. Source: protocol/wifi.md 5.3 and 6.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from remotelens.camera.state import Value
from remotelens.errors import InvalidValue

COLOUR_TEMPERATURE_MODE = "Color Temperature"
_EV_STEPS = {1: 3, 2: 2}
_MOST_CANDIDATES = 1000
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What one entry tells: the value, and what can be chosen; None where it does not tell that."""

    value: Value | None
    candidates: tuple[Value, ...] | None


NOTHING = Reading(None, None)


class Form(Protocol):
    """How one setting stands on the wire."""

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read the setting's entry in an event."""
        ...

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read the answer of its getAvailable method."""
        ...

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out the parameters of its set method for one of the candidates."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """The old style: a bare value and a list; in events ``currentX`` and ``xCandidates``.

    Args:
        api: the X of setX, for example ``FNumber``.
        number: whether values are integers, else text.
    """

    api: str
    number: bool = False

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read ``currentX`` and ``xCandidates``."""
        key = self.api[0].lower() + self.api[1:]
        return self._reading(entry.get(f"current{self.api}"), entry.get(f"{key}Candidates"))

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read ``[current, [candidates]]``."""
        return self._reading(*values[:2]) if len(values) >= 2 else NOTHING

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``[value]``."""
        return [value]

    def _reading(self, value: object, candidates: object) -> Reading:
        wanted: type = int if self.number else str
        return Reading(_valid(value, wanted), _valid_list(candidates, wanted))


@dataclass(frozen=True, slots=True)
class Keyed:
    """The new style: one object with the value under the setting's own key, and ``candidate``.

    Args:
        key: the member that holds the value.
        words: the camera's words that have a name of ours.
        number: whether values are integers, else text.
        event_key: the member that holds the value in events, where that may be another.
    """

    key: str
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    number: bool = False
    event_key: str | None = None

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read the key and ``candidate``."""
        wanted: type = int if self.number else str
        told = (
            entry.get(self.key) if self.event_key is None else entry.get(self.event_key, entry.get(self.key))
        )
        value = _valid(told, wanted)
        candidates = _valid_list(entry.get("candidate"), wanted)
        return Reading(
            self._named(value), None if candidates is None else tuple(map(self._named_always, candidates))
        )

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read ``[{key: value, candidate: […]}]``."""
        return self.from_event(values[0]) if values and isinstance(values[0], dict) else NOTHING

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``[{key: value}]``."""
        camera_words = {ours: theirs for theirs, ours in self.words.items()}
        return [{self.key: camera_words.get(str(value), value)}]

    def _named(self, value: Value | None) -> Value | None:
        return None if value is None else self._named_always(value)

    def _named_always(self, value: Value) -> Value:
        return self.words.get(str(value), value)


@dataclass(frozen=True, slots=True)
class Compensation:
    """EV compensation: an index with its ends and its step; the value is in EV, with one decimal."""

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read the four members of the exposureCompensation entry."""
        name = "ExposureCompensation"
        return self._reading(
            entry.get(f"current{name}"),
            entry.get(f"max{name}"),
            entry.get(f"min{name}"),
            entry.get(f"stepIndexOf{name}"),
        )

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read ``[current, max, min, step]``."""
        return self._reading(*values[:4]) if len(values) >= 4 else NOTHING

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``[index]``: how many steps the candidate lies from zero."""
        return [candidates.index(value) - candidates.index(0.0)]

    def _reading(self, index: object, most: object, least: object, step: object) -> Reading:
        per_ev = _EV_STEPS.get(step) if isinstance(step, int) else None
        if per_ev is None or not (
            isinstance(index, int) and isinstance(most, int) and isinstance(least, int)
        ):
            return Reading(None, ())
        if not least <= 0 <= most or not least <= index <= most or most - least > _MOST_CANDIDATES:
            return Reading(None, ())
        return Reading(_ev(index, per_ev), tuple(_ev(step, per_ev) for step in range(least, most + 1)))


@dataclass(frozen=True, slots=True)
class ProgramShift:
    """How far the program is shifted, in steps; the camera tells only whether it is."""

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read isShifted: no shift is 0, any other is not told."""
        return Reading(0 if entry.get("isShifted") is False else None, None)

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read ``[[max, min]]`` of getSupportedProgramShift."""
        limits = values[0] if values and isinstance(values[0], list) else []
        if len(limits) < 2 or not all(type(limit) is int for limit in limits[:2]):
            return NOTHING
        most, least = limits[:2]
        if not least <= 0 <= most or most - least > _MOST_CANDIDATES:
            return NOTHING
        return Reading(None, tuple(range(least, most + 1)))

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``[steps]``."""
        return [value]


@dataclass(frozen=True, slots=True)
class StillSize:
    """Aspect and size as one value, ``3:2 20M``; events tell no candidates, getAvailableStillSize does."""

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read currentAspect and currentSize."""
        return Reading(
            self._named({"aspect": entry.get("currentAspect"), "size": entry.get("currentSize")}), None
        )

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read ``[{aspect, size}, [{aspect, size}…]]``."""
        if len(values) < 2:
            return NOTHING
        offered = values[1] if isinstance(values[1], list) else []
        names = (self._named(entry) for entry in offered[:_MOST_CANDIDATES])
        return Reading(self._named(values[0]), tuple(name for name in names if name is not None))

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``[aspect, size]``."""
        aspect, _, size = str(value).partition(" ")
        return [aspect, size]

    def _named(self, entry: object) -> str | None:
        if not isinstance(entry, dict):
            return None
        aspect, size = entry.get("aspect"), entry.get("size")
        if not (isinstance(aspect, str) and isinstance(size, str) and aspect and size):
            return None
        return f"{aspect} {size}"


@dataclass(frozen=True, slots=True)
class WhiteBalance:
    """The white balance mode; its candidates come from getAvailableWhiteBalance."""

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read currentWhiteBalanceMode."""
        return Reading(_valid(entry.get("currentWhiteBalanceMode"), str), None)

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read ``[{whiteBalanceMode, …}, [{whiteBalanceMode, colorTemperatureRange}…]]``."""
        modes = tuple(mode for mode, _ in _white_balance_modes(values))
        current = values[0].get("whiteBalanceMode") if values and isinstance(values[0], dict) else None
        return Reading(_valid(current, str), modes)

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``[mode, false, -1]``: the temperature stays what it was."""
        return [value, False, -1]


@dataclass(frozen=True, slots=True)
class ColourTemperature:
    """The temperature of the white balance mode of that name, in kelvin."""

    def from_event(self, entry: Mapping[str, Any]) -> Reading:
        """Read currentColorTemperature; it says nothing in any other mode."""
        return Reading(self._kelvin(entry.get("currentColorTemperature")), None)

    def from_available(self, values: Sequence[Any]) -> Reading:
        """Read the range ``[max, min, step]`` of the mode that has one."""
        current = values[0].get("colorTemperature") if values and isinstance(values[0], dict) else None
        candidates: tuple[Value, ...] = ()
        for mode, limits in _white_balance_modes(values):
            if mode != COLOUR_TEMPERATURE_MODE or len(limits) != 3:
                continue
            most, least, step = limits
            if step > 0 and 0 < least <= most and (most - least) // step < _MOST_CANDIDATES:
                candidates = tuple(range(least, most + 1, step))
        return Reading(self._kelvin(current), candidates)

    def to_params(self, value: Value, candidates: Sequence[Value]) -> list[Any]:
        """Lay out ``["Color Temperature", true, kelvin]``."""
        return [COLOUR_TEMPERATURE_MODE, True, value]

    def _kelvin(self, value: object) -> int | None:
        return value if isinstance(value, int) and value > 0 else None


def _white_balance_modes(values: Sequence[Any]) -> list[tuple[str, list[int]]]:
    """Return the modes offered, each with its range of temperatures, which is empty for most."""
    offered = values[1] if len(values) >= 2 and isinstance(values[1], list) else []
    modes: list[tuple[str, list[int]]] = []
    for entry in offered[:_MOST_CANDIDATES]:
        mode = entry.get("whiteBalanceMode") if isinstance(entry, dict) else None
        if isinstance(mode, str) and mode:
            limits = entry.get("colorTemperatureRange")
            whole = isinstance(limits, list) and all(isinstance(limit, int) for limit in limits)
            modes.append((mode, limits if whole else []))
    return modes


def whole_number(text: str) -> int:
    """Read a whole number, with or without a sign.

    Raises:
        InvalidValue: it is none.
    """
    if len(text) > _MOST_DIGITS or not text.strip().lstrip("+-").isdecimal():
        raise InvalidValue(f"{text[:_MOST_DIGITS]!r} is no whole number", remedy="write for example -2 or +3")
    try:
        return int(text)
    except ValueError as error:
        raise InvalidValue(f"{text!r} is no whole number", remedy="write for example -2 or +3") from error


def _ev(index: int, per_ev: int) -> float:
    """Return an index in EV with one decimal, as cameras show it: 0.3, 0.7, 1.0."""
    return round(index / per_ev, 1) + 0.0


def _valid(value: object, kind: type) -> Value | None:
    """Return the value, or None where the camera marks it as invalid by an empty text."""
    if not isinstance(value, kind) or isinstance(value, bool) or value == "":
        return None
    assert isinstance(value, str | int)
    return value


def _valid_list(values: object, kind: type) -> tuple[Value, ...] | None:
    if not isinstance(values, list):
        return None
    checked = (_valid(value, kind) for value in values[:_MOST_CANDIDATES])
    return tuple(value for value in checked if value is not None)
