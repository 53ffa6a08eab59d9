"""Photons to numbers: the EMVA 1288 linear model, as a developed frame and as a raw one.

The developed path works in codes that are twice the root of the electrons (Anscombe 1948, with read noise
as Murtagh, Starck and Bijaoui 1995): shot and read noise are there of one size at any brightness, so that a
fresh throw of noise is one addition of a stored field. The raw path throws every photon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.world.facts import View
from emulator.world.optics import TRANSMISSION_Q, magnification
from emulator.world.sampling import F32

Codes = NDArray[np.int16]

CHANNEL_SENSITIVITY = (0.5, 1.0, 0.65)
"""Electrons of the red, green and blue photosites in white light, against the green ones."""

CODE_LIMIT = 7600
"""No code of a frame without noise is above this; three times the space fits 16 bits with room for noise."""

LARGEST_SCALE = 32.0
"""Codes for one standard deviation of noise are never more."""

_DARK, _LIGHT = np.float32(0), np.float32(CODE_LIMIT)
_ROOM_SIGMAS = 16
_BLOCK_VALUES = 120_000  # as many as stay in a processor's own cache through all steps


def dark_electrons(view: View) -> float:
    """Dark current gathered by one photosite over the exposure; doubles every 6 °C."""
    rate = view.sensor.dark_e_s * 2 ** ((view.temperature_c - 25) / 6)
    return float(rate * view.exposure.shutter_s)


def electrons_per_luminance(view: View) -> float:
    """Electrons that one green pixel of the frame gathers from 1 cd/m² on the axis."""
    exposure = view.exposure
    extension = (1 + magnification(view.optics)) ** 2
    lux_seconds = TRANSMISSION_Q * exposure.shutter_s / exposure.f_number**2 / extension
    sensor = view.sensor
    return lux_seconds * sensor.electrons_per_um2_lxs * sensor.area_um2 * view.photosites_per_pixel


def clip_electrons(view: View) -> float:
    """Electrons at which a pixel of the frame clips."""
    return view.sensor.clip_e(view.exposure.iso) * view.photosites_per_pixel


@dataclass(frozen=True, slots=True)
class Coding:
    """How electrons become codes in one view: code = scale · 2·√(electrons + floor).

    Attributes:
        scale: codes for one standard deviation of noise; a power of two, less than 1 in frames of few pixels.
        floor: variance there is without light, plus 3/8 of an electron.
        gain: electrons for 1 cd/m² in green.
    """

    scale: float
    floor: float
    gain: float

    @classmethod
    def of(cls, view: View) -> Coding:
        """The coding with the finest steps that hold this view's range."""
        sites = view.photosites_per_pixel
        read = view.sensor.read_noise_e(view.exposure.iso) ** 2
        dark = dark_electrons(view)
        floor = sites * (read + dark) * (2 if view.dark_subtracted else 1) + 0.375
        brightest = 2 * math.sqrt(clip_electrons(view) + floor)
        scale = LARGEST_SCALE
        while (brightest + _ROOM_SIGMAS) * scale > CODE_LIMIT:
            scale /= 2
        return cls(scale=scale, floor=floor, gain=electrons_per_luminance(view))

    def electrons(self, codes: NDArray[np.float64], noise_sigma: float) -> NDArray[np.float64]:
        """Electrons behind codes that carry noise of `noise_sigma` standard deviations, without bias."""
        root = np.maximum(codes, 0) / self.scale / 2
        return np.asarray(root * root - self.floor - noise_sigma**2 / 4)


def expose(
    planes: F32,
    response: F32,
    view: View,
    coding: Coding,
    first_row: int,
    gains: F32 | None = None,
    *,
    first_column: int = 0,
) -> Codes:
    """Codes without noise of a part of a frame, channels side by side (h, w, 3).

    Args:
        planes: luminance by channel, (3, h, w).
        response: what the photosites there make of it, (3, h, w).
        view: how it is seen.
        coding: of the view.
        first_row: which row of the frame the first is.
        gains: brightness of each row against the mean (flicker), if any.
        first_column: which column of the frame the first is.
    """
    _, rows, columns = planes.shape
    codes = np.empty((rows, columns, 3), dtype=np.int16)
    block = max(1, _BLOCK_VALUES // (3 * columns))
    floor = np.float32(coding.floor / coding.gain)
    steps = np.float32(2 * coding.scale * math.sqrt(coding.gain))
    for row in range(0, rows, block):
        some = slice(row, min(row + block, rows))
        brightness = np.empty((some.stop - row, columns, 3), dtype=np.float32)
        for channel in range(3):
            np.multiply(planes[channel, some], response[channel, some], out=brightness[:, :, channel])
        if gains is not None:
            brightness *= gains[some].reshape(-1, 1, 1)
        _code(brightness, floor, steps, codes[some])
    (down, across, channels), extra = _hot_pixels_of(view, first_row, rows, first_column, columns)
    if extra.size:
        place = channels, down, across
        pulse = np.float32(1) if gains is None else gains[down]
        brightness = planes[place] * response[place] * pulse + extra / np.float32(coding.gain)
        codes[down, across, channels] = _code(brightness, floor, steps)
    return codes


def _code(brightness: F32, floor: np.float32, steps: np.float32, out: Codes | None = None) -> Codes:
    """Codes of brightnesses, which are written over: the root of what they are above the floor, in steps."""
    brightness += floor
    np.sqrt(brightness, out=brightness)
    brightness *= steps
    brightness.clip(_DARK, _LIGHT, out=brightness)
    if out is None:
        return brightness.astype(np.int16)
    out[...] = brightness
    return out


@dataclass(frozen=True, slots=True)
class HotPixels:
    """Photosites with far too much dark current, from the top down: where in a frame, and how much."""

    row: NDArray[np.intp]
    column: NDArray[np.intp]
    channel: NDArray[np.intp]
    factor: NDArray[np.float64]


@lru_cache(maxsize=32)
def _hot_pixels(seed: int, count: int, width: int, height: int) -> HotPixels:
    rng = np.random.default_rng((seed, 7001))
    down, across = rng.random(count), rng.random(count)
    channel, factor = rng.integers(0, 3, count), 50 * 40 ** rng.random(count)
    order = np.argsort(down, kind="stable")
    return HotPixels(
        row=np.floor(down[order] * height).astype(np.intp),
        column=np.floor(across[order] * width).astype(np.intp),
        channel=channel[order],
        factor=factor[order],
    )


def hot_pixels_in(
    view: View, first_row: int, rows: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Row (from `first_row` on), column, channel and electrons of the hot pixels in these rows."""
    read = view.width * view.height * view.photosites_per_pixel
    count = round(view.sensor.hot_pixel_fraction * read)
    hot = _hot_pixels(view.pattern_seed, count, view.width, view.height)
    first, last = hot.row.searchsorted((first_row, first_row + rows))
    some = slice(int(first), int(last))
    return (
        hot.row[some] - first_row,
        hot.column[some],
        hot.channel[some],
        hot.factor[some] * dark_electrons(view),
    )


def _hot_pixels_of(
    view: View, first_row: int, rows: int, first_column: int, columns: int
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], F32]:
    """Where in a part of a frame (row, column, channel) hot pixels show, and their electrons."""
    if view.dark_subtracted or dark_electrons(view) * 2000 < 1:
        none = np.zeros(0, np.intp)
        return (none, none, none), np.zeros(0, np.float32)
    row, column, channel, extra = hot_pixels_in(view, first_row, rows)
    column = column - first_column
    shown = (column >= 0) & (column < columns)
    return (row[shown], column[shown], channel[shown]), extra[shown].astype(np.float32)


@dataclass(frozen=True, slots=True)
class RawFrame:
    """What the converter gives: one number for each photosite, in the order RGGB.

    Attributes:
        values: (h, w) numbers.
        black: the number no light gives.
        white: the number where it clips.
        electrons_per_number: 1/K of the photon-transfer curve.
        neutral: what a white surface gives in red, green and blue against green.
    """

    values: NDArray[np.uint16]
    black: int
    white: int
    electrons_per_number: float
    neutral: tuple[float, float, float]


def raw_frame(
    view: View, luminance_of_rows: Callable[[int, int], F32], neutral: tuple[float, float, float]
) -> RawFrame:
    """A raw frame of this view: photons thrown one photosite at a time.

    Args:
        view: how it is seen; `live` views have no raw frame.
        luminance_of_rows: luminance (3, h, w) of the frame's rows from the first to one past the last.
        neutral: what a white surface gives, for the developer of the file.
    """
    sensor, strip = view.sensor, 128
    clip, gain, dark = clip_electrons(view), electrons_per_luminance(view), dark_electrons(view)
    read = sensor.read_noise_e(view.exposure.iso) * math.sqrt(view.photosites_per_pixel)
    numbers = (sensor.raw_white - sensor.raw_black) / clip
    values = np.empty((view.height, view.width), dtype=np.uint16)
    sites = view.photosites_per_pixel
    for first in range(0, view.height, strip):
        last = min(first + strip, view.height)
        rng = np.random.default_rng((view.noise_seed, 1922, first))
        fixed = np.random.default_rng((view.pattern_seed, 1288, first))
        planes = luminance_of_rows(first, last)
        mean = np.empty(planes.shape[1:], dtype=np.float64)
        for (row, column), channel in _CFA.items():
            sensitivity = CHANNEL_SENSITIVITY[channel] * gain
            site = (slice((row - first) % 2, None, 2), slice(column, None, 2))
            mean[site] = planes[channel][site] * sensitivity
        mean *= 1 + sensor.prnu / math.sqrt(sites) * fixed.standard_normal(mean.shape)
        offset = sensor.dsnu_e * math.sqrt(sites) * fixed.standard_normal(mean.shape)
        thermal = np.full(mean.shape, dark * sites)
        row_at, column_at, _, extra = hot_pixels_in(view, first, last - first)
        thermal[row_at, column_at] += extra
        gathered = throw_photons(rng, mean + thermal) + rng.normal(0, read, mean.shape)
        if view.dark_subtracted:
            gathered -= throw_photons(rng, thermal) + rng.normal(0, read, mean.shape)
        else:
            gathered += offset - dark * sites
        found = np.round(sensor.raw_black + np.minimum(gathered, clip) * numbers)
        values[first:last] = np.clip(found, 0, sensor.raw_white)
    return RawFrame(values, sensor.raw_black, sensor.raw_white, 1 / numbers, neutral)


_CFA = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 2}


def throw_photons(rng: np.random.Generator, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many electrons there are where so many are to be expected: Poisson, above 30 its Gaussian."""
    found = mean + np.sqrt(np.maximum(mean, 0)) * rng.standard_normal(mean.shape)
    few = mean < 30
    if few.any():
        found[few] = rng.poisson(np.maximum(mean[few], 0))
    return np.asarray(found)
