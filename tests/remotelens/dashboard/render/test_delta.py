"""Which lines are written again."""

from __future__ import annotations

import numpy as np

from remotelens.dashboard.render.delta import THRESHOLD, Change, changes
from tests.remotelens.dashboard.render.jpegs import noise


def test_an_equal_picture_changes_nothing() -> None:
    pixels = noise(20, 16)
    assert changes(pixels, pixels.copy()) == []


def test_noise_below_the_threshold_changes_nothing_in_either_direction() -> None:
    still = np.full((8, 12, 3), 100, np.uint8)
    assert changes(still, still + THRESHOLD) == []
    assert changes(still, still - THRESHOLD) == []


def test_one_pixel_above_it_changes_its_line_up_to_its_cell() -> None:
    still = np.full((8, 12, 3), 100, np.uint8)
    for row, column in ((0, 0), (5, 7), (7, 11)):
        moved = still.copy()
        moved[row, column, 1] += THRESHOLD + 1
        assert changes(still, moved) == [Change(row // 2, column + 1)]


def test_levels_do_not_wrap_around() -> None:
    black, white = np.zeros((2, 3, 3), np.uint8), np.full((2, 3, 3), 255, np.uint8)
    assert changes(black, white) == changes(white, black) == [Change(0, 3)]


def test_changed_lines_come_from_top_to_bottom() -> None:
    assert [change.row for change in changes(noise(5, 20, 1), noise(5, 20, 2))] == list(range(10))
