"""Numbers to a picture: white balance, tone, sharpening, and the JPEG file as a camera lays it out."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from emulator.world.facts import View
from emulator.world.grain import CHANNEL_STRIDE, HIGHEST_CODE, Grain
from emulator.world.light import rgb_of_kelvin
from emulator.world.sensor import CHANNEL_SENSITIVITY, Codes, Coding, clip_electrons

Rgb8 = NDArray[np.uint8]
Table = NDArray[np.uint8]
Subsampling = Literal["444", "422", "420"]

GREY_LINEAR = ((118 / 255 + 0.055) / 1.055) ** 2.4
"""Linear value of sRGB 118, where a metered 18 % grey has to land."""

_SHOULDER = 0.6
_LOWEST, _HIGHEST = np.int16(0), np.int16(HIGHEST_CODE)
_SOI = b"\xff\xd8"
_APP0, _APP1, _DQT, _DHT, _SOS = 0xE0, 0xE1, 0xDB, 0xC4, 0xDA


def srgb_encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sRGB transfer function, 0…1 to 0…1."""
    low = linear * 12.92
    high = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, low, high))


def srgb_decode(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """Its inverse."""
    return np.asarray(np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4))


def tone(fraction: NDArray[np.float64], grey_fraction: float, white: float) -> NDArray[np.float64]:
    """Linear picture value for a share of the clipping level.

    Straight until 60 %, so that twice the light is twice the value, then a shoulder of equal slope at the
    joint that reaches 1 where `white` of the clipping level is reached.
    """
    gain = GREY_LINEAR / grey_fraction
    value = fraction * gain
    above = np.maximum(value - _SHOULDER, 0)
    rise = max(white * gain - _SHOULDER, 1e-6)
    bend = _bend(rise)
    lifted = _SHOULDER + (1 - _SHOULDER) * (1 - np.exp(-bend * above)) / (1 - np.exp(-bend * rise))
    return np.asarray(np.clip(np.where(value <= _SHOULDER, value, lifted), 0, 1))


@lru_cache(maxsize=64)
def _bend(rise: float) -> float:
    """The shoulder's bend that makes its slope 1 at the joint: 0.4·b = 1 − exp(−b·rise)."""
    low, high = 1e-6, 1 / (1 - _SHOULDER)
    for _ in range(60):
        middle = (low + high) / 2
        if (1 - _SHOULDER) * middle < 1 - np.exp(-middle * rise):
            low = middle
        else:
            high = middle
    return (low + high) / 2


@lru_cache(maxsize=32)
def _table(coding: Coding, grain: Grain, clip: float, grey_fraction: float, kelvin: float) -> Table:
    illuminant = rgb_of_kelvin(kelvin)
    gains = [1 / level for level in illuminant]
    highest = [gain / sensitivity for gain, sensitivity in zip(gains, CHANNEL_SENSITIVITY, strict=True)]
    white = min(1.0, *highest)
    table = np.empty(3 * CHANNEL_STRIDE, dtype=np.uint8)
    codes = np.arange(CHANNEL_STRIDE, dtype=np.float64) - grain.room
    electrons = coding.electrons(codes, grain.sigma)
    for channel in range(3):
        share = np.minimum(electrons / clip, 1.0) * highest[channel]
        picture = srgb_encode(tone(np.minimum(share, white), grey_fraction, white))
        table[channel * CHANNEL_STRIDE : (channel + 1) * CHANNEL_STRIDE] = np.round(picture * 255)
    table.setflags(write=False)
    return table


def development_table(view: View, coding: Coding, grain: Grain, kelvin: float) -> Table:
    """From the place of a code with its noise to the picture's value, for this view and white balance."""
    gainless = replace(coding, gain=1.0)  # the same table for any focus: codes stand for electrons
    return _table(gainless, grain, clip_electrons(view), view.sensor.grey_fraction, kelvin)


def sharpen(codes: Codes) -> Codes:
    """Unsharp mask of 0.7 px and 38 % in the root domain; the outermost pixels stay as they are.

    The codes, contiguous in memory, are written over and given back. They are below 8192, so that four of
    them fit 16 bits.
    """
    rows, columns, channels = codes.shape
    if rows < 3 or columns < 3:
        return codes
    sides = codes[:, :: columns - 1].copy()
    # As one line of values, since that is three times as fast; what runs over from row to row is put right.
    line, pixel, row = codes.reshape(-1), channels, columns * channels
    across = line[: -2 * pixel] + line[2 * pixel :]
    across >>= 1
    across += line[pixel:-pixel]
    blurred = across[: -2 * row] + across[2 * row :]
    blurred >>= 1
    blurred += across[row:-row]
    blurred >>= 2
    inner = line[row + pixel : -row - pixel]
    detail = np.subtract(inner, blurred, out=blurred)
    detail *= 3
    detail >>= 3
    inner += detail
    inner.clip(_LOWEST, _HIGHEST, out=inner)
    codes[:, :: columns - 1] = sides
    return codes


def doubled(codes: Codes) -> Codes:
    """A frame of codes at twice its width and height, each between its neighbours."""
    wide = np.repeat(codes, 2, axis=1)
    columns, channels = wide.shape[1:]
    sides = wide[:, :: columns - 1].copy()
    _melt(wide.reshape(-1), channels)
    wide[:, :: columns - 1] = sides
    tall = np.repeat(wide, 2, axis=0)
    _melt(tall.reshape(-1), columns * channels)
    return tall


def _melt(line: Codes, apart: int) -> None:
    """Make each value a quarter of the one so far before it, a half of itself, a quarter of that behind."""
    sums = line[: -2 * apart] + line[2 * apart :]
    inner = line[apart:-apart]
    sums += inner
    sums += inner
    sums >>= 2
    inner[...] = sums


def encode_jpeg(
    rgb: Rgb8,
    *,
    quality: int,
    subsampling: Subsampling = "422",
    exif: bytes | None = None,
    strip_app0: bool = False,
) -> bytes:
    """A baseline JPEG file of a picture (h, w, 3).

    Args:
        rgb: the picture, sRGB.
        quality: libjpeg's 1 to 100.
        subsampling: of the colour.
        exif: a TIFF block, or the whole payload beginning with `Exif`, to go right after the start.
        strip_app0: leave out the JFIF segment and merge the tables into one DQT and one DHT, as Sony does.
    """
    segments, scan = _segments(_encode(rgb, quality, subsampling))
    if strip_app0 or exif is not None:
        segments = [(marker, body) for marker, body in segments if marker != _APP0]
    if strip_app0:
        segments = _merged(segments, (_DQT, _DHT))
    head = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    file = b"".join((_SOI, head, scan))
    return file if exif is None else with_exif(file, exif)


def with_exif(file: bytes, exif: bytes) -> bytes:
    """A JPEG file that has neither a JFIF nor an EXIF segment, with an EXIF segment right after its start."""
    payload = exif if exif.startswith(b"Exif\x00\x00") else b"Exif\x00\x00" + exif
    if len(payload) > 65533:
        raise ValueError(f"an EXIF block of {len(payload)} bytes does not fit its segment")
    segment = struct.pack(">BBH", 0xFF, _APP1, len(payload) + 2)
    return b"".join((_SOI, segment, payload, file[len(_SOI) :]))


def _encode(rgb: Rgb8, quality: int, subsampling: Subsampling) -> bytes:
    try:
        import simplejpeg
    except ImportError:
        stream = io.BytesIO()
        chosen = {"444": 0, "422": 1, "420": 2}[subsampling]
        Image.fromarray(rgb).save(stream, "JPEG", quality=quality, subsampling=chosen)
        return stream.getvalue()
    return bytes(
        simplejpeg.encode_jpeg(np.ascontiguousarray(rgb), quality=quality, colorsubsampling=subsampling)
    )


def _segments(file: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The marker segments before the scan, and everything from the scan's marker on."""
    segments: list[tuple[int, bytes]] = []
    at = 2
    while file[at + 1] != _SOS:
        size = int.from_bytes(file[at + 2 : at + 4], "big")
        segments.append((file[at + 1], file[at + 4 : at + 2 + size]))
        at += 2 + size
    return segments, file[at:]


def _merged(segments: list[tuple[int, bytes]], markers: tuple[int, ...]) -> list[tuple[int, bytes]]:
    """Segments of each of these kinds put into one, tables first, as the recorded cameras have them."""
    joined = [(kind, b"".join(body for marker, body in segments if marker == kind)) for kind in markers]
    return joined + [(marker, body) for marker, body in segments if marker not in markers]
