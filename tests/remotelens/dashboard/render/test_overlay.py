"""What is drawn over pictures."""

from __future__ import annotations

import numpy as np
import pytest

from remotelens.dashboard.render.overlay import Box, dim, draw_boxes, grey
from remotelens.imaging.luma import luma
from tests.remotelens.dashboard.render.jpegs import noise

GREEN = (0, 255, 0)


def test_a_box_is_an_outline_at_its_place() -> None:
    black = np.zeros((20, 40, 3), np.uint8)
    drawn = draw_boxes(black, [Box(0.25, 0.5, 0.5, 0.75, GREEN)])
    lit = {(int(y), int(x)) for y, x in np.argwhere(drawn[..., 1] == 255)}
    assert lit == {(y, x) for y in range(10, 16) for x in range(10, 21)} - {
        (y, x) for y in range(11, 15) for x in range(11, 20)
    }
    assert not black.any()


@pytest.mark.parametrize(
    "box",
    [
        Box(-3.0, -1.0, 4.0, 9.0, GREEN),
        Box(0.9, 0.9, 0.1, 0.1, GREEN),
        Box(1.0, 1.0, 1.0, 1.0, GREEN),
        Box(0.0, 0.0, 0.0, 0.0, GREEN),
    ],
    ids=["outside", "turned round", "at the end", "nothing"],
)
def test_whatever_edges_a_camera_gives_it_stays_inside(box: Box) -> None:
    assert draw_boxes(np.zeros((6, 8, 3), np.uint8), [box]).shape == (6, 8, 3)


def test_without_boxes_it_is_the_same_picture() -> None:
    pixels = noise(8, 6)
    assert draw_boxes(pixels, []) is pixels


def test_a_dim_picture_has_half_the_levels() -> None:
    pixels = noise(8, 6)
    assert (dim(pixels) == pixels // 2).all()


def test_a_grey_picture_has_its_luma_in_each_channel() -> None:
    pixels = noise(8, 6)
    assert (grey(pixels) == luma(pixels)[..., None]).all()
