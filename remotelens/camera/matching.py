"""From what a person wrote to one of the candidates that the camera offers.

Read in any case, with or without ``f/`` and ``ISO``; exposure values are compared as values, so that
``1/250s`` finds ``1/250`` and ``22`` finds ``22.0``. What goes out is always the camera's own form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from remotelens.camera.descriptors import Descriptor
from remotelens.camera.forms import Compensation
from remotelens.camera.state import Value
from remotelens.errors import InvalidValue
from remotelens.protocol.wifi.values import Ev

_MOST_SHOWN = 24
_BETWEEN_WORDS = re.compile(r"[\s_]+")


def match(one: Descriptor, given: Value, candidates: Sequence[Value], *, camera: str | None) -> Value:
    """Return the candidate that is meant.

    Raises:
        InvalidValue: none of them; they are named.
    """
    if isinstance(one.form, Compensation):
        return _nearest_ev(one, given, candidates, camera)
    text = _words(given)
    for candidate in candidates:
        if _words(candidate) == text:
            return candidate
    if one.parse is not None:
        wanted = one.parse(str(given))
        for candidate in candidates:
            try:
                if one.parse(str(candidate)) == wanted:
                    return candidate
            except InvalidValue:
                continue
    raise _refused(one, given, candidates, camera)


def _nearest_ev(one: Descriptor, given: Value, candidates: Sequence[Value], camera: str | None) -> Value:
    wanted = Ev.parse(given) if isinstance(given, str) else given
    zero = candidates.index(0.0)
    in_halves = 0.5 in candidates or -0.5 in candidates
    try:
        nearest = Ev.nearest(
            wanted, step=2 if in_halves else 1, minimum=-zero, maximum=len(candidates) - 1 - zero
        )
    except InvalidValue as error:
        raise _refused(one, given, candidates, camera) from error
    return candidates[zero + nearest.index]


def _words(value: Value) -> str:
    """Return a value in the form in which two spellings of it are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _BETWEEN_WORDS.sub(" ", str(value).strip()).casefold()


def _refused(one: Descriptor, given: Value, candidates: Sequence[Value], camera: str | None) -> InvalidValue:
    shown = [str(candidate) for candidate in candidates]
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[: _MOST_SHOWN // 2], "…", *shown[-_MOST_SHOWN // 2 :]]
    return InvalidValue(
        f"{one.name} cannot be {str(given)[:60]}", camera=camera, remedy=f"choose one of {', '.join(shown)}"
    )
