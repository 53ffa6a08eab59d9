"""Fault rules: what they say, and how they are written on a command line.

``CHANNEL:KIND[=VALUE][,probability=P][,after=N][,count=N][,for=S][,match=TEXT][,camera=ID]``
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from emulator.faults.kinds import CHANNELS, KINDS, LONGEST_S, Occasion
from remotelens.errors import InvalidValue

_NUMBERS = {"probability": float, "after": int, "count": int, "for": float}
_TEXTS = ("match", "camera")
_MOST = {"probability": 1.0, "after": 1e9, "count": 1e9, "for": LONGEST_S}


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault, and when it strikes.

    Attributes:
        channel: where.
        kind: how; one of `KINDS`.
        value: its number, in the unit of its kind.
        probability: how likely each occasion is to be struck.
        after: how many occasions pass first.
        count: how many times it strikes; None is without end.
        for_s: how long it lives, in seconds of the cameras' time; None is without end.
        match: it strikes only what contains this text: a method, a path, a search target.
        camera: it strikes only the camera with this id.
    """

    channel: str
    kind: str
    value: float = 0.0
    probability: float = 1.0
    after: int = 0
    count: int | None = None
    for_s: float | None = None
    match: str | None = None
    camera: str | None = None

    @property
    def occasion(self) -> Occasion:
        """What it counts."""
        return KINDS[self.kind].occasion

    def as_json(self) -> dict[str, Any]:
        """Return the rule as an object of the control API."""
        names = (field.name for field in fields(self))
        return {("for" if name == "for_s" else name): getattr(self, name) for name in names}

    def as_text(self) -> str:
        """Return the rule as it is written on a command line."""
        kind = KINDS[self.kind]
        text = f"{self.channel}:{self.kind}"
        if kind.value and self.value != (kind.default or 0.0):
            text += f"={self.value:.12g}"
        given = {
            "probability": None if self.probability == 1.0 else f"{self.probability:.12g}",
            "after": self.after or None,
            "count": self.count,
            "for": None if self.for_s is None else f"{self.for_s:.12g}",
            "match": self.match,
            "camera": self.camera,
        }
        return ",".join([text, *(f"{name}={value}" for name, value in given.items() if value is not None)])


def parse_rule(text: str) -> Rule:
    """Read a rule as written on a command line.

    Raises:
        InvalidValue: it is none; the message says which part, and what there is.
    """
    channel, name, number, options = split_rule(text)
    channel = _known(channel, CHANNELS, "channel")
    kind = _known(name, [key for key, kind in KINDS.items() if channel in kind.channels], "fault")
    rule: dict[str, Any] = {"channel": channel, "kind": kind, "value": _value(kind, number)}
    return Rule(**rule, **options)


def split_rule(text: str) -> tuple[str, str, str | None, dict[str, Any]]:
    """Take a rule apart: channel, kind, its number as text, and the options.

    Raises:
        InvalidValue: it has not that form, or an option cannot be meant.
    """
    head, *rest = text.split(",")
    where, colon, how = head.partition(":")
    name, equals, number = how.partition("=")
    if not colon:
        raise InvalidValue(f"{text!r} is no fault", remedy="write CHANNEL:KIND[=VALUE], as in rpc:delay=0.5")
    options: dict[str, Any] = {}
    for option in rest:
        key, _, given = (part.strip() for part in option.partition("="))
        key = _known(key, [*_NUMBERS, *_TEXTS], "option")
        options["for_s" if key == "for" else key] = _option(key, given)
    return where.strip(), name.strip(), number.strip() if equals else None, options


def rule_of(given: Mapping[str, Any]) -> Rule:
    """Return the rule of an object of the control API.

    Raises:
        InvalidValue: it says something that cannot be.
    """
    options = {key: value for key, value in given.items() if value is not None}
    head = f"{options.pop('channel', '')}:{options.pop('kind', '')}"
    if "value" in options:
        head += f"={options.pop('value')!r}"
    rule = parse_rule(head)
    for key, value in options.items():
        if key in _NUMBERS:
            _option(key, repr(value))
        elif not value or "," in str(value):
            raise InvalidValue(f"{key} cannot be {value!r}", remedy="give a text without commas")
    return Rule(
        rule.channel,
        rule.kind,
        rule.value,
        **{("for_s" if key == "for" else key): value for key, value in options.items()},
    )


def _value(name: str, given: str | None) -> float:
    kind = KINDS[name]
    if given is None:
        if kind.value and kind.default is None:
            raise InvalidValue(f"{name} needs a number of {kind.value}", remedy=f"write {name}=NUMBER")
        return kind.default or 0.0
    if not kind.value:
        raise InvalidValue(f"{name} takes no value")
    return _number(name, given, float, kind.span)


def _option(key: str, given: str) -> float | str:
    if key in _TEXTS:
        if not given:
            raise InvalidValue(f"{key} needs a text")
        return given
    return _number(key, given, _NUMBERS[key], (0, _MOST[key]))


def _number(name: str, given: str, kind: type[float] | type[int], span: tuple[float, float]) -> float:
    try:
        number = kind(given)
    except ValueError as error:
        raise InvalidValue(f"{name} needs a number, not {given!r}") from error
    smallest, largest = span
    if not smallest <= number <= largest:
        raise InvalidValue(f"{name} cannot be {given}", remedy=f"give {smallest:.12g} to {largest:.12g}")
    return number


def _known(given: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    if given in names:
        return given
    near = difflib.get_close_matches(given, names, 1)
    remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    raise InvalidValue(f"there is no {what} {given!r} here", remedy=remedy)
