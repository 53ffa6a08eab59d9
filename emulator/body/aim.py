"""Puts automatic exposure to work: what may be chosen in the present mode, the choice, and its lock.

Source: imaging.md A2, A6; protocol/wifi.md 5.3 (which mode lets what be set).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from emulator.body.exposure import MAX_LIVE_S, Choice, LightMeter, Limits, Metered, choose
from emulator.body.eye import Eye
from emulator.body.ladder import (
    BULB,
    Step,
    f_number_step,
    f_numbers,
    iris,
    iso_step,
    isos,
    ring_step,
    shutter_step,
    shutters,
)
from emulator.body.lens import Lens
from emulator.body.settings import EXPOSURE_COMPENSATION, Settings
from emulator.profiles import Profile
from emulator.world import Exposure

_DAYLIGHT_EV100 = 12.0
_STEPS_PER_EV = {1: 3, 2: 2}
_F_NUMBER, _SHUTTER, _ISO = "FNumber", "ShutterSpeed", "IsoSpeedRate"
_MOVIE_LONGEST_S = 1 / 30
_STALE_S = 0.1


class Aim:
    """The exposure of one camera, from the last measurement and the settings.

    Args:
        eye: measures the light.
    """

    def __init__(self, profile: Profile, settings: Settings, lens: Lens, eye: Eye) -> None:
        self._profile = profile
        self._settings = settings
        self._lens = lens
        self._eye = eye
        self._meter = LightMeter()
        self._locked: Choice | None = None
        longest, shortest = profile.shutter_s
        self._shutters = shutters(longest, shortest)
        self._isos = isos(*profile.auto_iso)
        settings.readings[_F_NUMBER] = lambda: self.choice.f_number.text
        settings.readings[_SHUTTER] = lambda: self.choice.shutter.text
        settings.filters[_F_NUMBER] = self._within_lens
        settings.ranges[_F_NUMBER] = self._of_lens

    @property
    def bias_steps(self) -> tuple[int, int]:
        """EV compensation, and how many of its steps make one EV."""
        if EXPOSURE_COMPENSATION not in self._settings:
            return 0, 3
        step_id = self._settings.supported(EXPOSURE_COMPENSATION)[0][2]
        shown = self._settings.is_shown(EXPOSURE_COMPENSATION)
        value = self._settings.value(EXPOSURE_COMPENSATION) if shown else 0
        return int(value), _STEPS_PER_EV[step_id]

    @property
    def choice(self) -> Choice:
        """The exposure of a still taken now."""
        if self._locked is not None:
            return self._locked
        steps, per_ev = self.bias_steps
        ev100 = self._meter.ev100
        return choose((_DAYLIGHT_EV100 if ev100 is None else ev100) - steps / per_ev, self._limits())

    @property
    def stamp(self) -> Hashable:
        """What the choice comes from beside the settings: while it is the same, so is the choice."""
        return self._locked, self._meter.ev100, self._lens.position, self._lens.handled

    @property
    def live(self) -> Exposure:
        """The exposure of a live frame taken now: as bright as the still would be."""
        return Exposure(*self.choice.live)

    @property
    def search(self) -> Exposure:
        """The exposure of the frames that autofocus looks at: wide open, and right whatever is set."""
        f_number = self._lens.ring or self._lens.widest_f_number
        iso = self._profile.sensor.base_iso
        wanted_s = f_number**2 * 2**-self.ev100 * 100 / iso
        shutter_s = min(wanted_s, MAX_LIVE_S)
        return Exposure(f_number, shutter_s, iso * wanted_s / shutter_s)

    @property
    def ev100(self) -> float:
        """The exposure value that the light asks for at ISO 100."""
        ev100 = self._meter.ev100
        return _DAYLIGHT_EV100 if ev100 is None else ev100

    async def keep_up(self) -> None:
        """Look at the light if nobody has for a moment: ten times a second is often enough."""
        if self._meter.ev100 is None or self._eye.time_s - self._meter.measured_s >= _STALE_S:
            await self.measure()

    async def measure(self) -> None:
        """Look at the light once."""
        self._meter.measure(await self._eye.luminance(), self._eye.time_s)

    @property
    def metered(self) -> Metered:
        """What the light meter has arrived at."""
        return self._meter.state

    @metered.setter
    def metered(self, metered: Metered) -> None:
        self._meter.state = metered

    def lock(self) -> None:
        """Hold the exposure: the shutter button is half pressed."""
        self._locked = self.choice

    def unlock(self) -> None:
        """Follow the light again."""
        self._locked = None

    def forget(self) -> None:
        """Start anew: the camera was switched off."""
        self._locked = None
        self._meter.forget()

    def _limits(self) -> Limits:
        settings = self._settings
        times = self._set_step(_SHUTTER, shutter_step, self._shutters)
        if settings.shoot_mode in ("movie", "looprec"):
            inner = [step for step in times if step.exact <= _MOVIE_LONGEST_S * 1.1]
            times = inner or times
        shift = int(settings.value("ProgramShift")) if settings.is_settable("ProgramShift") else 0
        handheld_s = 1 / max(self._lens.equivalent_mm, 1.0)
        return Limits(self._apertures(), times, self._sensitivities(), handheld_s, shift)

    def _apertures(self) -> Sequence[Step]:
        """Return the apertures to choose from, widest first; one alone where a ring or a setting says so."""
        facts, wide = self._lens.facts, self._lens.widest_f_number
        if self._lens.ring is not None:
            return (ring_step(self._lens.ring),)
        apertures = iris(facts.stops) if facts.stops else f_numbers(wide, facts.f_min)
        if not self._settings.is_settable(_F_NUMBER):
            return apertures
        set_aperture = f_number_step(str(self._settings.value(_F_NUMBER)))
        return (set_aperture,) if set_aperture.exact > wide else apertures[:1]

    def _sensitivities(self) -> Sequence[Step]:
        if not (_ISO in self._settings and self._settings.is_shown(_ISO)):
            return self._isos
        text = str(self._settings.value(_ISO))
        return self._isos if text == "AUTO" else (iso_step(text),)

    def _set_step(self, name: str, step_of: Any, otherwise: Sequence[Step]) -> Sequence[Step]:
        """Return the step that is set, alone, or what the automatic may choose from."""
        if not self._settings.is_settable(name):
            return otherwise
        text = str(self._settings.value(name))
        return otherwise if text == BULB else (step_of(text),)

    def _within_lens(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """Return the f-numbers that the lens has at its present zoom position."""
        widest = self._lens.widest_f_number * 0.98
        return tuple(text for text in self._of_lens(candidates) if float(text) >= widest)

    def _of_lens(self, all_there_are: tuple[str, ...]) -> tuple[str, ...]:
        """Return the f-numbers that the lens has somewhere along its zoom; none where its ring is turned."""
        facts = self._lens.facts
        if not facts.electronic:
            return ()
        if facts.stops:
            return tuple(text for text in all_there_are if float(text) in facts.stops)
        return tuple(
            text for text in all_there_are if facts.f_wide * 0.98 <= float(text) <= facts.f_min * 1.01
        )
