"""What lights a scene: sun and sky by their altitude, lamps and their flicker, colour of light.

Figures and formulas are those of imaging.md A1: ground illuminance from the twilight table of the
Explanatory Supplement to the Astronomical Almanac, colour from the CIE daylight and Planckian loci.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# Altitude from which a row holds (degrees), then log10 lux = a + b·x + c·x² + d·x³ with x = altitude / 90.
_SUN_ROWS = (
    (20.0, 3.74, 3.97, -4.07, 1.47),
    (5.0, 3.05, 13.28, -45.98, 64.33),
    (-0.8, 2.88, 22.26, -207.64, 1034.30),
    (-5.0, 2.88, 21.81, -258.11, -858.36),
    (-12.0, 2.70, 12.17, -431.69, -1899.83),
    (-18.0, 13.84, 262.72, 1447.42, 2797.93),
)
_MOON_ROWS = (
    (20.0, -1.95, 4.06, -4.24, 1.56),
    (5.0, -2.58, 12.58, -42.58, 59.06),
    (-0.8, -2.79, 24.27, -252.95, 1321.29),
)
# Colour of the light on the ground, direct and sky together, by the sun's altitude.
_GROUND_KELVIN = (
    (-8.0, 12000.0),
    (-2.0, 9000.0),
    (0.0, 5000.0),
    (3.0, 3900.0),
    (10.0, 4800.0),
    (20.0, 5500.0),
)
_DIRECT_KELVIN = ((0.0, 2200.0), (3.0, 3500.0), (20.0, 5500.0))

XYZ_TO_SRGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]], dtype=np.float64
)
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)

Rgb = tuple[float, float, float]
FlickerWave = Literal["sine", "square"]


def sun_lux(altitude_deg: float) -> float:
    """Illuminance of the ground by a clear sky; below −18° what is left of starlight."""
    return _from_table(_SUN_ROWS, max(altitude_deg, -18.0))


def moon_lux(altitude_deg: float) -> float:
    """Illuminance of the ground by a full moon; nothing when it is below the horizon."""
    return 0.0 if altitude_deg < -0.8 else _from_table(_MOON_ROWS, altitude_deg)


def _from_table(rows: tuple[tuple[float, ...], ...], altitude_deg: float) -> float:
    x = altitude_deg / 90
    _, a, b, c, d = next((row for row in rows if altitude_deg >= row[0]), rows[-1])
    return float(10 ** (a + b * x + c * x * x + d * x**3))


def ground_kelvin(sun_altitude_deg: float) -> float:
    """Colour temperature of daylight on the ground."""
    return _interpolate(_GROUND_KELVIN, sun_altitude_deg)


def direct_kelvin(sun_altitude_deg: float) -> float:
    """Colour temperature of the sun itself."""
    return _interpolate(_DIRECT_KELVIN, sun_altitude_deg)


def _interpolate(points: tuple[tuple[float, float], ...], x: float) -> float:
    """Linear in reciprocal temperature, as the eye and the sensor see it."""
    at = bisect_left([p[0] for p in points], x)
    if at == 0:
        return points[0][1]
    if at == len(points):
        return points[-1][1]
    (x0, k0), (x1, k1) = points[at - 1], points[at]
    share = (x - x0) / (x1 - x0)
    return 1 / ((1 - share) / k0 + share / k1)


@lru_cache(maxsize=256)
def rgb_of_kelvin(kelvin: float) -> Rgb:
    """Linear sRGB of a light of this colour temperature, scaled so that its luminance is 1."""
    kelvin = min(max(kelvin, 1700.0), 25000.0)
    share = min(max((kelvin - 3700) / 600, 0.0), 1.0)
    px, py = _planck_xy(min(kelvin, 4300.0))
    dx, dy = _daylight_xy(max(kelvin, 3700.0))
    x, y = px + share * (dx - px), py + share * (dy - py)
    rgb = XYZ_TO_SRGB @ np.array([x / y, 1.0, (1 - x - y) / y])
    red, green, blue = (max(float(value), 0.02) for value in rgb)
    luminance = luminance_of((red, green, blue))
    return red / luminance, green / luminance, blue / luminance


def luminance_of(rgb: Rgb) -> float:
    """Luminance of a linear sRGB triple."""
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def _planck_xy(kelvin: float) -> tuple[float, float]:
    """Chromaticity of a black body from 1667 to 4300 K (Kim et al. 2002, cubic fit)."""
    t = 1e3 / max(kelvin, 1667.0)
    x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    if kelvin < 2222:
        return x, -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    return x, -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867


def _daylight_xy(kelvin: float) -> tuple[float, float]:
    """Chromaticity of daylight from 4000 to 25000 K (CIE 15)."""
    t = 1e3 / kelvin
    if kelvin <= 7000:
        x = -4.6070 * t**3 + 2.9678 * t**2 + 0.09911 * t + 0.244063
    else:
        x = -2.0064 * t**3 + 1.9018 * t**2 + 0.24748 * t + 0.237040
    return x, -3.0 * x * x + 2.870 * x - 0.275


def sun_position(moment: datetime, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    """Altitude and azimuth (from north, eastward) of the sun in degrees, without refraction.

    The low-precision formula of the Astronomical Almanac, better than 0.02° from 1950 to 2050.
    """
    days = (moment - _J2000) / timedelta(days=1)
    mean_longitude = math.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360)
    ecliptic = mean_longitude + math.radians(1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 4e-7 * days)
    right_ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic))
    sidereal = math.radians((280.46061837 + 360.98564736629 * days + longitude_deg) % 360)
    hour_angle = sidereal - right_ascension
    latitude = math.radians(latitude_deg)
    altitude = math.asin(
        math.sin(latitude) * math.sin(declination)
        + math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    )
    azimuth = math.atan2(
        -math.sin(hour_angle) * math.cos(declination),
        math.cos(latitude) * math.sin(declination)
        - math.sin(latitude) * math.cos(declination) * math.cos(hour_angle),
    )
    return math.degrees(altitude), math.degrees(azimuth) % 360


def cloud_stops(time_s: float, seed: int) -> float:
    """How many stops passing clouds take away (0 to 3.3): a slow walk of 0.3 stop a square-root minute.

    Octaves of smooth noise with periods of 1 to 64 minutes; the amplitude of each grows with the root of
    its period, as that of a random walk does, and any moment can be asked for by itself.
    """
    stops = 1.7
    for octave in range(7):
        period_s = 60.0 * 2**octave
        position = time_s / period_s + 0.37 * octave
        base = math.floor(position)
        share = position - base
        share = share * share * (3 - 2 * share)
        low, high = (_unit_noise(seed, octave, base + step) for step in (0, 1))
        stops += 0.3 * math.sqrt(period_s / 60) * 0.6 * (low + share * (high - low))
    return min(max(stops, 0.0), 3.3)


def _unit_noise(*key: int) -> float:
    """A number in −1…1 that belongs to this key alone."""
    state = 0x9E3779B97F4A7C15
    for part in key:
        state = ((state ^ (part & 0xFFFFFFFFFFFFFFFF)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    state = (state * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return (state >> 11) / 2**52 - 1


def flicker_gain(
    start_s: NDArray[np.float64], shutter_s: float, hz: float, depth: float, wave: FlickerWave = "sine"
) -> NDArray[np.float64]:
    """Mean of the lamps' light from `start_s` on over one exposure, against their mean over all time.

    For a sine 1 + m·sinc(f·t)·cos 2πf(start + t/2) (imaging.md A3); for a square wave its exact integral.
    """
    if depth == 0 or hz == 0:
        return np.ones_like(start_s)
    if wave == "sine":
        middle = 2 * np.pi * hz * (start_s + shutter_s / 2)
        return np.asarray(1 + depth * np.sinc(hz * shutter_s) * np.cos(middle))
    total = _square_integral(hz * (start_s + shutter_s)) - _square_integral(hz * start_s)
    return np.asarray(1 + depth * total / (hz * shutter_s))


def _square_integral(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of sign(cos 2πx): a triangle between −1/4 and 1/4."""
    return np.asarray(np.abs((turns - 0.25) % 1.0 - 0.5) - 0.25)
