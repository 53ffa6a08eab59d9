"""Automatic exposure: from the light to f-number, shutter speed and ISO, in the limits of the mode.

Source: imaging.md A2 (meter calibration K = 12.5), A6 (lag, program line; the line itself is a choice).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from emulator.body.ladder import Step

METER_K = 12.5
_LAG_S = 0.4
_DEAD_BAND_EV = 0.1
_SLEW_EV_S = 4.0
_QUANTISED_EV = 0.34
MAX_LIVE_S = 1 / 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What exposure may be chosen from; one step alone means that it is set.

    Attributes:
        f_numbers: widest first.
        shutters: longest first.
        isos: lowest first.
        handheld_s: the longest time that is held steady by hand, 1/equivalent focal length.
        shift: program shift in steps: positive opens the aperture.
    """

    f_numbers: Sequence[Step]
    shutters: Sequence[Step]
    isos: Sequence[Step]
    handheld_s: float
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """An exposure.

    Attributes:
        f_number: the aperture.
        shutter: the time.
        iso: the sensitivity.
        missing_ev: how much brighter the picture would have to be: beyond a third of a stop the mode or the
            lens has come to its limit.
    """

    f_number: Step
    shutter: Step
    iso: Step
    missing_ev: float

    @property
    def out_of_range(self) -> bool:
        """Whether the light is beyond what the mode can do."""
        return abs(self.missing_ev) > _QUANTISED_EV

    @property
    def live(self) -> tuple[float, float, float]:
        """F-number, seconds and ISO of a live frame that is as bright as this exposure.

        A live frame cannot be exposed longer than it lasts; the rest is gain. It is not bound to steps.
        """
        gain = 1.0 if self.out_of_range else 2**self.missing_ev
        shutter_s = min(self.shutter.exact, MAX_LIVE_S)
        iso = self.iso.exact * gain * self.shutter.exact / shutter_s
        return self.f_number.exact, shutter_s, iso


def ev100_of(luminance: float) -> float:
    """Return the exposure value at ISO 100 for a metered luminance in cd/m²."""
    return math.log2(max(luminance, 1e-6) * 100 / METER_K)


def choose(ev100: float, limits: Limits) -> Choice:
    """Return the exposure for an exposure value at ISO 100, compensation already taken off.

    Wide open first, at the lowest ISO. In little light the time lengthens to what a hand can hold, then ISO
    rises, then the time lengthens to the end. In much light aperture and time share what is too much.
    """
    isos, f_numbers, shutters = limits.isos, limits.f_numbers, limits.shutters
    iso, f_number = isos[0], f_numbers[0]
    held_s = shutters[0].exact if len(shutters) == 1 else limits.handheld_s
    wanted_s = _seconds(ev100, f_number, iso)
    if wanted_s > held_s:
        needed = iso.exact * wanted_s / held_s
        iso = next((step for step in isos if step.exact >= needed * 0.99), isos[-1])
    elif len(shutters) > 1:
        f_number = _nearest(f_numbers, f_number.exact * (held_s / wanted_s) ** 0.25)
    wanted_s = _seconds(ev100, f_number, iso)
    shutter = _nearest(shutters, wanted_s)
    remaining_ev = math.log2(wanted_s / shutter.exact)
    if remaining_ev < -_QUANTISED_EV:
        f_number = _nearest(f_numbers, f_number.exact * 2 ** (-remaining_ev / 2))
    if limits.shift:
        shifted = _nearest(f_numbers, f_number.exact * 2 ** (-limits.shift / 6))
        other = _nearest(shutters, shutter.exact * (shifted.exact / f_number.exact) ** 2)
        f_number, shutter = shifted, other
    missing_ev = math.log2(_seconds(ev100, f_number, iso) / shutter.exact)
    return Choice(f_number, shutter, iso, missing_ev)


def _seconds(ev100: float, f_number: Step, iso: Step) -> float:
    """Return the time that exposes correctly: t = N² / 2^EV · 100/S."""
    return f_number.exact**2 * 2**-ev100 * 100 / iso.exact


def _nearest(steps: Sequence[Step], exact: float) -> Step:
    return min(steps, key=lambda step: abs(math.log2(step.exact / exact)))


@dataclass(frozen=True, slots=True)
class Metered:
    """What a light meter has arrived at, to be kept and put back.

    Attributes:
        ev100: the exposure value, or None before the first measurement.
        at_s: when it measured last, in the scene's time.
    """

    ev100: float | None
    at_s: float


class LightMeter:
    """Follows the light as a camera's automatic exposure does: late, and not for every trifle."""

    def __init__(self) -> None:
        self._ev100: float | None = None
        self._at_s = 0.0

    @property
    def ev100(self) -> float | None:
        """The exposure value it has arrived at, or None before the first measurement."""
        return self._ev100

    @property
    def measured_s(self) -> float:
        """When it measured last."""
        return self._at_s

    @property
    def state(self) -> Metered:
        """How it stands."""
        return Metered(self._ev100, self._at_s)

    @state.setter
    def state(self, state: Metered) -> None:
        self._ev100, self._at_s = state.ev100, state.at_s

    def measure(self, luminance: float, time_s: float) -> float:
        """Take a measurement and return the exposure value arrived at."""
        measured = ev100_of(luminance)
        if self._ev100 is None:
            self._ev100 = measured
        else:
            elapsed_s = max(0.0, time_s - self._at_s)
            error = measured - self._ev100
            if abs(error) > _DEAD_BAND_EV:
                step = error * (1 - math.exp(-elapsed_s / _LAG_S))
                limit = _SLEW_EV_S * elapsed_s
                self._ev100 += max(-limit, min(limit, step))
        self._at_s = time_s
        return self._ev100

    def forget(self) -> None:
        """Start anew with the next measurement."""
        self._ev100 = None
