"""The battery: what drains it, and what the camera tells of it.

Source: models.md 6 (drains fitted to the maker's shot counts; assumed).
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.body.bell import Bell
from emulator.clock import Clock, Handle
from emulator.profiles import Profile

_HOUR_S = 3600.0
_EMPTY = 0.0
_NEXT_TO_NOTHING_WH = 1e-9
"""What is left where only the rounding of numbers leaves something."""
_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge in the steps the camera tells.

    Attributes:
        level: steps left.
        levels: steps of a full one.
        near_end: nearly empty.
        charging: on external power.
    """

    level: int
    levels: int
    near_end: bool
    charging: bool


class Battery:
    """Holds the charge and follows the load.

    Args:
        profile: capacity and drains.
        clock: camera time.
        bell: rung at each percent, and when the charge is set.
    """

    def __init__(self, profile: Profile, clock: Clock, bell: Bell) -> None:
        self._facts = profile.power
        self._clock = clock
        self._bell = bell
        self._since = clock.monotonic()
        self._load_w = 0.0
        self._left_wh = self._facts.battery_wh
        self._next: Handle | None = None
        self._external_power = False

    @property
    def external_power(self) -> bool:
        """Whether power comes through the cable; the charge stays as it is meanwhile."""
        return self._external_power

    @external_power.setter
    def external_power(self, plugged: bool) -> None:
        self._settle()
        self._external_power = plugged
        self._watch()
        self._bell.ring("battery")

    @property
    def ratio(self) -> float:
        """The charge, 0 to 1."""
        return self._now_wh() / self._facts.battery_wh

    @ratio.setter
    def ratio(self, ratio: float) -> None:
        if not 0.0 <= ratio <= 1.0:
            raise ValueError(f"a battery is charged 0 to 1, not {ratio}")
        self._settle()
        self._left_wh = ratio * self._facts.battery_wh
        self._watch()
        self._bell.ring("battery")

    @property
    def charge(self) -> Charge:
        """The charge as the camera tells it."""
        levels = self._facts.levels
        level = min(levels, -int(-self.ratio * levels // 1))
        return Charge(level, levels, near_end=level <= 1, charging=self._external_power)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to run on."""
        return not self._external_power and self.ratio <= _EMPTY

    def load(self, watts: float) -> None:
        """Take note of what is drawn from now on."""
        self._settle()
        self._load_w = watts
        self._watch()

    def spend(self, milliwatt_hours: float) -> None:
        """Take a one-time use off."""
        self._settle()
        if not self._external_power:
            self._left_wh = max(_EMPTY, self._left_wh - milliwatt_hours / 1000)
        self._watch()
        if self.empty:
            self._bell.ring("battery")

    def close(self) -> None:
        """Stop following."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _now_wh(self) -> float:
        if self._external_power:
            return self._left_wh
        elapsed_s = self._clock.monotonic() - self._since
        left_wh = self._left_wh - self._load_w * elapsed_s / _HOUR_S
        return left_wh if left_wh > _NEXT_TO_NOTHING_WH else _EMPTY

    def _settle(self) -> None:
        self._left_wh = self._now_wh()
        self._since = self._clock.monotonic()

    def _watch(self) -> None:
        """Wake up when the next percent is gone, or the last of the charge."""
        self.close()
        if self._load_w <= 0 or self._external_power or self._left_wh <= 0:
            return
        step_s = min(_STEP * self._facts.battery_wh, self._left_wh) / self._load_w * _HOUR_S
        self._next = self._clock.call_later(step_s, self._step)

    def _step(self) -> None:
        self._next = None
        self._settle()
        self._watch()
        self._bell.ring("battery")
