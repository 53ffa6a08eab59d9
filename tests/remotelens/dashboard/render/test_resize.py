"""The box mean."""

from __future__ import annotations

import numpy as np

from remotelens.dashboard.render.resize import box_resize
from tests.remotelens.dashboard.render.jpegs import noise


def test_whole_boxes_become_their_mean() -> None:
    pixels = noise(40, 20)
    means = pixels.reshape(10, 2, 10, 4, 3).astype(float).mean(axis=(1, 3))
    assert np.abs(box_resize(pixels, 10, 10) - means).max() <= 1.0


def test_the_same_size_is_the_same_picture() -> None:
    pixels = noise(16, 9)
    assert box_resize(pixels, 16, 9) is pixels


def test_noise_becomes_smaller_by_the_root_of_the_box() -> None:
    chance = np.random.default_rng(5)
    noisy = np.clip(chance.normal(128, 8, (240, 320, 3)), 0, 255).astype(np.uint8)
    assert box_resize(noisy, 80, 60).astype(float).std() < 8 / 4 + 0.5


def test_a_small_picture_can_be_made_larger() -> None:
    assert box_resize(noise(4, 3), 40, 30).shape == (30, 40, 3)
