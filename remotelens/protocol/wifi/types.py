"""The type notation of getMethodTypes.

`bool int double string`, a trailing `*` for an array; an object is written as JSON text, `{"key":"type", …}`,
with `*` after the brace for an array of objects. Newer bodies also use names of their own
(`BatteryInfoParams[]`): they are kept as they are.

Source: protocol/wifi.md 4.4 and appendix A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from remotelens.errors import RemoteProtocolError

SCALARS = frozenset({"bool", "int", "double", "string"})

MAX_TYPE_CHARS = 4096
MAX_METHODS = 1024

_objects = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class Type:
    """One type: an object of those `fields`, or, where they are None, a scalar or a camera's own name."""

    name: str
    array: bool = False
    fields: tuple[tuple[str, Type], ...] | None = None

    def __str__(self) -> str:
        """The type in the notation of family A."""
        star = "*" if self.array else ""
        if self.fields is None:
            return f"{self.name}{star}"
        members = ", ".join(f'"{key}":"{kind}"' for key, kind in self.fields)
        return f"{{{members}}}{star}"

    @property
    def known(self) -> bool:
        """Whether the notation defines it, with all its members."""
        if self.fields is None:
            return self.name in SCALARS
        return all(kind.known for _, kind in self.fields)


@dataclass(frozen=True, slots=True)
class MethodType:
    """One entry of getMethodTypes."""

    name: str
    params: tuple[Type, ...]
    results: tuple[Type, ...]
    version: str


def parse_type(text: str) -> Type:
    """Read one type.

    Raises:
        RemoteProtocolError: an object that is none, or a text longer than any camera's.
    """
    if len(text) > MAX_TYPE_CHARS:
        raise RemoteProtocolError(f"a type of {len(text)} characters is longer than any camera's")
    text = text.strip()
    array = text.endswith("*")
    core = text.removesuffix("*").rstrip()
    if not core.startswith("{"):
        return Type(name=core, array=array)
    try:
        members = _objects.decode(core.encode("utf-8", "replace"))
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise RemoteProtocolError(f"{text[:60]!r} is no object type") from error
    fields = tuple((key, _member(kind)) for key, kind in members.items())
    return Type(name="object", array=array, fields=fields)


def decode_method_types(results: list[Any]) -> tuple[MethodType, ...]:
    """Read the values of a getMethodTypes answer; the camera's order is kept.

    Raises:
        RemoteProtocolError: an entry that is not `[name, [params], [results], version]`.
    """
    if len(results) > MAX_METHODS:
        raise RemoteProtocolError(f"the answer to getMethodTypes lists {len(results)} methods")
    return tuple(_method_type(entry) for entry in results)


def encode_method_type(method: MethodType) -> list[Any]:
    """Return one entry of a getMethodTypes answer."""
    return [
        method.name,
        [str(kind) for kind in method.params],
        [str(kind) for kind in method.results],
        method.version,
    ]


def _method_type(entry: Any) -> MethodType:
    match entry:
        case [str(name), list(params), list(results), str(version)] if all(
            isinstance(kind, str) for kind in [*params, *results]
        ):
            return MethodType(
                name=name,
                params=tuple(map(parse_type, params)),
                results=tuple(map(parse_type, results)),
                version=version,
            )
        case _:
            raise RemoteProtocolError("an entry of getMethodTypes is not [name, params, results, version]")


def _member(text: str) -> Type:
    """Read the type of an object's member; no camera nests objects there."""
    return Type(name=text.removesuffix("*"), array=text.endswith("*"))
