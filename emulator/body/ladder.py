"""The steps of shutter speed, f-number and ISO: what is printed, and what it really is.

What a dial says is rounded for reading: 1/60 is 1/64 s, f/5.6 is 5.657, ISO 125 is 126. Pictures are formed
with the exact value and their EXIF says the printed one, as real cameras do.

Source: models.md 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

BULB = "BULB"
UNKNOWN_F_NUMBER = "--"
"""What a camera tells of a lens that does not tell it."""

_SHUTTER = (
    '30" 25" 20" 15" 13" 10" 8" 6" 5" 4" 3.2" 2.5" 2" 1.6" 1.3" 1" 0.8" 0.6" 0.5" 0.4" 1/3 1/4 1/5 1/6 1/8 '
    "1/10 1/13 1/15 1/20 1/25 1/30 1/40 1/50 1/60 1/80 1/100 1/125 1/160 1/200 1/250 1/320 1/400 1/500 1/640 "
    "1/800 1/1000 1/1250 1/1600 1/2000 1/2500 1/3200 1/4000 1/5000 1/6400 1/8000"
)
_F_NUMBERS = (
    "1.0 1.1 1.3 1.4 1.6 1.8 2.0 2.2 2.5 2.8 3.2 3.5 4.0 4.5 5.0 5.6 6.3 7.1 8.0 9.0 10 11 13 14 16 18 20 22 "
    "25 29 32"
)
_ISO = (
    "80 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500 3200 4000 5000 6400 8000 10000 "
    "12800 16000 20000 25600"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder.

    Attributes:
        text: as the API and a dial print it.
        nominal: the printed value.
        exact: the value the picture is formed with.
    """

    text: str
    nominal: Fraction
    exact: float


@cache
def shutter_step(text: str) -> Step:
    """Return the shutter speed of that text: ``1/250``, ``0.4"``."""
    nominal = Fraction(text.rstrip('"'))
    return Step(text, nominal, _third(float(nominal)))


@cache
def f_number_step(text: str) -> Step:
    """Return the f-number of that text: ``5.6``."""
    nominal = Fraction(text)
    return Step(text, nominal, 2 ** (round(6 * math.log2(float(nominal))) / 6))


@cache
def iso_step(text: str) -> Step:
    """Return the sensitivity of that text: ``125``."""
    nominal = Fraction(text)
    return Step(text, nominal, 100 * _third(float(nominal) / 100))


def ring_step(f_number: float) -> Step:
    """Return where an aperture ring stands, of which the camera knows nothing."""
    return Step(UNKNOWN_F_NUMBER, Fraction(f_number).limit_denominator(100), f_number)


def iris(stops: tuple[float, ...]) -> tuple[Step, ...]:
    """Return the steps of an iris that has only these."""
    return tuple(Step(f"{stop:.1f}", Fraction(f"{stop:.1f}"), stop) for stop in sorted(stops))


def open_aperture(f_number: float) -> Step:
    """Return a lens's full aperture, which need not stand on the ladder."""
    nominal = Fraction(round(f_number * 10), 10)
    return Step(f"{float(nominal):.1f}", nominal, f_number)


def shutters(longest_s: float, shortest_s: float) -> tuple[Step, ...]:
    """Return the steps between two times, both included, longest first."""
    steps = map(shutter_step, _SHUTTER.split())
    return tuple(step for step in steps if _within(float(step.nominal), shortest_s, longest_s))


@lru_cache(maxsize=256)
def f_numbers(widest: float, narrowest: float) -> tuple[Step, ...]:
    """Return a lens's steps from full aperture on; the first is the full aperture itself."""
    steps = map(f_number_step, _F_NUMBERS.split())
    inner = (step for step in steps if widest * 1.03 < float(step.nominal) <= narrowest * 1.01)
    return (open_aperture(widest), *inner)


def isos(lowest: int, highest: int) -> tuple[Step, ...]:
    """Return the steps between two sensitivities, both included."""
    return tuple(step for step in map(iso_step, _ISO.split()) if lowest <= step.nominal <= highest)


def _third(value: float) -> float:
    """Return the power of two in thirds nearest to a value."""
    return float(2 ** (round(3 * math.log2(value)) / 3))


def _within(value: float, low: float, high: float) -> bool:
    return low * 0.99 <= value <= high * 1.01
