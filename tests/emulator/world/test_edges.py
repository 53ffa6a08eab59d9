"""Soft edges: how much of an interval is covered."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emulator.world.edges import span, spans

_MIDDLES = st.floats(-5, 5)
_SIZES = st.floats(0.11, 4)


@given(st.lists(st.tuples(_MIDDLES, _SIZES), min_size=1, max_size=5), st.floats(1e-4, 0.05))
def test_intervals_covered_together_are_those_covered_one_by_one(
    intervals: list[tuple[float, float]], half_width: float
) -> None:
    lows = [middle - size / 2 for middle, size in intervals]
    highs = [middle + size / 2 for middle, size in intervals]
    for position in (
        np.linspace(-7, 7, 201, dtype=np.float32).reshape(shape) for shape in ((1, -1), (-1, 1))
    ):
        together = spans(position, lows, highs, half_width)
        for found, low, high in zip(together, lows, highs, strict=True):
            assert (found == span(position, low, high, half_width)).all()


@given(_MIDDLES, st.floats(1e-3, 4), st.floats(1e-3, 4))
def test_an_edge_moves_light_and_loses_none(middle: float, size: float, half_width: float) -> None:
    step = 0.01
    position = np.arange(-12, 12, step, dtype=np.float32).reshape(1, -1)
    covered = span(position, middle - size / 2, middle + size / 2, half_width)
    assert covered.min() >= -1e-6
    assert covered.max() <= 1 + 1e-6
    assert abs(float(covered.sum()) * step - size) <= max(step, 0.002 * size)
