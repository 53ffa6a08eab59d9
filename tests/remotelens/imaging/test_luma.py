"""Luma against whole-number arithmetic."""

from __future__ import annotations

import numpy as np

from remotelens.imaging.luma import luma


def test_it_is_what_integers_give_for_every_level_of_every_channel() -> None:
    levels = np.arange(256, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels[::3], levels[::5], levels[::7], indexing="ij"), axis=-1)
    red, green, blue = np.moveaxis(colours.astype(np.int64), -1, 0)
    assert (luma(colours) == (77 * red + 150 * green + 29 * blue) >> 8).all()


def test_black_and_white_keep_their_levels() -> None:
    assert luma(np.array([[0, 0, 0], [255, 255, 255], [128, 128, 128]], np.uint8)).tolist() == [0, 255, 128]
