"""Fault rules: what they say, and how they are written on a command line.

``CHANNEL:KIND[=VALUE][,probability=P][,after=N][,count=N][,for=S][,match=TEXT][,camera=ID]``
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from remotelens.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to misbehave.

    Attributes:
        channels: where it can happen.
        does: what the client sees.
        value: what the number after ``=`` means; empty where there is none.
        default: the number when none is given; None where one must be.
    """

    channels: frozenset[str]
    does: str
    value: str = ""
    default: float | None = None


HTTP = frozenset({"description", "rpc", "event", "liveview", "contents"})
CALLS = frozenset({"rpc", "event"})

KINDS: dict[str, Kind] = {
    "delay": Kind(HTTP, "the answer begins later", "seconds"),
    "reset": Kind(HTTP, "the connection is reset after so much of the body", "bytes", 0),
    "truncate": Kind(HTTP, "the connection is closed after so much of the body", "bytes"),
    "stall": Kind(HTTP, "nothing more comes after so much of the body", "bytes", 0),
    "shorten": Kind(
        frozenset({"description", "rpc", "event", "contents"}),
        "the body ends after so much, and its length says so",
        "bytes",
    ),
    "corrupt": Kind(HTTP, "about one byte in so many is wrong", "bytes", 4096),
    "garbage": Kind(
        frozenset({"description", "rpc", "event", "contents"}), "the body is noise of the same length"
    ),
    "oversize": Kind(
        frozenset({"description", "rpc", "event", "contents"}), "the body is noise of so many bytes", "bytes"
    ),
    "bomb": Kind(frozenset({"description"}), "the body is XML that grows without bound when it is read"),
    "error": Kind(CALLS, "the call fails with that error number", "error number"),
    "hang": Kind(CALLS, "the call is not carried out and never answered"),
    "silence": Kind(frozenset({"ssdp"}), "searches are not answered"),
}
CHANNELS = tuple(sorted({channel for kind in KINDS.values() for channel in kind.channels}))

_NUMBERS = {"probability": float, "after": int, "count": int, "for": float}
_TEXTS = ("match", "camera")


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

    def as_json(self) -> dict[str, Any]:
        """Return the rule as an object of the control API."""
        names = (field.name for field in fields(self))
        return {("for" if name == "for_s" else name): getattr(self, name) for name in names}


def parse_rule(text: str) -> Rule:
    """Read a rule as written on a command line.

    Raises:
        InvalidValue: it is none; the message says which part, and what there is.
    """
    head, *options = text.split(",")
    where, colon, how = head.partition(":")
    name, equals, number = how.partition("=")
    if not colon:
        raise InvalidValue(f"{text!r} is no fault", remedy="write CHANNEL:KIND[=VALUE], as in rpc:delay=0.5")
    channel = _known(where.strip(), CHANNELS, "channel")
    kind = _known(name.strip(), [key for key, kind in KINDS.items() if channel in kind.channels], "fault")
    rule: dict[str, Any] = {
        "channel": channel,
        "kind": kind,
        "value": _value(kind, number if equals else None),
    }
    for option in options:
        key, equals, given = (part.strip() for part in option.partition("="))
        key = _known(key, [*_NUMBERS, *_TEXTS], "option")
        rule["for_s" if key == "for" else key] = _option(key, given)
    return Rule(**rule)


def _value(name: str, given: str | None) -> float:
    kind = KINDS[name]
    if given is None:
        if kind.value and kind.default is None:
            raise InvalidValue(f"{name} needs a number of {kind.value}", remedy=f"write {name}=NUMBER")
        return kind.default or 0.0
    if not kind.value:
        raise InvalidValue(f"{name} takes no value")
    return _number(name, given, float)


def _option(key: str, given: str) -> float | str:
    if key in _TEXTS:
        if not given:
            raise InvalidValue(f"{key} needs a text")
        return given
    number = _number(key, given, _NUMBERS[key])
    if key == "probability" and number > 1.0:
        raise InvalidValue(f"probability is {given}, and cannot be above 1")
    return number


def _number(name: str, given: str, kind: type[float] | type[int]) -> float:
    try:
        number = kind(given)
    except ValueError as error:
        raise InvalidValue(f"{name} needs a number, not {given!r}") from error
    if not 0 <= number < float("inf"):
        raise InvalidValue(f"{name} cannot be {given}")
    return number


def _known(given: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    if given in names:
        return given
    near = difflib.get_close_matches(given, names, 1)
    remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    raise InvalidValue(f"there is no {what} {given!r} here", remedy=remedy)
