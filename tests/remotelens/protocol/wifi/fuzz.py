"""What the property tests of the codecs share: settings, damaged inputs, JSON of every shape."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

# No deadline: the machines that run this are shared, and a slow example is no failure.
quick = settings(deadline=None, max_examples=120, database=None)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)


@st.composite
def damaged(draw: st.DrawFn, original: bytes) -> bytes:
    """Return the original with some bytes changed, cut out or put in, and perhaps cut short."""
    data = bytearray(original)
    for _ in range(draw(st.integers(0, 6))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(("change", "remove", "insert"))):
            case "change":
                data[at] = draw(st.integers(0, 255))
            case "remove":
                del data[at : at + draw(st.integers(1, 40))]
            case _:
                data[at:at] = draw(st.binary(min_size=1, max_size=20))
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """Return the data in pieces of any size, also empty ones."""
    borders = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    edges = [0, *borders, len(data)]
    return [data[begin:end] for begin, end in pairwise(edges)]
