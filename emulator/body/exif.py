"""The EXIF block of a picture: standard tags only, equal to the state that formed the pixels.

Values are the printed ones (1/60 s, f/5.6), as cameras write them; the picture is formed with the exact ones.

Source: models.md 3 (EXIF strings), imaging.md A2 (BrightnessValue), A5.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

THUMBNAIL_SIZE = (160, 120)
_DOTS_PER_INCH = 350
_INCH = 2
_CO_SITED = 2
_SRGB = 1
_MULTI_SEGMENT = 5
_PROGRAMS = {"Manual": 1, "Aperture": 3, "Shutter": 4}
_NORMAL_PROGRAM = 2
_RECOMMENDED_EXPOSURE_INDEX = 2
_EXIF_PREFIX = b"Exif\0\0"
_JPEG_COMPRESSION = 6
_SHORT, _LONG, _RATIONAL = 3, 4, 5


@dataclass(frozen=True, slots=True)
class Tags:
    """What a picture says about how it was taken."""

    model: str
    firmware: str
    lens: str
    taken: datetime
    shutter_s: Fraction
    f_number: Fraction
    iso: int
    bias_ev: Fraction
    brightness_ev: float
    focal_mm: float
    equivalent_mm: float
    widest_f_number: float
    exposure_mode: str
    auto_white_balance: bool
    flash: bool
    digital_zoom: float
    position: tuple[float, float] | None


def exif_block(tags: Tags, width: int, height: int, thumbnail: bytes | None = None) -> bytes:
    """Return the block, from ``Exif`` on, for a JPEG of that size."""
    exif = Image.Exif()
    exif[Base.Make] = "SONY"
    exif[Base.Model] = tags.model
    exif[Base.Orientation] = 1
    exif[Base.XResolution] = IFDRational(_DOTS_PER_INCH)
    exif[Base.YResolution] = IFDRational(_DOTS_PER_INCH)
    exif[Base.ResolutionUnit] = _INCH
    exif[Base.Software] = f"{tags.model} v{tags.firmware}"
    exif[Base.DateTime] = f"{tags.taken:%Y:%m:%d %H:%M:%S}"
    exif[Base.YCbCrPositioning] = _CO_SITED
    exif.get_ifd(IFD.Exif).update(_photograph(tags, width, height))
    if tags.position is not None:
        exif.get_ifd(IFD.GPSInfo).update(_place(tags.position, tags.taken))
    block = exif.tobytes()
    return _with_thumbnail(block, thumbnail) if thumbnail else block


def _photograph(tags: Tags, width: int, height: int) -> dict[int, object]:
    moment = f"{tags.taken:%Y:%m:%d %H:%M:%S}"
    return {
        Base.ExposureTime: _rational(tags.shutter_s),
        Base.FNumber: _rational(tags.f_number),
        Base.ExposureProgram: _PROGRAMS.get(tags.exposure_mode, _NORMAL_PROGRAM),
        Base.ISOSpeedRatings: min(tags.iso, 65535),
        Base.SensitivityType: _RECOMMENDED_EXPOSURE_INDEX,
        Base.RecommendedExposureIndex: tags.iso,
        Base.ExifVersion: b"0230",
        Base.DateTimeOriginal: moment,
        Base.DateTimeDigitized: moment,
        Base.ComponentsConfiguration: b"\x01\x02\x03\x00",
        Base.BrightnessValue: _rational(Fraction(round(tags.brightness_ev * 100), 100)),
        Base.ExposureBiasValue: _rational(tags.bias_ev),
        Base.MaxApertureValue: _rational(Fraction(round(_apex(tags.widest_f_number) * 256), 256)),
        Base.MeteringMode: _MULTI_SEGMENT,
        Base.LightSource: 0,
        Base.Flash: 0x09 if tags.flash else 0x10,
        Base.FocalLength: _rational(Fraction(round(tags.focal_mm * 100), 100)),
        Base.SubsecTimeOriginal: f"{tags.taken.microsecond // 1000:03d}",
        Base.FlashPixVersion: b"0100",
        Base.ColorSpace: _SRGB,
        Base.ExifImageWidth: width,
        Base.ExifImageHeight: height,
        Base.FileSource: b"\x03",
        Base.SceneType: b"\x01",
        Base.ExposureMode: 1 if tags.exposure_mode == "Manual" else 0,
        Base.WhiteBalance: 0 if tags.auto_white_balance else 1,
        Base.DigitalZoomRatio: _rational(Fraction(round(tags.digital_zoom * 16), 16)),
        Base.FocalLengthIn35mmFilm: round(tags.equivalent_mm),
        Base.LensModel: tags.lens,
    }


def _place(position: tuple[float, float], taken: datetime) -> dict[int, object]:
    latitude, longitude = position
    utc = taken.astimezone(UTC)
    return {
        GPS.GPSVersionID: b"\x02\x03\x00\x00",
        GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        GPS.GPSLatitude: _degrees(abs(latitude)),
        GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        GPS.GPSLongitude: _degrees(abs(longitude)),
        GPS.GPSTimeStamp: (IFDRational(utc.hour), IFDRational(utc.minute), IFDRational(utc.second)),
        GPS.GPSMapDatum: "WGS-84",
        GPS.GPSDateStamp: f"{utc:%Y:%m:%d}",
    }


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    thousandths = round(value * 3600 * 1000)
    degrees, rest = divmod(thousandths, 3600 * 1000)
    minutes, seconds = divmod(rest, 60 * 1000)
    return IFDRational(degrees), IFDRational(minutes), IFDRational(seconds, 1000)


def _rational(value: Fraction) -> IFDRational:
    return IFDRational(value.numerator, value.denominator)


def _apex(f_number: float) -> float:
    return 2 * math.log2(f_number)


def _with_thumbnail(block: bytes, thumbnail: bytes) -> bytes:
    """Append the directory of the thumbnail, which Pillow does not write: TIFF's second one, and the file."""
    tiff = bytearray(block.removeprefix(_EXIF_PREFIX))
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, first)
    tiff += bytes(len(tiff) % 2)
    here = len(tiff)
    struct.pack_into(order + "I", tiff, first + 2 + 12 * count, here)
    entries = 6
    resolution_at = here + 2 + 12 * entries + 4
    picture_at = resolution_at + 8
    directory = struct.pack(order + "H", entries)
    directory += struct.pack(order + "HHIHH", Base.Compression, _SHORT, 1, _JPEG_COMPRESSION, 0)
    directory += struct.pack(order + "HHII", Base.XResolution, _RATIONAL, 1, resolution_at)
    directory += struct.pack(order + "HHII", Base.YResolution, _RATIONAL, 1, resolution_at)
    directory += struct.pack(order + "HHIHH", Base.ResolutionUnit, _SHORT, 1, _INCH, 0)
    directory += struct.pack(order + "HHII", Base.JpegIFOffset, _LONG, 1, picture_at)
    directory += struct.pack(order + "HHII", Base.JpegIFByteCount, _LONG, 1, len(thumbnail))
    directory += struct.pack(order + "I", 0)
    return _EXIF_PREFIX + bytes(tiff) + directory + struct.pack(order + "II", 72, 1) + thumbnail
