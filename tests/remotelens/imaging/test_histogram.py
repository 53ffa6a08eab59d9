"""Histograms: counts, shares, columns."""

from __future__ import annotations

import numpy as np
import pytest

from remotelens.imaging.histogram import columns, histogram


def picture(*colours: tuple[int, int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.array(colours, np.uint8).reshape(1, -1, 3)


def test_it_counts_each_channel_and_the_luma_as_numpy_does() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (31, 47, 3), dtype=np.uint8)
    counted = histogram(pixels)
    for channel, counts in enumerate((counted.red, counted.green, counted.blue)):
        assert counts.tolist() == np.histogram(pixels[..., channel], 256, (0, 256))[0].tolist()
    assert counted.pixels == 31 * 47
    assert counted.luma.sum() == 31 * 47


def test_the_shares_are_of_black_and_of_burnt_out_pixels() -> None:
    counted = histogram(picture((0, 0, 0), (250, 250, 250), (255, 255, 255), (100, 100, 100)))
    assert counted.dark_ratio == 0.25
    assert counted.bright_ratio == 0.5


def test_the_median_is_the_level_that_half_of_the_pixels_do_not_exceed() -> None:
    grey = [(level, level, level) for level in (10, 20, 30, 200, 210)]
    assert histogram(picture(*grey)).median == 30


def test_an_empty_picture_has_an_empty_histogram() -> None:
    counted = histogram(np.zeros((0, 0, 3), np.uint8))
    assert (counted.pixels, counted.dark_ratio, counted.bright_ratio, counted.median) == (0, 0.0, 0.0, 0)


@pytest.mark.parametrize("width", [1, 7, 27, 256, 300, 1024])
def test_there_are_as_many_columns_as_asked_for_and_the_highest_is_one(width: int) -> None:
    counts = np.bincount([128] * 10 + [60] * 5, minlength=256)
    heights = columns(counts, width)
    assert len(heights) == width
    assert heights.max() == 1.0
    assert heights.min() >= 0.0


def test_a_burnt_out_sky_does_not_flatten_the_rest() -> None:
    heights = columns(np.bincount([255] * 1_000_000 + [100] * 10, minlength=256), 64)
    assert heights[25] == 1.0
    assert heights[63] == 1.0


def test_each_column_is_the_sum_of_its_levels() -> None:
    counts = np.zeros(256, np.intp)
    counts[64:128] = 1
    assert columns(counts, 4).tolist() == [0.0, 1.0, 0.0, 0.0]


def test_the_logarithm_shows_what_is_rare() -> None:
    counts = np.bincount([60] * 1000 + [180], minlength=256)
    assert columns(counts, 16)[11] < 0.01
    assert columns(counts, 16, logarithmic=True)[11] > 0.05


def test_no_columns_are_no_columns() -> None:
    assert len(columns(np.ones(256, np.intp), 0)) == 0
