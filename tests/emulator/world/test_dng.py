"""The raw file: read back tag by tag, and by LibRaw where it is installed."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emulator.world import RawFrame, View, encode_dng, expose_raw, load_scene
from emulator.world.dng import ExifValue
from tests.emulator.world.cameras import QX1, QX1_35, metered

EXIF: dict[int, ExifValue] = {
    33434: Fraction(1, 64),
    33437: Fraction(4),
    34855: 100,
    36864: b"0230",
    37380: Fraction(-1, 3),
}


@pytest.fixture(scope="module")
def frame() -> RawFrame:
    scene = load_scene("bench", 1)
    view = View(QX1_35, metered(scene, QX1_35, 4.0, 100), QX1, 320, 212)
    return expose_raw(scene, view)


def read_directory(file: bytes, at: int) -> dict[int, tuple[Any, ...]]:
    """One TIFF directory: tag to its values."""
    (count,) = struct.unpack_from("<H", file, at)
    tags: dict[int, tuple[Any, ...]] = {}
    previous = 0
    for index in range(count):
        tag, kind, many = struct.unpack_from("<HHI", file, at + 2 + 12 * index)
        assert tag > previous, "tags must rise"
        previous = tag
        form = {1: "B", 2: "c", 3: "H", 4: "I", 5: "2I", 7: "c", 10: "2i"}[kind]
        size = struct.calcsize(f"<{form}") * many
        where = at + 10 + 12 * index
        if size > 4:
            (where,) = struct.unpack_from("<I", file, where)
            assert where % 2 == 0
        values = struct.unpack_from("<" + form * many, file, where)
        if kind in (5, 10):
            values = tuple(values[k] / values[k + 1] for k in range(0, len(values), 2))
        if kind in (2, 7):
            values = (b"".join(values),)
        tags[tag] = values
    assert struct.unpack_from("<I", file, at + 2 + 12 * count) == (0,)
    return tags


def test_pixels_and_levels_stand_in_the_file_as_they_were(frame: RawFrame) -> None:
    file = encode_dng(frame, make="SONY", model="ILCE-QX1", software="an emulated camera", exif=EXIF)
    assert struct.unpack("<2sHI", file[:8]) == (b"II", 42, 8)
    tags = read_directory(file, 8)
    assert (tags[256], tags[257]) == ((320,), (212,))
    assert (tags[271], tags[272], tags[305]) == ((b"SONY\0",), (b"ILCE-QX1\0",), (b"an emulated camera\0",))
    assert tags[262] == (32803,)
    assert tags[33422] == (0, 1, 1, 2)
    assert tags[50706] == (1, 4, 0, 0)
    assert (tags[50714], tags[50717]) == ((512,), (16300,))
    assert len(tags[50721]) == 9
    assert tags[50728] == pytest.approx(frame.neutral, abs=1e-4)
    (first,), (count,) = tags[273], tags[279]
    pixels = np.frombuffer(file[first : first + count], dtype="<u2").reshape(212, 320)
    assert np.array_equal(pixels, frame.values)
    assert first + count == len(file)


def test_exif_stands_in_its_own_directory(frame: RawFrame) -> None:
    file = encode_dng(frame, make="SONY", model="ILCE-QX1", software="an emulated camera", exif=EXIF)
    exif = read_directory(file, read_directory(file, 8)[34665][0])
    assert exif[33434] == (1 / 64,)
    assert exif[33437] == (4,)
    assert exif[34855] == (100,)
    assert exif[36864] == (b"0230",)
    assert exif[37380] == pytest.approx((-1 / 3,))


def test_a_file_without_exif_has_no_pointer_to_it(frame: RawFrame) -> None:
    assert 34665 not in read_directory(encode_dng(frame, make="A", model="B", software="C"), 8)


def test_the_mosaic_is_red_green_green_blue(frame: RawFrame) -> None:
    """White needs more gain in red and blue than in green, and more of it in blue under warm lamps."""
    red, green, blue = frame.neutral
    assert green == 1.0
    assert blue < red < 1.0
    values = frame.values.astype(float) - frame.black
    assert values[0::2, 1::2].mean() == pytest.approx(values[1::2, 0::2].mean(), rel=0.02)
    assert values[0::2, 1::2].mean() > values[0::2, 0::2].mean() > values[1::2, 1::2].mean()


def test_libraw_opens_it_under_a_cameras_own_file_name(frame: RawFrame, tmp_path: Path) -> None:
    rawpy = pytest.importorskip("rawpy", reason="rawpy (LibRaw) is not installed")
    path = tmp_path / "DSC00001.ARW"
    path.write_bytes(encode_dng(frame, make="SONY", model="ILCE-QX1", software="an emulated camera"))
    with rawpy.imread(str(path)) as raw:
        assert raw.black_level_per_channel == [512] * 4
        assert raw.white_level == 16300
        assert np.array_equal(raw.raw_image_visible, frame.values)
