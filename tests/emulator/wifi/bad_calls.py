"""Calls that no camera may carry out, made from its own method table, and the error that each must get.

Source: protocol/wifi.md 4.1, 4.3, D.1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from emulator.profiles import Profile, load, names
from emulator.profiles.model import Method
from emulator.wifi.typecheck import fits

PROFILES = {name: load(name) for name in names()}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ILLEGAL_REQUEST = frozenset({5})


@dataclass(frozen=True, slots=True)
class BadCall:
    """One request, and what may be answered to it.

    Attributes:
        profile: the camera's.
        service: where it goes.
        body: its bytes.
        codes: the errors that are right.
        number: the id that comes back; None where none could be read.
    """

    profile: str
    service: str
    body: bytes
    codes: frozenset[int]
    number: int | None


def _encoded(call: object) -> bytes:
    return json.dumps(call, ensure_ascii=False).encode("utf-8", "surrogatepass")


@st.composite
def bad_calls(draw: st.DrawFn, profiles: tuple[str, ...] = tuple(PROFILES)) -> BadCall:
    """Draw a call that is wrong in one way."""
    name = draw(st.sampled_from(profiles))
    profile = PROFILES[name]
    service, method_name = draw(st.sampled_from(sorted(profile.method_table)))
    method = profile.method_table[service, method_name]
    number = draw(st.integers(1, 2**31 - 1))
    call: dict[str, Any] = {
        "method": method_name,
        "params": _some(draw, method),
        "id": number,
        "version": draw(st.sampled_from(method.versions)),
    }
    wrong = draw(st.sampled_from(("params", "method", "version", "id", "shape", "bytes")))
    if wrong == "params":
        call["params"] = draw(_bad_params(profile, method))
        return BadCall(name, service, _encoded(call), _refusals(method), number)
    if wrong == "method":
        call["method"] = draw(st.text(min_size=1, max_size=30).filter(lambda text: _is_free(profile, text)))
        return BadCall(name, service, _encoded(call), frozenset({12}), number)
    if wrong == "version":
        call["version"] = draw(st.sampled_from(("9.9", "", "1", "one", 7.5, 0, "1.00")))
        return BadCall(name, service, _encoded(call), frozenset({14}), number)
    if wrong == "id":
        bad = draw(st.sampled_from((0, -1, 2**31, 2**70, "1", None, 1.5, [1], True)))
        call["id"] = bad
        echoed = bad if isinstance(bad, int) and not isinstance(bad, bool) and abs(bad) <= 2**31 else None
        return BadCall(name, service, _encoded(call), ILLEGAL_REQUEST, echoed)
    if wrong == "shape":
        return draw(_misshapen(name, service, call))
    data = _encoded(call)
    cut = draw(st.integers(1, len(data) - 1))
    broken = draw(
        st.sampled_from((data[:cut], data[:cut] + b"\xff\xfe" + data[cut:], data + b"{", b"", b"\0" * 9))
    )
    return BadCall(name, service, broken, ILLEGAL_REQUEST, None)


def _some(draw: st.DrawFn, method: Method) -> list[Any]:
    """Return parameters of the right number, whatever they are."""
    return [draw(JSON) for _ in method.params]


@st.composite
def _bad_params(draw: st.DrawFn, profile: Profile, method: Method) -> list[Any]:
    """Draw parameters of a wrong number or type."""
    partial = method.service == "avContent"
    params = draw(st.lists(JSON, max_size=len(method.params) + 2))
    while fits(params, method.params, partial=partial):
        params = [*params, draw(JSON)]
    return params


@st.composite
def _misshapen(draw: st.DrawFn, name: str, service: str, call: dict[str, Any]) -> BadCall:
    """Draw a call whose members are missing or of another kind."""
    number = call["id"]
    how = draw(
        st.sampled_from(
            ("batch", "no method", "odd method", "no params", "odd params", "odd version", "no id")
        )
    )
    if how == "batch":
        shape = draw(st.sampled_from(([call], [call, call], [], "text", 7, None)))
        return BadCall(name, service, _encoded(shape), ILLEGAL_REQUEST, None)
    if how == "odd version":
        call["version"] = draw(st.sampled_from((["1.0"], {}, True)))
    elif how == "odd method":
        call["method"] = draw(st.sampled_from((7, None, "", [], {})))
    elif how == "odd params":
        call["params"] = draw(st.sampled_from(({}, None, "", 7, {"a": 1})))
    else:
        del call[how.removeprefix("no ")]
    return BadCall(name, service, _encoded(call), ILLEGAL_REQUEST, None if how == "no id" else number)


def _refusals(method: Method) -> frozenset[int]:
    """Return what a camera answers to wrong parameters of a method that it has."""
    return frozenset({403}) if method.locked else frozenset({3})


def _is_free(profile: Profile, text: str) -> bool:
    return all(text != name for _, name in profile.method_table) and text.isprintable()
