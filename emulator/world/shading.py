"""How much of the light a lens leaves at each pixel: less toward the corners, less so stopped down."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np

from emulator.world.facts import Optics, Polynomial, View
from emulator.world.sampling import F32

Range = tuple[int, int]


def shading(view: View, rows: Range, columns: Range) -> F32:
    """Light that the lens leaves at the pixels of these rows and columns of a frame, (h, w)."""
    x_mm = (np.arange(*columns) + (0.5 - view.width / 2)) * view.pixel_mm
    y_mm = (np.arange(*rows) + (0.5 - view.height / 2)) * view.pixel_mm
    return falloff(view, x_mm.reshape(1, -1).astype(np.float32), y_mm.reshape(-1, 1).astype(np.float32))


def falloff(view: View, x_mm: F32, y_mm: F32) -> F32:
    """Light left at these places on the sensor, from its middle: 1 on the axis."""
    k1, k2, k3 = _coefficients(view)
    squared = (x_mm * x_mm + y_mm * y_mm) * np.float32(1 / _half_diagonal_mm(view.optics) ** 2)
    if k2 == k3 == 0:
        squared *= np.float32(k1)
        squared += np.float32(1)
        return squared
    left = ((np.float32(k3) * squared + np.float32(k2)) * squared + np.float32(k1)) * squared
    return np.asarray(np.maximum(1 + left, 0.0), dtype=np.float32)


def shading_key(view: View) -> Hashable:
    """Views of one size with equal keys have the same shading."""
    return view.pixel_mm, _half_diagonal_mm(view.optics), _coefficients(view)


def _half_diagonal_mm(optics: Optics) -> float:
    return math.hypot(optics.sensor_width_mm, optics.sensor_height_mm) / 2


def _coefficients(view: View) -> Polynomial:
    """Of the polynomial in the square of the radius, at this f-number: between the two that are nearest."""
    optics, f_number = view.optics, view.exposure.f_number
    if not optics.vignetting or optics.corrected:
        open_ratio = min(1.0, optics.widest_f_number / f_number)
        return 2.0 ** (-optics.corner_ev * (0.4 + 0.6 * open_ratio**2)) - 1, 0.0, 0.0
    stops = [math.log2(wide) for wide, _ in optics.vignetting]
    first, second, third = (
        float(np.interp(math.log2(f_number), stops, [figures[index] for _, figures in optics.vignetting]))
        for index in range(3)
    )
    return first, second, third
