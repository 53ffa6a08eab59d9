"""From JPEG to what is shown."""

from __future__ import annotations

import numpy as np
import pytest

from remotelens.dashboard.render.delta import changes
from remotelens.dashboard.render.develop import develop
from remotelens.dashboard.render.overlay import Box
from tests.remotelens.dashboard.render.jpegs import jpeg_of, quarters


def test_a_picture_is_shown_in_its_colours_and_measured_before_anything_is_drawn_on_it() -> None:
    boxes = [Box(0.1, 0.1, 0.9, 0.9, (255, 255, 255))]
    developed = develop(jpeg_of(quarters()), 52, 40, boxes=boxes, measure_width=320, measure=True)
    assert developed.pixels.shape == (40, 52, 3)
    assert developed.pixels[10, 12].tolist() == pytest.approx([200, 30, 30], abs=8)
    assert developed.pixels[4, 20].tolist() == [255, 255, 255]
    assert developed.histogram is not None
    assert developed.histogram.pixels == 320 * 240
    assert developed.histogram.bright_ratio == 0.0


def test_measuring_now_and_then_does_not_move_a_still_scene() -> None:
    chance = np.random.default_rng(2)
    still = np.clip(quarters() + chance.normal(0, 4, (480, 640, 3)), 0, 255).astype(np.uint8)
    jpeg = jpeg_of(still, quality=85)
    one = develop(jpeg, 107, 80, measure_width=320, measure=True)
    other = develop(jpeg, 107, 80, measure_width=320)
    assert other.histogram is None
    assert changes(one.pixels, other.pixels) == []
