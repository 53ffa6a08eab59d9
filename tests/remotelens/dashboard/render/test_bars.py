"""Bar charts."""

from __future__ import annotations

import numpy as np

from remotelens.dashboard.render.bars import bars, rgb_bars


def test_bars_grow_by_eighths_of_a_cell() -> None:
    assert bars(np.array([0.0, 1 / 16, 0.5, 9 / 16, 1.0]), 2) == ["   ▁█", " ▁███"]


def test_what_is_there_at_all_shows() -> None:
    assert bars(np.array([1e-9, 0.0]), 3) == ["  ", "  ", "▁ "]


def test_colours_add_up_where_they_overlap() -> None:
    full, none = np.array([1.0, 1.0]), np.array([0.0, 0.0])
    pixels = rgb_bars([full, none, np.array([1.0, 0.0])], 1, (9, 9, 9))
    assert pixels.shape == (2, 2, 3)
    assert pixels[0, 0].tolist() == [225, 40, 225]
    assert pixels[0, 1].tolist() == [225, 40, 40]


def test_no_bar_shows_the_ground() -> None:
    pixels = rgb_bars([np.array([0.5]), np.array([0.0]), np.array([0.0])], 2, (7, 8, 9))
    assert pixels[:, 0].tolist() == [[7, 8, 9], [7, 8, 9], [225, 40, 40], [225, 40, 40]]
