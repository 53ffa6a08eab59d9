"""A raw frame as a DNG file: an honest mosaic that every raw developer opens, also under another name.

Written without a library: a little-endian TIFF with one uncompressed image, the tags of DNG 1.4 and an EXIF
directory. imaging.md A4: LibRaw reads black, white and pixels of such a file even when it is called `.ARW`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from emulator.world.light import XYZ_TO_SRGB
from emulator.world.sensor import CHANNEL_SENSITIVITY, RawFrame

ExifValue = str | bytes | int | Fraction | tuple[int, ...] | tuple[Fraction, ...]

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED, _SRATIONAL = 1, 2, 3, 4, 5, 7, 10
_HEADER_BYTES = 8
_EXIF_POINTER = 34665
_FORMATS = {_SHORT: "H", _LONG: "I"}

Entry = tuple[int, int, bytes]


def encode_dng(
    raw: RawFrame, *, make: str, model: str, software: str, exif: Mapping[int, ExifValue] | None = None
) -> bytes:
    """A DNG file of a raw frame.

    Args:
        raw: the frame.
        make: maker of the camera.
        model: its name.
        software: who wrote the file; say there that it is emulated.
        exif: tags of the EXIF directory by number; negative fractions become signed rationals.
    """
    height, width = raw.values.shape
    pixels = np.ascontiguousarray(raw.values, dtype="<u2").tobytes()
    rows = [sensitivity * row for sensitivity, row in zip(CHANNEL_SENSITIVITY, XYZ_TO_SRGB, strict=True)]
    matrix = tuple(Fraction(round(float(value) * 10_000), 10_000) for row in rows for value in row)
    neutral = tuple(Fraction(round(value * 10_000), 10_000) for value in raw.neutral)
    main: list[Entry] = [
        (254, *_numbers(_LONG, 0)),
        (256, *_numbers(_LONG, width)),
        (257, *_numbers(_LONG, height)),
        (258, *_numbers(_SHORT, 16)),
        (259, *_numbers(_SHORT, 1)),
        (262, *_numbers(_SHORT, 32803)),
        (271, *_text(make)),
        (272, *_text(model)),
        (274, *_numbers(_SHORT, 1)),
        (277, *_numbers(_SHORT, 1)),
        (278, *_numbers(_LONG, height)),
        (279, *_numbers(_LONG, len(pixels))),
        (284, *_numbers(_SHORT, 1)),
        (305, *_text(software)),
        (33421, *_numbers(_SHORT, 2, 2)),
        (33422, _BYTE, bytes((0, 1, 1, 2))),
        (50706, _BYTE, bytes((1, 4, 0, 0))),
        (50707, _BYTE, bytes((1, 1, 0, 0))),
        (50708, *_text(model)),
        (50714, *_numbers(_LONG, raw.black)),
        (50717, *_numbers(_LONG, raw.white)),
        (50721, *_fractions(matrix, signed=True)),
        (50728, *_fractions(neutral, signed=False)),
        (50778, *_numbers(_SHORT, 21)),
    ]
    further = [(tag, *_entry(value)) for tag, value in (exif or {}).items()]
    return _file(main, further, pixels)


def _file(main: list[Entry], exif: list[Entry], pixels: bytes) -> bytes:
    """Header, main directory, EXIF directory, pixels; the pointers are known once all is laid out."""
    offset_of_pixels = 273
    sized = [*main, (offset_of_pixels, *_numbers(_LONG, 0))]
    if exif:
        sized.append((_EXIF_POINTER, *_numbers(_LONG, 0)))
    exif_at = _HEADER_BYTES + len(_directory(sized, _HEADER_BYTES))
    block = _directory(exif, exif_at) if exif else b""
    pixels_at = exif_at + len(block)
    laid_out = [
        (tag, kind, struct.pack("<I", {offset_of_pixels: pixels_at, _EXIF_POINTER: exif_at}[tag]))
        if tag in (offset_of_pixels, _EXIF_POINTER)
        else (tag, kind, data)
        for tag, kind, data in sized
    ]
    header = struct.pack("<2sHI", b"II", 42, _HEADER_BYTES)
    return b"".join((header, _directory(laid_out, _HEADER_BYTES), block, pixels))


def _directory(entries: list[Entry], at: int) -> bytes:
    """One directory that stands at this place of the file, with its longer values behind it."""
    sizes = {_BYTE: 1, _ASCII: 1, _UNDEFINED: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _SRATIONAL: 8}
    head = struct.pack("<H", len(entries))
    values_at = at + 2 + 12 * len(entries) + 4
    values = b""
    for tag, kind, data in sorted(entries):
        field = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", values_at + len(values))
        if len(data) > 4:
            values += data + b"\0" * (len(data) % 2)
        head += struct.pack("<HHI4s", tag, kind, len(data) // sizes[kind], field)
    return head + struct.pack("<I", 0) + values


def _entry(value: ExifValue) -> tuple[int, bytes]:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes):
        return _UNDEFINED, value
    if isinstance(value, int):
        return _numbers(_SHORT if value < 65536 else _LONG, value)
    if isinstance(value, Fraction):
        return _fractions((value,), signed=value < 0)
    fractions = tuple(item for item in value if isinstance(item, Fraction))
    if len(fractions) == len(value):
        return _fractions(fractions, signed=min(fractions) < 0)
    return _numbers(_SHORT, *(int(item) for item in value))


def _numbers(kind: int, *values: int) -> tuple[int, bytes]:
    return kind, struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)


def _text(value: str) -> tuple[int, bytes]:
    return _ASCII, value.encode("ascii", "replace") + b"\0"


def _fractions(values: tuple[Fraction, ...], *, signed: bool) -> tuple[int, bytes]:
    parts = (part for value in values for part in (value.numerator, value.denominator))
    return (
        (_SRATIONAL, struct.pack(f"<{2 * len(values)}i", *parts))
        if signed
        else (
            _RATIONAL,
            struct.pack(f"<{2 * len(values)}I", *parts),
        )
    )
