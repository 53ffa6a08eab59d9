"""Real pixels, read back as the protocols say."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from remotelens.dashboard.render.decode import decode
from remotelens.dashboard.render.fit import Fit
from remotelens.dashboard.render.graphics import Graphics, at, clear, image_of, image_size
from tests.remotelens.dashboard.render.jpegs import jpeg_of, noise, quarters

# https://sw.kovidgoyal.net/kitty/graphics-protocol/: ESC _G keys ; payload ESC \, chunks of at most 4096.
CHUNK = re.compile(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\")


def test_kitty_gets_the_pixels_in_chunks_with_the_keys_in_the_first() -> None:
    pixels = noise(160, 120)
    text = image_of(Graphics.KITTY, pixels, Fit(40, 15), None)
    chunks = CHUNK.findall(text)
    assert "".join(f"\x1b_G{keys};{payload}\x1b\\" for keys, payload in chunks) == text
    keys = dict(pair.split("=") for pair in chunks[0][0].split(","))
    assert (
        keys.items() >= {"a": "T", "f": "24", "s": "160", "v": "120", "c": "40", "r": "15", "C": "1"}.items()
    )
    assert [dict(pair.split("=") for pair in keys.split(","))["m"] for keys, _ in chunks] == [
        *["1"] * (len(chunks) - 1),
        "0",
    ]
    assert max(len(payload) for _, payload in chunks) <= 4096
    data = base64.b64decode("".join(payload for _, payload in chunks))
    assert (np.frombuffer(data, np.uint8).reshape(120, 160, 3) == pixels).all()


def test_iterm2_gets_the_jpeg_as_it_came_or_one_of_what_was_drawn() -> None:
    jpeg = jpeg_of(quarters(64, 48))
    for given, wanted in ((jpeg, jpeg), (None, None)):
        text = image_of(Graphics.ITERM2, quarters(64, 48), Fit(40, 15), given)
        head, _, payload = text.removesuffix("\x07").partition(":")
        assert head.startswith("\x1b]1337;File=")
        assert {"inline=1", "width=40", "height=15", "preserveAspectRatio=0"} <= set(
            head.removeprefix("\x1b]1337;File=").split(";")
        )
        data = base64.b64decode(payload)
        assert f"size={len(data)}" in head
        assert data == wanted or (wanted is None and decode(data).shape == (48, 64, 3))


@pytest.mark.parametrize(
    ("cells", "cell", "size"),
    [
        (Fit(40, 15), (8, 16), (320, 240)),
        (Fit(100, 38), (8, 16), (640, 480)),
        (Fit(40, 15), None, (320, 240)),
        (Fit(40, 15), (20, 40), (640, 480)),
    ],
)
def test_no_more_pixels_are_sent_than_are_worth_it(
    cells: Fit, cell: tuple[int, int] | None, size: tuple[int, int]
) -> None:
    assert image_size((640, 480), cells, cell) == size


def test_an_image_is_put_at_its_cell_and_the_cursor_put_back() -> None:
    assert at(4, 2, "image") == "\x1b7\x1b[3;5Himage\x1b8"


def test_only_kitty_needs_its_image_taken_away() -> None:
    assert clear(Graphics.KITTY).startswith("\x1b_Ga=d,")
    assert clear(Graphics.ITERM2) == clear(Graphics.NONE) == ""
    assert image_of(Graphics.NONE, noise(4, 4), Fit(2, 1), None) == ""
