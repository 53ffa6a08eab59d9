"""Whether a call's parameters are of the types that the method's type strings ask for.

The strings are those of getMethodTypes: ``bool int double string``, ``*`` for an array, a JSON object of
members for an object. An unknown name fits anything.

Source: protocol/wifi.md 4.4, appendix A.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import Any


def fits(params: Sequence[Any], types: Sequence[str], *, partial: bool = False) -> bool:
    """Whether the parameters are as many and of those types.

    Args:
        params: as decoded from JSON.
        types: one type string a parameter.
        partial: objects may leave members out.
    """
    if len(params) != len(types):
        return False
    return not types or all(
        _fits(value, kind, partial=partial) for value, kind in zip(params, types, strict=True)
    )


def _fits(value: Any, kind: str, *, partial: bool) -> bool:
    if kind.endswith("*"):
        return isinstance(value, list) and all(_fits(item, kind[:-1], partial=partial) for item in value)
    if kind.startswith("{"):
        return _fits_object(value, _members(kind), partial=partial)
    match kind:
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


def _fits_object(value: Any, members: dict[str, str], *, partial: bool) -> bool:
    if not isinstance(value, dict):
        return False
    for name, kind in members.items():
        if name not in value or (partial and value[name] is None):
            if not partial:
                return False
            continue
        if not _fits(value[name], kind, partial=partial):
            return False
    return True


@cache
def _members(kind: str) -> dict[str, str]:
    members: dict[str, str] = json.loads(kind)
    return members
