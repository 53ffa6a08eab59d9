"""What the camera finds out by looking: brightness, colour of the light, contrast, distance."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.world.compose import Rectangle, distances, luminance, straight, whole
from emulator.world.facts import Exposure, Optics, SensorFacts, View, Window
from emulator.world.light import rgb_of_kelvin
from emulator.world.lighting import LightNow
from emulator.world.optics import magnification
from emulator.world.sampling import F32
from emulator.world.scene import Scene
from emulator.world.sensor import (
    CHANNEL_SENSITIVITY,
    clip_electrons,
    dark_electrons,
    electrons_per_luminance,
    throw_photons,
)

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_PROBE_WIDTH = 60
_STEP_S = 0.1
_CENTRE_WEIGHTS = np.array(
    [[1, 1, 1, 1, 1], [1, 2, 3, 2, 1], [1, 3, 5, 3, 1], [1, 2, 3, 2, 1], [1, 1, 1, 1, 1]], dtype=np.float64
)
_METER_SENSOR = SensorFacts(
    pixel_um=100.0, clip_k=1.0, base_iso=100.0, read_noise_base_e=1.0, read_noise_high_e=1.0, qe=0.5
)
_AUTO_LOW_KELVIN, _AUTO_HIGH_KELVIN = 2500.0, 8500.0
_DAY_HIGH_KELVIN = 6000.0
_DUSK, _DAY = 60.0, 600.0  # cd/m²
_SHADES_OF_GREY_P = 6
_FOCUS_COLUMNS = 700
_FOCUS_ELECTRONS = 60.0
_DARKEST_LEVEL = 0.2
_CLIPS_ABOVE_METERED = 3.5


@lru_cache(maxsize=32)
def _probe_at(scene: Scene, optics: Optics, moment_s: float, light: LightNow) -> F32:
    """The field of view in few pixels, without lens fall-off: luminance (3, h, w).

    While neither light nor anything in the scene changes, one look serves for all times.
    """
    height = max(5, round(_PROBE_WIDTH * optics.sensor_height_mm / optics.sensor_width_mm))
    view = View(optics, Exposure(64.0, 1 / 1000, 100), _METER_SENSOR, _PROBE_WIDTH, height, moment_s)
    found = straight(scene, view, whole(view), light)
    found.setflags(write=False)
    return found


def _steady(optics: Optics) -> Optics:
    """The lens as a meter needs it: the same for any focus, so that focusing asks for no new look."""
    focus_m = optics.focus_m if optics.breathing else math.inf
    return replace(optics, focus_m=focus_m, shake=0.0, defocus_px_640=0.0)


def _grained(time_s: float) -> float:
    """Meters look ten times a second."""
    return math.floor(time_s / _STEP_S) * _STEP_S


def meter(scene: Scene, optics: Optics, time_s: float) -> float:
    """Luminance in cd/m² to expose for, through the lens, so that N²/t = L·S/12.5.

    Mean of the logarithms over 5 × 5 fields, the middle counting most, highlights held to the 99th
    percentile. A lens far extended for something close lets less through, and the figure says so.
    """
    seen_s = _grained(time_s)
    luminance_seen = _metered_at(scene, _steady(optics), scene.moment(seen_s), scene.light_at(seen_s))
    return luminance_seen / (1 + magnification(optics)) ** 2


@lru_cache(maxsize=32)
def _metered_at(scene: Scene, optics: Optics, moment_s: float, light: LightNow) -> float:
    planes = _probe_at(scene, optics, moment_s, light)
    grey = np.tensordot(_LUMINANCE, planes, axes=1)
    grey = np.minimum(grey, np.float32(percentile(grey, 99)))
    fields = [np.array_split(row, 5, axis=1) for row in np.array_split(grey, 5, axis=0)]
    means = np.array([[float(field.mean()) for field in row] for row in fields])
    logarithm = float(np.average(np.log2(np.maximum(means, 1e-7)), weights=_CENTRE_WEIGHTS))
    return float(2**logarithm)


def percentile(values: NDArray[np.floating], percent: float) -> float:
    """As numpy's, which loads its masked arrays for it and keeps the event loop waiting meanwhile."""
    place = percent / 100 * (values.size - 1)
    low = math.floor(place)
    high = min(low + 1, values.size - 1)
    ordered = np.partition(values, (low, high), axis=None)
    return float(ordered[low]) + (place - low) * float(ordered[high] - ordered[low])


def neutral_kelvin(scene: Scene, optics: Optics, time_s: float) -> float:
    """What automatic white balance takes for the colour of the light, in steps of 10 K.

    Shades of grey with p = 6 on red against blue, over what does not clip, held to 2500 … 8500 K; and to
    6000 K where it is so bright that it must be day, or a blue sky would be taken for a grey one.
    """
    steady, grained_s = _steady(optics), _grained(time_s)
    metered = meter(scene, optics, time_s)
    return _neutral_at(scene, steady, scene.moment(grained_s), scene.light_at(grained_s), metered)


@lru_cache(maxsize=32)
def _neutral_at(scene: Scene, optics: Optics, moment_s: float, light: LightNow, metered: float) -> float:
    planes = _probe_at(scene, optics, moment_s, light).astype(np.float64)
    grey = np.tensordot(_LUMINANCE.astype(np.float64), planes, axes=1)
    seen = grey <= max(_CLIPS_ABOVE_METERED * metered, percentile(grey, 50))
    shares = planes[:, seen] / max(float(grey[seen].max()), 1e-9)
    red, _, blue = (float((share**_SHADES_OF_GREY_P).mean() ** (1 / _SHADES_OF_GREY_P)) for share in shares)
    wanted = math.log(max(red, 1e-9) / max(blue, 1e-9))
    by_day = min(max(math.log(max(metered, 1e-9) / _DUSK) / math.log(_DAY / _DUSK), 0.0), 1.0)
    low = 1 / _AUTO_HIGH_KELVIN + by_day * (1 / _DAY_HIGH_KELVIN - 1 / _AUTO_HIGH_KELVIN)
    high = 1 / _AUTO_LOW_KELVIN
    for _ in range(24):
        middle = (low + high) / 2
        rgb = rgb_of_kelvin(round(1 / middle, 1))
        if math.log(rgb[0] / rgb[2]) < wanted:
            low = middle
        else:
            high = middle
    return round(2 / (low + high), -1)


def focus_score(scene: Scene, view: View, window: Window = (0.35, 0.35, 0.65, 0.65)) -> float:
    """Contrast of a window of the frame as the sensor sees it, noise and all: Tenengrad over mean².

    The window is read finer than the view's frame where there is light for it, as cameras do: a short lens
    on a small sensor shows no difference otherwise. What a lens extended for something close takes of the
    light is made up for, or the noise alone would lead the search to the near end.

    Args:
        scene: what is there.
        view: how it is seen; its noise seed throws the photons.
        window: left, top, right, bottom as shares of the frame.
    """
    longer_s = view.exposure.shutter_s * (1 + magnification(view.optics)) ** 2
    view = replace(view, exposure=replace(view.exposure, shutter_s=longer_s))
    view = _read_for_focus(scene, view, window)
    planes = luminance(scene, view, part_of(view, window), scene.light_at(view.time_s))
    electrons = _noisy(planes[1] * np.float32(electrons_per_luminance(view) * CHANNEL_SENSITIVITY[1]), view)
    lines = electrons[:-2] + 2 * electrons[1:-1] + electrons[2:]
    across = (lines[:, 2:] - lines[:, :-2]) / 4
    lines = electrons[:, :-2] + 2 * electrons[:, 1:-1] + electrons[:, 2:]
    down = (lines[2:] - lines[:-2]) / 4
    read = view.sensor.read_noise_e(view.exposure.iso) * math.sqrt(view.photosites_per_pixel)
    level = max(float(electrons.mean()), _DARKEST_LEVEL * read)
    return float((across * across + down * down).mean(dtype=np.float64) / level**2)


def _read_for_focus(scene: Scene, view: View, window: Window) -> View:
    """The view as fine as its light, its photosites and the time there is allow."""
    luminance_seen = meter(scene, view.optics, view.time_s)
    x0, _, x1, _ = window
    while True:
        finer = replace(view, width=view.width * 2, height=view.height * 2)
        electrons = luminance_seen * electrons_per_luminance(finer)
        too_many = abs(x1 - x0) * finer.width > _FOCUS_COLUMNS
        too_fine = finer.pixel_mm * 1000 < 2 * view.sensor.pixel_um
        if too_many or too_fine or electrons < _FOCUS_ELECTRONS:
            return view
        view = finer


def _noisy(mean: F32, view: View) -> F32:
    """Electrons with the noise of light, dark current and reading; where there are few, thrown one by one."""
    rng = np.random.default_rng((view.noise_seed, 33))
    sites = view.photosites_per_pixel
    read = view.sensor.read_noise_e(view.exposure.iso) * math.sqrt(sites)
    dark = dark_electrons(view) * sites
    found = rng.standard_normal(mean.shape, dtype=np.float32)
    found *= np.sqrt(mean + np.float32(dark + read**2))
    found += mean
    few = mean < 30
    if few.any():
        thrown = throw_photons(rng, mean[few].astype(np.float64) + dark) - dark
        found[few] = thrown + rng.normal(0, read, thrown.shape)
    return np.minimum(found, np.float32(clip_electrons(view)), out=found)


def part_of(view: View, window: Window) -> Rectangle:
    """The pixels of a window given in shares of the frame; at least 8 × 8 where the frame has them."""
    x0, y0, x1, y1 = (min(max(share, 0.0), 1.0) for share in window)

    def reach(low: float, high: float, size: int) -> tuple[int, int]:
        first, last = math.floor(min(low, high) * size), math.ceil(max(low, high) * size)
        if last - first < 8:
            first = max(0, min((first + last) // 2 - 4, size - 8))
            last = min(first + 8, size)
        return first, last

    return Rectangle(reach(y0, y1, view.height), reach(x0, x1, view.width))


def depth_at(scene: Scene, optics: Optics, time_s: float, x: float, y: float) -> float:
    """True distance in metres of what is seen at this share of the frame (0, 0 is the top left)."""
    height = max(2, round(640 * optics.sensor_height_mm / optics.sensor_width_mm))
    view = View(_steady(optics), Exposure(64.0, 1 / 1000, 100), _METER_SENSOR, 640, height, time_s)
    row = min(max(int(y * height), 0), height - 1)
    column = min(max(int(x * 640), 0), 639)
    part = Rectangle((row, row + 1), (column, column + 1))
    return float(distances(scene, view, part, scene.light_at(time_s))[0, 0])
