"""The EXIF block of a picture: standard tags only, equal to the state that formed the pixels.

Values are the printed ones (1/60 s, f/5.6), as cameras write them; the picture is formed with the exact ones.

Source: models.md 3 (EXIF strings), imaging.md A2 (BrightnessValue), A5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from PIL.ExifTags import GPS, IFD, Base

from emulator.world.tiff import (
    BYTE,
    HEADER,
    LONG,
    SHORT,
    UNDEFINED,
    Entry,
    Value,
    directory,
    fractions,
    numbers,
    text,
)

THUMBNAIL_SIZE = (160, 120)
_RESOLUTION = fractions(Fraction(350))
_INCH = numbers(SHORT, 2)
_THUMBNAIL_RESOLUTION = fractions(Fraction(72))
_CO_SITED = numbers(SHORT, 2)
_SRGB = numbers(SHORT, 1)
_MULTI_SEGMENT = numbers(SHORT, 5)
_PROGRAMS = {"Manual": 1, "Aperture": 3, "Shutter": 4}
_NORMAL_PROGRAM = 2
_RECOMMENDED_EXPOSURE_INDEX = numbers(SHORT, 2)
_EXIF_PREFIX = b"Exif\0\0"
_JPEG_COMPRESSION = 6
_LARGEST_ISO = 65535


@dataclass(frozen=True, slots=True)
class Tags:
    """What a picture says about how it was taken; None is what a lens did not tell the camera."""

    maker: str
    model: str
    firmware: str
    product: bool
    """Whether such a camera was ever sold; pictures of one that was not say so."""
    lens: str | None
    taken: datetime
    shutter_s: Fraction
    f_number: Fraction | None
    iso: int
    bias_ev: Fraction
    brightness_ev: float | None
    focal_mm: float | None
    equivalent_mm: float | None
    widest_f_number: float | None
    exposure_mode: str
    auto_white_balance: bool
    flash: bool
    digital_zoom: float
    position: tuple[float, float] | None
    scale: int = 1
    """By how much the picture is smaller than the camera's, width and height."""

    @property
    def software(self) -> str:
        """Who wrote the file."""
        return f"{self.model} v{self.firmware}" + ("" if self.product else " (no product, emulated)")


def exif_block(tags: Tags, width: int, height: int, thumbnail: bytes | None = None) -> bytes:
    """Return the block, from ``Exif`` on, for a JPEG of that size."""
    photograph = _photograph(tags, width, height)
    place = [] if tags.position is None else _place(tags.position, tags.taken)
    camera_bytes = len(directory(_camera(tags, 0, 0 if place else None), len(HEADER)))
    photograph_at = len(HEADER) + camera_bytes
    photographed = directory(photograph, photograph_at)
    place_at = photograph_at + len(photographed)
    placed = directory(place, place_at) if place else b""
    end = place_at + len(placed)
    camera = directory(
        _camera(tags, photograph_at, place_at if place else None), len(HEADER), end if thumbnail else 0
    )
    block = b"".join((_EXIF_PREFIX, HEADER, camera, photographed, placed))
    return block + _preview(thumbnail, end) if thumbnail else block


def _camera(tags: Tags, photograph_at: int, place_at: int | None) -> list[Entry]:
    entries: dict[int, Value] = {
        Base.Make: text(tags.maker),
        Base.Model: text(tags.model),
        Base.Orientation: numbers(SHORT, 1),
        Base.XResolution: _RESOLUTION,
        Base.YResolution: _RESOLUTION,
        Base.ResolutionUnit: _INCH,
        Base.Software: text(tags.software),
        Base.DateTime: text(f"{tags.taken:%Y:%m:%d %H:%M:%S}"),
        Base.YCbCrPositioning: _CO_SITED,
        IFD.Exif: numbers(LONG, photograph_at),
    }
    if tags.scale > 1:
        entries[Base.ImageDescription] = text(f"emulated, 1/{tags.scale} of the camera's width and height")
    if place_at is not None:
        entries[IFD.GPSInfo] = numbers(LONG, place_at)
    return [(tag, *value) for tag, value in entries.items()]


def _photograph(tags: Tags, width: int, height: int) -> list[Entry]:
    moment = text(f"{tags.taken:%Y:%m:%d %H:%M:%S}")
    program = _PROGRAMS.get(tags.exposure_mode, _NORMAL_PROGRAM)
    entries: dict[int, Value] = _of_lens(tags) | {
        Base.ExposureTime: fractions(tags.shutter_s),
        Base.ExposureProgram: numbers(SHORT, program),
        Base.ISOSpeedRatings: numbers(SHORT, min(tags.iso, _LARGEST_ISO)),
        Base.SensitivityType: _RECOMMENDED_EXPOSURE_INDEX,
        Base.RecommendedExposureIndex: numbers(LONG, tags.iso),
        Base.ExifVersion: (UNDEFINED, b"0230"),
        Base.DateTimeOriginal: moment,
        Base.DateTimeDigitized: moment,
        Base.ComponentsConfiguration: (UNDEFINED, b"\x01\x02\x03\x00"),
        Base.ExposureBiasValue: fractions(tags.bias_ev, signed=True),
        Base.MeteringMode: _MULTI_SEGMENT,
        Base.LightSource: numbers(SHORT, 0),
        Base.Flash: numbers(SHORT, 0x09 if tags.flash else 0x10),
        Base.SubsecTimeOriginal: text(f"{tags.taken.microsecond // 1000:03d}"),
        Base.FlashPixVersion: (UNDEFINED, b"0100"),
        Base.ColorSpace: _SRGB,
        Base.ExifImageWidth: numbers(LONG, width),
        Base.ExifImageHeight: numbers(LONG, height),
        Base.FileSource: (UNDEFINED, b"\x03"),
        Base.SceneType: (UNDEFINED, b"\x01"),
        Base.ExposureMode: numbers(SHORT, 1 if tags.exposure_mode == "Manual" else 0),
        Base.WhiteBalance: numbers(SHORT, 0 if tags.auto_white_balance else 1),
        Base.DigitalZoomRatio: fractions(Fraction(round(tags.digital_zoom * 16), 16)),
    }
    return [(tag, *value) for tag, value in entries.items()]


def _of_lens(tags: Tags) -> dict[int, Value]:
    """What is only known with a lens that tells how it stands."""
    found: dict[int, Value] = {}
    if tags.f_number is not None:
        found[Base.FNumber] = fractions(tags.f_number)
    if tags.brightness_ev is not None:
        brightness_ev = Fraction(round(tags.brightness_ev * 100), 100)
        found[Base.BrightnessValue] = fractions(brightness_ev, signed=True)
    if tags.widest_f_number is not None:
        apex = Fraction(round(_apex(tags.widest_f_number) * 256), 256)
        found[Base.MaxApertureValue] = fractions(apex)
    if tags.focal_mm is not None:
        found[Base.FocalLength] = fractions(Fraction(round(tags.focal_mm * 100), 100))
    if tags.equivalent_mm is not None:
        found[Base.FocalLengthIn35mmFilm] = numbers(SHORT, round(tags.equivalent_mm))
    if tags.lens is not None:
        found[Base.LensModel] = text(tags.lens)
    return found


def _place(position: tuple[float, float], taken: datetime) -> list[Entry]:
    latitude, longitude = position
    utc = taken.astimezone(UTC)
    entries: dict[int, Value] = {
        GPS.GPSVersionID: (BYTE, b"\x02\x03\x00\x00"),
        GPS.GPSLatitudeRef: text("N" if latitude >= 0 else "S"),
        GPS.GPSLatitude: _degrees(abs(latitude)),
        GPS.GPSLongitudeRef: text("E" if longitude >= 0 else "W"),
        GPS.GPSLongitude: _degrees(abs(longitude)),
        GPS.GPSTimeStamp: fractions(Fraction(utc.hour), Fraction(utc.minute), Fraction(utc.second)),
        GPS.GPSMapDatum: text("WGS-84"),
        GPS.GPSDateStamp: text(f"{utc:%Y:%m:%d}"),
    }
    return [(tag, *value) for tag, value in entries.items()]


def _preview(thumbnail: bytes, at: int) -> bytes:
    """Return the file's second directory, which describes the thumbnail, with that behind it."""
    entries: list[Entry] = [
        (Base.Compression, *numbers(SHORT, _JPEG_COMPRESSION)),
        (Base.XResolution, *_THUMBNAIL_RESOLUTION),
        (Base.YResolution, *_THUMBNAIL_RESOLUTION),
        (Base.ResolutionUnit, *_INCH),
        (Base.JpegIFByteCount, *numbers(LONG, len(thumbnail))),
    ]
    pointer = Base.JpegIFOffset
    described = len(directory([*entries, (pointer, *numbers(LONG, 0))], at))
    return directory([*entries, (pointer, *numbers(LONG, at + described))], at) + thumbnail


def _degrees(value: float) -> Value:
    thousandths = round(value * 3600 * 1000)
    degrees, rest = divmod(thousandths, 3600 * 1000)
    minutes, seconds = divmod(rest, 60 * 1000)
    return fractions(Fraction(degrees), Fraction(minutes), Fraction(seconds, 1000))


def _apex(f_number: float) -> float:
    return 2 * math.log2(f_number)
