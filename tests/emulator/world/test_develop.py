"""Tone and files: the curve's joints, and JPEG as the recorded cameras lay it out."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from emulator.world import View, encode_jpeg, load_scene, render
from emulator.world.develop import sharpen, srgb_decode, srgb_encode, tone
from emulator.world.grain import CHANNEL_STRIDE, HIGHEST_CODE, Grain, _bank, lay_grain
from emulator.world.sensor import CODE_LIMIT, LARGEST_SCALE
from tests.emulator.world.cameras import QX100, WIDE_QX100, live, metered
from tests.recordings import need


def markers(file: bytes) -> list[tuple[int, int]]:
    """Marker and length of every segment before the scan."""
    found, at = [], 2
    while True:
        marker, size = file[at + 1], int.from_bytes(file[at + 2 : at + 4], "big")
        found.append((marker, size))
        if marker == 0xDA:
            return found
        at += 2 + size


@pytest.fixture(scope="module")
def picture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    scene = load_scene("bench", 1)
    return render(scene, live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100, seed=1))


def test_grey_lands_on_118_and_clip_on_white() -> None:
    for grey in (0.127, 0.064):
        values = srgb_encode(tone(np.array([0.0, grey, 1.0]), grey, 1.0)) * 255
        assert values == pytest.approx([0, 118, 255], abs=0.01)


@given(grey=st.floats(0.05, 0.13), white=st.floats(0.85, 1.0))
@settings(max_examples=25, deadline=None)
def test_tone_is_straight_below_sixty_percent_and_smooth_above(grey: float, white: float) -> None:
    share = np.linspace(0, white, 2000)
    value = tone(share, grey, white)
    slope = np.diff(value) / np.diff(share)
    straight = value[1:] < 0.59
    assert slope[straight] == pytest.approx(np.full(straight.sum(), slope[0]), rel=1e-3)
    assert (np.diff(slope) < 1e-6 * slope[0]).all()
    assert value[-1] == pytest.approx(1.0)


def test_the_transfer_function_is_its_own_way_back() -> None:
    values = np.linspace(0, 1, 256)
    assert srgb_encode(srgb_decode(values)) == pytest.approx(values, abs=1e-6)


def test_sharpening_leaves_even_fields_and_lifts_edges() -> None:
    codes = np.full((16, 16, 3), 1000, dtype=np.int16)
    assert (sharpen(codes) == codes).all()
    codes[:, 8:] = 2000
    sharper = sharpen(codes)
    assert sharper[8, 7, 1] < 1000
    assert sharper[8, 8, 1] > 2000
    assert (sharper[:, :6] == 1000).all()


def test_the_brightest_pixel_stays_in_its_own_channel_whatever_the_noise() -> None:
    """Beside black ones it is lifted by sharpening; noise must not carry it to the next channel."""
    codes = np.zeros((16, 16, 3), dtype=np.int16)
    codes[8, 8] = CODE_LIMIT
    sharper = sharpen(codes)
    for level, scale in ((0, LARGEST_SCALE), (6, LARGEST_SCALE), (3, 1)):
        grain = Grain(level, False, scale)
        places = np.empty_like(sharper)
        for seed in range(40):
            lay_grain(sharper, grain, seed, 0, places)
            assert (places // CHANNEL_STRIDE == np.arange(3)).all()
    field = _bank(Grain(0, False, LARGEST_SCALE)) - np.arange(3, dtype=np.int16) * CHANNEL_STRIDE
    assert int(field.max()) + HIGHEST_CODE < CHANNEL_STRIDE
    assert field.min() >= 0


def test_a_live_view_file_is_laid_out_as_the_recorded_ones(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> None:
    """protocol/wifi.md 8.3: SOI, one DQT of 132 bytes, one DHT of 418, SOF0, SOS; 4:2:2; no APPn."""
    file = encode_jpeg(picture, quality=30, subsampling="422", strip_app0=True)
    assert markers(file)[:3] == [(0xDB, 132), (0xC4, 418), (0xC0, 17)]
    assert [marker for marker, _ in markers(file)] == [0xDB, 0xC4, 0xC0, 0xDA]
    sof = file.index(b"\xff\xc0")
    assert (file[sof + 11], file[sof + 14]) == (0x21, 0x11)
    assert file.endswith(b"\xff\xd9")
    with Image.open(io.BytesIO(file)) as image:
        assert image.size == (640, 480)
        decoded = np.asarray(image)
    assert np.abs(decoded.astype(int) - picture).mean() < 12


def test_the_recorded_live_view_has_that_layout_too() -> None:
    data = need("transcripts", "qx100_liveview_first8.tsar.bin").read_bytes()
    start = data.index(b"\xff\xd8")
    recorded = markers(data[start:])
    assert sorted(marker for marker, _ in recorded) == [0xC0, 0xC4, 0xDA, 0xDB]
    assert dict(recorded)[0xDB] == 132
    assert dict(recorded)[0xC4] == 418


def test_exif_comes_first_and_the_picture_stays_the_same(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SONY"
    exif[0x0110] = "A MODEL"
    for block in (exif.tobytes(), exif.tobytes()[6:]):
        file = encode_jpeg(picture, quality=90, exif=block)
        assert markers(file)[0][0] == 0xE1
        assert 0xE0 not in [marker for marker, _ in markers(file)]
        with Image.open(io.BytesIO(file)) as image:
            assert image.getexif()[0x0110] == "A MODEL"
            with Image.open(io.BytesIO(encode_jpeg(picture, quality=90))) as plain:
                assert np.array_equal(np.asarray(image), np.asarray(plain))


def test_too_much_exif_is_refused(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_jpeg(picture, quality=90, exif=bytes(70_000))


def test_without_simplejpeg_pillow_writes_the_same_layout(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = encode_jpeg(picture, quality=60, strip_app0=True)
    monkeypatch.setitem(sys.modules, "simplejpeg", None)
    other = encode_jpeg(picture, quality=60, strip_app0=True)
    assert markers(other) == markers(usual)
    assert abs(len(other) - len(usual)) < 0.05 * len(usual)


def test_files_grow_with_iso() -> None:
    """imaging.md A5: an original grows by half or more from base ISO to the highest."""
    scene = load_scene("bench", 1)
    sizes = []
    for iso in (160, 800, 6400):
        view = View(WIDE_QX100, metered(scene, WIDE_QX100, 4.0, iso), QX100, 1824, 1216)
        view = replace(view, optics=replace(WIDE_QX100, sensor_width_mm=4.4, sensor_height_mm=2.933))
        sizes.append(len(encode_jpeg(render(scene, view), quality=95)))
    assert sizes[0] < sizes[1] < sizes[2]
    assert 1.4 < sizes[2] / sizes[0] < 3.5


def test_a_live_frame_can_have_the_recorded_size(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> None:
    sizes = {quality: len(encode_jpeg(picture, quality=quality, strip_app0=True)) for quality in (12, 22, 60)}
    assert sizes[12] < 11_000
    assert sizes[22] < 14_500
    assert sizes[60] > 14_000
