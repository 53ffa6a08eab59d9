"""How pictures lie in boxes of cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.dashboard.render.fit import Fit, fit


@pytest.mark.parametrize(
    ("shape", "box", "cells"),
    [
        ((640, 480), (80, 24), (64, 24)),
        ((640, 480), (53, 40), (53, 20)),
        ((640, 480), (160, 45), (120, 45)),
        ((640, 424), (100, 20), (60, 20)),
        ((480, 640), (100, 20), (30, 20)),
        ((640, 480), (1, 1), (1, 1)),
        ((640, 480), (0, 10), (0, 0)),
        ((0, 0), (10, 10), (0, 0)),
    ],
)
def test_the_picture_keeps_its_shape(
    shape: tuple[int, int], box: tuple[int, int], cells: tuple[int, int]
) -> None:
    assert fit(*shape, *box) == Fit(*cells)


def test_half_the_scale_is_half_the_sides() -> None:
    assert fit(640, 480, 80, 24, scale=0.5) == Fit(32, 12)


@given(*[st.integers(1, 3000)] * 4, st.floats(0.1, 1.0))
def test_it_never_leaves_the_box_and_never_vanishes(
    width: int, height: int, columns: int, rows: int, scale: float
) -> None:
    cells = fit(width, height, columns, rows, scale=scale)
    assert 1 <= cells.columns <= columns
    assert 1 <= cells.rows <= rows


def test_the_middle_of_a_cell_is_a_place_in_the_picture() -> None:
    cells = Fit(40, 15)
    assert cells.place(0, 0) == (0.5 / 40, 0.5 / 15)
    assert cells.place(39, 14) == (39.5 / 40, 14.5 / 15)
    assert (cells.width, cells.height) == (40, 30)
