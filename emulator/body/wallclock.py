"""The camera's own time of day: it starts wherever the factory left it, and drifts.

Source: protocol/wifi.md 1.4 and quirk 38, imaging.md A6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from emulator.body.bell import Bell
from emulator.clock import Clock
from emulator.profiles import Profile

_DAY_S = 86_400.0
_MAX_OFFSET_MIN = 1439
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_LAST = datetime(2100, 1, 1, tzinfo=UTC) - timedelta(seconds=1)
"""What the camera's calendar reaches to (assumed); there its clock stands still."""


@dataclass(frozen=True, slots=True)
class WallClockState:
    """What a camera took for the time at one moment, to be kept and put back."""

    shown: datetime
    zone: tzinfo
    is_set: bool


class WallClock:
    """What the camera takes for the time, and stamps on its pictures.

    Args:
        profile: says at which date an unset clock stands, and how it drifts.
        clock: true time.
        bell: rung when it is set.
    """

    def __init__(self, profile: Profile, clock: Clock, bell: Bell) -> None:
        self._clock = clock
        self._bell = bell
        self._rate = 1.0 + profile.rules.clock_drift_s_day / _DAY_S
        self._set_at = clock.now()
        self._shown = datetime.fromisoformat(profile.rules.unset_clock).replace(tzinfo=UTC)
        self._zone: tzinfo = UTC
        self.is_set = False

    def set(self, utc: datetime, offset_min: int, dst_min: int) -> None:
        """Set date, time and zone; `offset_min` and `dst_min` add up.

        Raises:
            ValueError: an offset of a day or more, or a time that is not in the camera's calendar.
        """
        if not _FIRST <= utc <= _LAST:
            raise ValueError(
                f"the camera's calendar has the years {_FIRST.year} to {_LAST.year}, not {utc:%Y}"
            )
        total_min = offset_min + dst_min
        if max(abs(offset_min), abs(dst_min), abs(total_min)) > _MAX_OFFSET_MIN:
            raise ValueError(f"{offset_min} + {dst_min} minutes is no time zone")
        self._set_at = self._clock.now()
        self._shown = utc.astimezone(UTC)
        self._zone = timezone(timedelta(minutes=total_min))
        self.is_set = True
        self._bell.ring("clock")

    @property
    def state(self) -> WallClockState:
        """How it stands."""
        return WallClockState(self.now().astimezone(UTC), self._zone, self.is_set)

    @state.setter
    def state(self, state: WallClockState) -> None:
        self._set_at = self._clock.now()
        self._shown, self._zone, self.is_set = state.shown, state.zone, state.is_set
        self._bell.ring("clock")

    def slip(self, seconds: float) -> None:
        """Go wrong by so much at once, but not out of the calendar."""
        longest_s = (_LAST - _FIRST).total_seconds()
        wrong = timedelta(seconds=min(max(seconds, -longest_s), longest_s))
        self._shown = _onward(self.now().astimezone(UTC), wrong)
        self._set_at = self._clock.now()
        self._bell.ring("clock")

    def now(self) -> datetime:
        """Return what the camera takes for the time, in its zone."""
        elapsed = (self._clock.now() - self._set_at) * self._rate
        return _onward(self._shown, elapsed).astimezone(self._zone)


def _onward(moment: datetime, by: timedelta) -> datetime:
    """Return a moment so much later, or the end of the calendar that it would go over."""
    return moment + min(max(by, _FIRST - moment), _LAST - moment)
