from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from remotelens.library.exif import ExifFacts, read_exif
from tests.remotelens.library.pictures import jpeg


def picture(folder: Path, base: dict[int, object], block: dict[int, object]) -> Path:
    exif = Image.Exif()
    exif.update(base)
    exif.get_ifd(0x8769).update(block)
    path = folder / "DSC00001.JPG"
    path.write_bytes(jpeg(64, 48, exif=exif))
    return path


def test_the_exposure_is_read_as_the_camera_wrote_it(tmp_path: Path) -> None:
    path = picture(
        tmp_path,
        {0x0110: "DSC-QX10"},
        {
            0x829A: IFDRational(1, 250),
            0x829D: IFDRational(33, 10),
            0x8827: 100,
            0x9003: "2014:02:02 00:44:41",
            0x9204: IFDRational(-7, 10),
            0x9209: 16,
            0x920A: IFDRational(445, 100),
            0xA002: 4896,
            0xA003: 3672,
            0xA403: 0,
            0xA405: 25,
        },
    )
    assert read_exif(path) == ExifFacts(
        model="DSC-QX10",
        exposure_s=Fraction(1, 250),
        f_number=3.3,
        iso=100,
        bias_ev=-0.7,
        flash_fired=False,
        focal_length_mm=4.45,
        focal_length_35mm_mm=25,
        white_balance_auto=True,
        taken_local="2014:02:02 00:44:41",
        width=4896,
        height=3672,
    )


def test_a_picture_without_exif_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plain.JPG"
    path.write_bytes(jpeg(64, 48))
    assert read_exif(path) == ExifFacts()


def test_nonsense_tags_tell_nothing(tmp_path: Path) -> None:
    path = picture(tmp_path, {}, {0x829A: IFDRational(0, 0), 0x829D: IFDRational(0, 0)})
    assert read_exif(path).exposure_s is None
    assert read_exif(path).f_number is None


def test_a_damaged_exif_block_costs_its_facts_and_never_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "damaged.JPG"
    path.write_bytes(jpeg(64, 48, exif=b"Exif\0\0MM\x00*\xff\xff\xff\xff" + bytes(20)))
    assert read_exif(path) == ExifFacts()
    path.write_bytes(b"no picture at all")
    assert read_exif(path) == ExifFacts()
