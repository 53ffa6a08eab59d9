"""What the method table says of one call: whether its parameters fit, and what it is in words.

Objects may leave members out, as some of them are optional (protocol/wifi.md 9.3); methods that the table
does not know are not judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from remotelens.errors import InvalidValue
from remotelens.protocol.wifi.methods import Method, find
from remotelens.protocol.wifi.types import Type


def signature(method: Method) -> str:
    """Return a method with what it takes and gives, as ``camera.actZoom(string, string) -> int``."""
    params, results = (", ".join(map(str, kinds)) for kinds in (method.params, method.results))
    if method.name == "getEvent":
        results = f"{len(method.results)} slots"
    return f"{method.service}.{method.name}({params}) -> {results or 'nothing'}"


def describe(method: Method) -> Iterator[str]:
    """Yield what is known of a method, a line each."""
    yield signature(method)
    yield f"versions: {', '.join(method.versions)}"
    yield f"allowed while the camera says: {', '.join(method.states) or 'anything'}"
    yield f"its effect is told by the event: {method.event or '-'}"
    yield f"changes something on the camera: {'yes' if method.changes else 'no'}"
    yield f"how sure: {method.source}"


def check_params(service: str, name: str, params: Sequence[Any]) -> None:
    """See that the parameters are as many and of the types that the table has for a method.

    Raises:
        InvalidValue: they are not; the method's signature is named.
    """
    method = find(service, name)
    if method is None:
        return
    remedy = f"it is {signature(method)}"
    if len(params) != len(method.params):
        raise InvalidValue(
            f"{name} takes {len(method.params) or 'no'} parameters, not {len(params)}", remedy=remedy
        )
    for number, (value, kind) in enumerate(zip(params, method.params, strict=True), start=1):
        if not _fits(value, kind):
            raise InvalidValue(f"parameter {number} of {name} is not of the type {kind}", remedy=remedy)


def _fits(value: Any, kind: Type) -> bool:
    if kind.array:
        return isinstance(value, list) and all(_is_one(item, kind) for item in value)
    return _is_one(value, kind)


def _is_one(value: Any, kind: Type) -> bool:
    if kind.fields is not None:
        members = dict(kind.fields)
        return isinstance(value, dict) and all(
            key in members and (item is None or _fits(item, members[key])) for key, item in value.items()
        )
    match kind.name:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "double":
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case "string":
            return isinstance(value, str)
        case _:
            return True
