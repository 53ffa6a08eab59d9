"""Half blocks: what is laid out is what a terminal reads."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remotelens.dashboard.render.cells import (
    RESET,
    CellEncoder,
    Colours,
    colour_index,
    colours_of,
    rgb_of,
)
from tests.remotelens.dashboard.render.jpegs import noise

# Written by hand from ECMA-48 8.3.117 and ISO 8613-6: foreground 38, background 48, then 2 and R, G, B.
TRUE_CELL = re.compile(r"\x1b\[38;0*2;(\d+);(\d+);(\d+);0*48;0*2;(\d+);(\d+);(\d+)m\u2580")
INDEXED_CELL = re.compile(r"\x1b\[38;0*5;(\d+);48;0*5;(\d+)m\u2580")


def test_a_cell_has_41_characters_of_43_bytes() -> None:
    (line,) = CellEncoder(1, Colours.TRUE).rows(noise(1, 2))
    assert len(line) == Colours.TRUE.stride == 41
    assert len(line.encode()) == Colours.TRUE.bytes_a_cell == 43


def test_a_cell_of_256_colours_has_23_characters_of_25_bytes() -> None:
    (line,) = CellEncoder(1, Colours.INDEXED).rows(noise(1, 2))
    assert len(line) == Colours.INDEXED.stride == 23
    assert len(line.encode()) == Colours.INDEXED.bytes_a_cell == 25


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_the_upper_pixel_is_the_foreground_and_the_lower_one_the_background(
    columns: int, rows: int, seed: int
) -> None:
    pixels = noise(columns, 2 * rows, seed)
    lines = CellEncoder(columns, Colours.TRUE).rows(pixels)
    assert len(lines) == rows
    for row, line in enumerate(lines):
        cells = [tuple(map(int, cell.groups())) for cell in TRUE_CELL.finditer(line)]
        wanted = np.concatenate([pixels[2 * row], pixels[2 * row + 1]], axis=1)
        assert cells == [tuple(map(int, cell)) for cell in wanted]


def test_an_encoder_keeps_nothing_of_the_picture_before() -> None:
    encoder = CellEncoder(30, Colours.TRUE)
    encoder.rows(noise(30, 40, seed=1))
    again = encoder.rows(noise(30, 12, seed=2))
    assert again == CellEncoder(30, Colours.TRUE).rows(noise(30, 12, seed=2))


def test_only_the_lines_that_are_wanted_are_laid_out() -> None:
    pixels = noise(9, 12)
    encoder = CellEncoder(9, Colours.TRUE)
    whole = encoder.rows(pixels)
    assert encoder.rows(pixels, [4, 1]) == [whole[4], whole[1]]


@pytest.mark.parametrize("colours", list(Colours))
def test_no_lines_and_no_columns_are_nothing(colours: Colours) -> None:
    assert CellEncoder(7, colours).rows(noise(7, 6), []) == []
    assert CellEncoder(0, colours).rows(np.zeros((0, 0, 3), np.uint8)) == []


@pytest.mark.parametrize("colours", list(Colours))
def test_cells_are_read_back_as_they_were_laid_out(colours: Colours) -> None:
    pixels = noise(11, 2)
    (line,) = CellEncoder(11, colours).rows(pixels)
    read = colours_of(line, colours)
    assert len(read) == 11
    if colours is Colours.TRUE:
        assert [upper for upper, _ in read] == [tuple(map(int, pixel)) for pixel in pixels[0]]
        assert [lower for _, lower in read] == [tuple(map(int, pixel)) for pixel in pixels[1]]


def test_indexed_cells_name_the_nearest_fixed_colours() -> None:
    pixels = np.array([[[255, 0, 0]], [[95, 135, 175]]], np.uint8)
    (line,) = CellEncoder(1, Colours.INDEXED).rows(pixels)
    match = INDEXED_CELL.fullmatch(line)
    assert match is not None
    # XTerm: 16 + 36 red + 6 green + blue.
    assert (int(match[1]), int(match[2])) == (16 + 36 * 5, 16 + 36 * 1 + 6 * 2 + 3)


def test_the_fixed_colours_are_those_of_xterm() -> None:
    assert rgb_of(16) == (0, 0, 0)
    assert rgb_of(231) == (255, 255, 255)
    assert rgb_of(67) == (95, 135, 175)
    assert rgb_of(232) == (8, 8, 8)
    assert rgb_of(255) == (238, 238, 238)


def test_no_fixed_colour_is_much_nearer_than_the_one_that_was_taken() -> None:
    fixed = np.array([rgb_of(index) for index in range(16, 256)], np.int64)
    pixels = noise(40, 40)
    taken = fixed[colour_index(pixels).astype(np.int64) - 16]
    off = np.sqrt(((taken - pixels.astype(np.int64)) ** 2).sum(axis=-1))
    best = np.sqrt(((fixed[None, None] - pixels[:, :, None].astype(np.int64)) ** 2).sum(axis=-1)).min(axis=-1)
    # Seen to 5 bits a channel, a pixel is off by up to 4 levels in each.
    assert (off - best).max() <= 2 * 4 * 3**0.5


def test_the_reset_is_the_plain_one() -> None:
    assert RESET == "\x1b[0m"
