"""Stored noise: fields of normal noise shaped as a camera's processing shapes it, laid anew on each frame.

Belongs to the developed path of the sensor, whose noise has one size at any brightness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emulator.world.facts import View
from emulator.world.sampling import F32
from emulator.world.sensor import LARGEST_SCALE, Codes

CHANNEL_STRIDE = 8192
"""Codes of green follow those of red after this many, blue after green: one table develops all three."""

_BLOCK_ROWS, _BLOCK_COLUMNS = 256, 512
_ROW_PLACES, _COLUMN_PLACES = 192, 256
_LARGEST_SIGMA = 5.5
_ROOM_SIGMAS = 1.2 * _LARGEST_SIGMA

HIGHEST_CODE = CHANNEL_STRIDE - 1 - math.ceil((_ROOM_SIGMAS + _LARGEST_SIGMA) * LARGEST_SCALE)
"""No code before noise is above this, so that with it each stays in its own channel's part of the table."""


@dataclass(frozen=True, slots=True)
class Grain:
    """How the noise of a view looks after the camera's processing.

    Attributes:
        level: strength of the noise reduction, 0 to 6: stops above base ISO.
        binned: many photosites were summed to a pixel, so that there is no mosaic to undo.
        scale: codes for one standard deviation.
    """

    level: int
    binned: bool
    scale: float

    @classmethod
    def of(cls, view: View, scale: float) -> Grain:
        """The noise of this view."""
        stops = math.log2(max(view.exposure.iso / view.sensor.base_iso, 1.0))
        return cls(min(round(stops), 6), view.photosites_per_pixel > 3, scale)

    @property
    def sigma(self) -> float:
        """Standard deviation of what is laid on, in standard deviations of the sensor's own noise."""
        return float(_field(self.level, self.binned)[1])

    @property
    def room(self) -> int:
        """Codes kept free below and above each channel's own."""
        return math.ceil(_ROOM_SIGMAS * self.scale)


@lru_cache(maxsize=16)
def _field(level: int, binned: bool) -> tuple[F32, float]:
    """Noise (rows, columns, 3) of a sensor of sigma 1 after the camera, and its standard deviation."""
    rng = np.random.default_rng((1999, level, int(binned)))
    shape = (_BLOCK_ROWS + _ROW_PLACES, _BLOCK_COLUMNS + _COLUMN_PLACES, 3)
    noise = rng.standard_normal(shape, dtype=np.float32)
    if not binned:
        noise = _smooth(noise, 0.6)
        noise *= np.float32(0.75 / float(noise.std()))
    luma_sigma, chroma_sigma = (
        (0.06 * level, 0.5 + 0.08 * level) if binned else (0.14 * level, 0.4 + 0.15 * level)
    )
    luma = noise.mean(axis=2, keepdims=True)
    noise = _smooth(noise - luma, chroma_sigma) + _smooth(luma, luma_sigma)
    noise += (noise - _smooth(noise, 0.8)) * np.float32(0.4)
    return noise, float(noise.std())


def _smooth(field: F32, sigma: float) -> F32:
    """Gaussian blur with wrapped edges, so that the field has no border."""
    if sigma < 0.15:
        return field
    reach = max(1, math.ceil(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    taps /= taps.sum()
    for axis in (0, 1):
        total = np.zeros_like(field)
        for offset, tap in zip(range(-reach, reach + 1), taps, strict=True):
            total += np.roll(field, offset, axis=axis) * np.float32(tap)
        field = total
    return field


@lru_cache(maxsize=8)
def _bank(grain: Grain) -> Codes:
    """The field in codes, each channel lifted to its place in the table."""
    field, _ = _field(grain.level, grain.binned)
    limit = np.float32(_LARGEST_SIGMA)
    codes = np.round(np.clip(field, -limit, limit) * np.float32(grain.scale)).astype(np.int16)
    codes += np.array([grain.room + channel * CHANNEL_STRIDE for channel in range(3)], dtype=np.int16)
    codes.setflags(write=False)
    return codes


def lay_grain(codes: Codes, grain: Grain, seed: int, first_row: int, out: Codes) -> None:
    """Add noise to rows of a frame: codes (h, w, 3) become places in the table of development.

    The frame is covered by blocks, each with a piece of the stored field that the seed picks, so that a
    frame is the same however it is cut into strips.
    """
    bank = _bank(grain)
    rows, columns, _ = codes.shape
    row = 0
    while row < rows:
        block, into = divmod(first_row + row, _BLOCK_ROWS)
        many = min(_BLOCK_ROWS - into, rows - row)
        for column in range(0, columns, _BLOCK_COLUMNS):
            wide = min(_BLOCK_COLUMNS, columns - column)
            place = _scramble(seed, block, column // _BLOCK_COLUMNS)
            top, left = place % _ROW_PLACES + into, (place >> 16) % _COLUMN_PLACES
            piece = bank[top : top + many, left : left + wide]
            target = (slice(row, row + many), slice(column, column + wide))
            np.add(codes[target], piece, out=out[target])
        row += many


def _scramble(seed: int, row: int, column: int) -> int:
    """A number that belongs to this block of this frame (splitmix64)."""
    state = (seed * 0x9E3779B97F4A7C15 + row * 0xD1B54A32D192ED03 + column * 0x8CB92BA72F3D8DD7) & (2**64 - 1)
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    return state ^ (state >> 31)
