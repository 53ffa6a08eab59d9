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

ExifValue = str | bytes | int | Fraction | tuple[int, ...] | tuple[Fraction, ...]

_EXIF_POINTER = 34665


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
        (254, *numbers(LONG, 0)),
        (256, *numbers(LONG, width)),
        (257, *numbers(LONG, height)),
        (258, *numbers(SHORT, 16)),
        (259, *numbers(SHORT, 1)),
        (262, *numbers(SHORT, 32803)),
        (271, *text(make)),
        (272, *text(model)),
        (274, *numbers(SHORT, 1)),
        (277, *numbers(SHORT, 1)),
        (278, *numbers(LONG, height)),
        (279, *numbers(LONG, len(pixels))),
        (284, *numbers(SHORT, 1)),
        (305, *text(software)),
        (33421, *numbers(SHORT, 2, 2)),
        (33422, BYTE, bytes((0, 1, 1, 2))),
        (50706, BYTE, bytes((1, 4, 0, 0))),
        (50707, BYTE, bytes((1, 1, 0, 0))),
        (50708, *text(model)),
        (50714, *numbers(LONG, raw.black)),
        (50717, *numbers(LONG, raw.white)),
        (50721, *fractions(*matrix, signed=True)),
        (50728, *fractions(*neutral)),
        (50778, *numbers(SHORT, 21)),
    ]
    further = [(tag, *_entry(value)) for tag, value in (exif or {}).items()]
    return _file(main, further, pixels)


def _file(main: list[Entry], exif: list[Entry], pixels: bytes) -> bytes:
    """Header, main directory, EXIF directory, pixels; the pointers are known once all is laid out."""
    offset_of_pixels = 273
    sized = [*main, (offset_of_pixels, *numbers(LONG, 0))]
    if exif:
        sized.append((_EXIF_POINTER, *numbers(LONG, 0)))
    exif_at = len(HEADER) + len(directory(sized, len(HEADER)))
    block = directory(exif, exif_at) if exif else b""
    pixels_at = exif_at + len(block)
    laid_out = [
        (tag, kind, struct.pack("<I", {offset_of_pixels: pixels_at, _EXIF_POINTER: exif_at}[tag]))
        if tag in (offset_of_pixels, _EXIF_POINTER)
        else (tag, kind, data)
        for tag, kind, data in sized
    ]
    return b"".join((HEADER, directory(laid_out, len(HEADER)), block, pixels))


def _entry(value: ExifValue) -> Value:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return UNDEFINED, value
    if isinstance(value, int):
        return numbers(SHORT if value < 65536 else LONG, value)
    if isinstance(value, Fraction):
        return fractions(value, signed=value < 0)
    shares = tuple(item for item in value if isinstance(item, Fraction))
    if len(shares) == len(value):
        return fractions(*shares, signed=min(shares) < 0)
    return numbers(SHORT, *(int(item) for item in value))
