"""What no camera can be: values out of range, in the wrong unit, or that contradict each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from emulator.profiles.model import Profile


@dataclass(frozen=True, slots=True)
class Range:
    """What values a fact can have.

    Attributes:
        fact: dotted path, as a pattern.
        low: the smallest.
        high: the largest.
        unit: what is meant.
    """

    fact: str
    low: float
    high: float
    unit: str


_POSSIBLE = (
    Range("crop_factor", 0.2, 20.0, "focal length in 35 mm terms over the focal length"),
    Range("auto_iso", 25, 1_000_000, "ISO"),
    Range("shutter_s", 1e-6, 3600.0, "seconds"),
    Range("sensor.width_mm", 1.0, 100.0, "millimetres"),
    Range("sensor.height_mm", 1.0, 100.0, "millimetres"),
    Range("sensor.*_px", 16, 50_000, "pixels"),
    Range("sensor.pixel_um", 0.3, 50.0, "micrometres"),
    Range("sensor.clip_k", 1e3, 1e7, "electrons times ISO on a square micrometre"),
    Range("sensor.base_iso", 10, 10_000, "ISO"),
    Range("sensor.read_noise_*_e", 0.05, 200.0, "electrons"),
    Range("sensor.grey_fraction", 0.005, 0.9, "a share of the clipping level"),
    Range("sensor.qe", 0.01, 1.0, "a share"),
    Range("sensor.dark_e_s", 0.0, 1e4, "electrons a second"),
    Range("sensor.prnu", 0.0, 0.5, "a share"),
    Range("sensor.dsnu_e", 0.0, 1e3, "electrons"),
    Range("sensor.hot_pixel_fraction", 0.0, 0.05, "a share"),
    Range("sensor.readout_s", 0.0, 1.0, "seconds"),
    Range("lens.*_mm", 1.0, 2000.0, "millimetres"),
    Range("lens.f_*", 0.7, 128.0, "an f-number"),
    Range("lens.near_*_m", 0.01, 100.0, "metres"),
    Range("lens.travel_s", 0.05, 60.0, "seconds"),
    Range("lens.blades", 3, 30, "blades"),
    Range("lens.corner_ev", 0.0, 5.0, "stops"),
    Range("lens.stops", 0.7, 128.0, "f-numbers"),
    Range("raw.bits", 8, 16, "bits"),
    Range("raw.size", 16, 50_000, "pixels"),
    Range("raw.black", 0, 65_534, "a number of the converter"),
    Range("raw.white", 1, 65_535, "a number of the converter"),
    Range("stills.*quality", 1, 100, "libjpeg's quality"),
    Range("stills.bits_per_pixel.*", 0.05, 48.0, "bits"),
    Range("stills.sizes.*", 16, 50_000, "pixels"),
    Range("stills.raw_bytes", 0, 1e9, "bytes"),
    Range("stills.buffer_shots", 1, 10_000, "pictures"),
    Range("stills.card_bytes_s", 1e4, 1e10, "bytes a second"),
    Range("liveview.jpeg_bytes", 1, 1e7, "bytes"),
    Range("rules.poll_limit_s.*", 0.0, 600.0, "seconds"),
    Range("rules.clock_drift_s_day", -3600.0, 3600.0, "seconds a day"),
    Range("rules.postviews_kept", 0, 10_000, "pictures"),
    Range("movie.limit_s", 1.0, 1e6, "seconds"),
    Range("movie.frames_s", 1, 1000, "frames a second"),
    Range("movie.megabits_s", 0.01, 1000.0, "megabits a second"),
    Range("liveview.gaps_ms", 1.0, 10_000.0, "milliseconds"),
    Range("liveview.capturing_gap_ms", 1.0, 60_000.0, "milliseconds"),
    Range("liveview.quality", 1, 100, "libjpeg's quality"),
    Range("liveview.*multiple_of", 1, 65_536, "bytes"),
    Range("timings.*", 0.0, 600.0, "seconds"),
    Range("power.battery_wh", 0.01, 1000.0, "watt hours"),
    Range("power.*_w", 0.0, 100.0, "watts"),
    Range("power.*_mwh", 0.0, 1000.0, "milliwatt hours"),
    Range("network.*_port", 1, 65_535, "a port"),
)

_SPANNED = ("WhiteBalance", "ExposureCompensation", "ProgramShift")
"""Settings whose values are not listed one by one."""

_CONTRADICTIONS: tuple[tuple[str, str, Callable[[Profile], bool]], ...] = (
    ("auto_iso", "the lower ISO comes first", lambda p: p.auto_iso[0] > p.auto_iso[1]),
    ("shutter_s", "the longest time comes first", lambda p: p.shutter_s[0] < p.shutter_s[1]),
    ("lens.tele_mm", "it cannot be shorter than wide_mm", lambda p: p.lens.tele_mm < p.lens.wide_mm),
    ("lens.f_min", "it cannot be wider than full aperture", lambda p: p.lens.f_min < p.lens.f_wide),
    (
        "lens.near_wide_m",
        "nothing nearer than the focal length can be in focus",
        lambda p: p.lens.near_wide_m * 1000 <= p.lens.wide_mm,
    ),
    (
        "sensor.read_noise_high_e",
        "it falls with ISO",
        lambda p: p.sensor.read_noise_high_e > p.sensor.read_noise_base_e,
    ),
    (
        "raw.white",
        "it lies above black and within the bits",
        lambda p: p.raw is not None and not p.raw.black < p.raw.white < 2**p.raw.bits,
    ),
    (
        "liveview.jpeg_bytes",
        "the smaller size comes first",
        lambda p: not 0 < p.liveview.jpeg_bytes[0] <= p.liveview.jpeg_bytes[1],
    ),
    (
        "sensor.pixel_um",
        "so many pixels of that pitch do not fit the sensor's width",
        lambda p: not 0.8 < p.sensor.pixel_um * p.sensor.width_px / 1000 / p.sensor.width_mm < 1.2,
    ),
)


def impossible(table: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first number of a bare profile that nothing can have, as its dotted path and why."""
    for path, number in _numbers(table, ""):
        if not math.isfinite(number):
            return path, f"{path.rpartition('.')[2]} cannot be {number}; give a number"
        for possible in _POSSIBLE:
            if fnmatchcase(path, possible.fact) and not possible.low <= number <= possible.high:
                told = f"{possible.low:g} to {possible.high:g}"
                return path, f"{path.rpartition('.')[2]} cannot be {number}; give {possible.unit}, {told}"
    return None


def contradictory(profile: Profile) -> tuple[str, str] | None:
    """The first fact that contradicts another, as its dotted path and why."""
    found = next(((path, why) for path, why, wrong in _CONTRADICTIONS if wrong(profile)), None)
    return found or next(_strange_defaults(profile), None)


def _strange_defaults(profile: Profile) -> Iterator[tuple[str, str]]:
    for name, setting in profile.settings.items():
        if name not in _SPANNED and setting.default not in setting.supported:
            yield f"settings.{name}.default", "it is none of those that are supported"


def _numbers(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, float]]:
    for key, value in table.items():
        where = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from _numbers(value, where)
            continue
        for number in value if isinstance(value, list | tuple) else [value]:
            if isinstance(number, Mapping):
                yield from _numbers(number, where)
            elif isinstance(number, int | float) and not isinstance(number, bool):
                yield where, number
