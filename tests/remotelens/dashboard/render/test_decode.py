"""Decoding: scales, the fallback, and what is no picture."""

from __future__ import annotations

import struct
import sys

import numpy as np
import pytest

from remotelens.dashboard.render import decode as decode_module
from remotelens.dashboard.render.decode import BadPicture, decode, decode_with_pillow, encode, size_of
from tests.remotelens.dashboard.render.jpegs import jpeg_of, noise, quarters


@pytest.mark.parametrize(
    ("width", "height", "decoded"),
    [
        (0, 0, (480, 640)),
        (640, 480, (480, 640)),
        (321, 100, (480, 640)),
        (320, 240, (240, 320)),
        (107, 80, (120, 160)),
        (53, 40, (60, 80)),
        (1, 1, (60, 80)),
        (5000, 10, (480, 640)),
    ],
)
def test_the_smallest_scale_that_covers_is_taken_by_either_decoder(
    width: int, height: int, decoded: tuple[int, int]
) -> None:
    jpeg = jpeg_of(quarters())
    assert decode(jpeg, least_width=width, least_height=height).shape == (*decoded, 3)
    assert decode_with_pillow(jpeg, least_width=width or 640, least_height=height or 480).shape == (
        *decoded,
        3,
    )


def test_both_decoders_show_the_same_picture() -> None:
    jpeg = jpeg_of(quarters())
    one = decode(jpeg, least_width=80, least_height=60).astype(int)
    other = decode_with_pillow(jpeg, least_width=80, least_height=60).astype(int)
    assert np.abs(one - other).max() <= 12
    assert one[10, 10].tolist() == pytest.approx([200, 30, 30], abs=8)
    assert one[50, 70].tolist() == pytest.approx([120, 120, 120], abs=8)


def test_without_simplejpeg_pillow_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simplejpeg", None)
    jpeg = jpeg_of(quarters())
    assert size_of(jpeg) == (640, 480)
    assert decode(jpeg, least_width=100, least_height=75).shape == (120, 160, 3)
    assert encode(quarters()).startswith(b"\xff\xd8")


@pytest.mark.parametrize("without_simplejpeg", [False, True])
@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", b"\xff\xd8\xff\xd9", jpeg_of(quarters())[:3000], b"\xff\xd8" + bytes(5000)],
    ids=["nothing", "words", "markers only", "cut", "zeros"],
)
def test_what_is_no_picture_is_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, data: bytes, without_simplejpeg: bool
) -> None:
    if without_simplejpeg:
        monkeypatch.setitem(sys.modules, "simplejpeg", None)
    with pytest.raises(BadPicture):
        decode(data, least_width=10, least_height=10)


def test_a_picture_that_claims_to_be_huge_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    jpeg = bytearray(jpeg_of(noise(32, 32)))
    start = jpeg.index(b"\xff\xc0")
    jpeg[start + 5 : start + 9] = struct.pack(">HH", 65000, 65000)
    with pytest.raises(BadPicture, match="65000×65000"):
        decode(bytes(jpeg))
    monkeypatch.setattr(decode_module, "MOST_PIXELS", 100)
    with pytest.raises(BadPicture):
        size_of(jpeg_of(noise(32, 32)))


def test_what_is_encoded_can_be_decoded() -> None:
    pixels = quarters(64, 48)
    assert np.abs(decode(encode(pixels)).astype(int) - pixels)[5:20, 5:25].max() <= 12
