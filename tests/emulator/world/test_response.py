"""What the photosites make of luminance: the lens's fall-off, the channels, the camera's own pattern."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emulator.world import Exposure, View
from emulator.world.response import response
from emulator.world.sensor import CHANNEL_SENSITIVITY
from tests.emulator.world.cameras import QX100, WIDE_QX100, live

VIEW = live(WIDE_QX100, Exposure(1.8, 1 / 60, 160), QX100)


def test_a_part_is_what_the_whole_frame_has_there() -> None:
    whole = response(VIEW, (0, 480), (0, 640))
    assert whole.shape == (3, 480, 640)
    part = response(VIEW, (100, 228), (500, 640))
    np.testing.assert_array_equal(part, whole[:, 100:228, 500:640])


def test_a_frame_too_large_to_be_kept_has_the_same_pattern_wherever_it_is_cut() -> None:
    large = View(WIDE_QX100, VIEW.exposure, QX100, 5472, 3648)
    strip = response(large, (500, 540), (0, 5472))
    np.testing.assert_array_equal(response(large, (510, 530), (1000, 1700)), strip[:, 10:30, 1000:1700])


def test_corners_get_less_and_each_channel_its_share() -> None:
    whole = response(replace(VIEW, sensor=replace(QX100, prnu=0.0)), (0, 480), (0, 640))
    middle, corner = whole[:, 240, 320], whole[:, 0, 0]
    assert middle == pytest.approx(CHANNEL_SENSITIVITY, rel=1e-3)
    assert (corner < 0.95 * middle).all()


def test_each_camera_has_a_pattern_of_its_own_that_stays() -> None:
    first, again, other = (
        response(replace(VIEW, pattern_seed=seed, noise_seed=noise), (0, 480), (0, 640))
        for seed, noise in ((5, 1), (5, 2), (6, 1))
    )
    np.testing.assert_array_equal(first, again)
    flat = response(replace(VIEW, sensor=replace(QX100, prnu=0.0)), (0, 480), (0, 640))
    own, foreign = ((frame / flat - 1)[1].ravel() for frame in (first, other))
    expected = QX100.prnu / VIEW.photosites_per_pixel**0.5
    assert own.std() == pytest.approx(expected, rel=0.05)
    assert abs(np.corrcoef(own, foreign)[0, 1]) < 0.05
