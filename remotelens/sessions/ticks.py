"""The grids of a plan's intervals: when a tick is due, and whether what is left of it is left out."""

from __future__ import annotations

from remotelens.clock import Clock
from remotelens.plans.expand import Due

LATEST = 0.5  # a tick later than this part of its interval is left out, so that the next ones are on time
LATE = "not taken: its time had passed"


class Ticks:
    """Knows the tick that is being worked on; lateness is decided once for all that belongs to it.

    Time counts as lost from when the tick was due until it began, and while something in it had to be tried
    again; what the tick itself takes does not count.

    Args:
        clock: the session's time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._starts_s: dict[int, float] = {}
        self._due: Due | None = None
        self._lost_s = 0.0
        self.given_up: str | None = None

    def begin(self, due: Due) -> float | None:
        """Start the grid of an interval with the first tick that is whole; return when, if that is now.

        What is left of a tick that an earlier run began has no time of its own.
        """
        if due.interval in self._starts_s or not due.first:
            return None
        self._starts_s[due.interval] = self._clock.monotonic() - due.offset_s
        return self._starts_s[due.interval]

    def enter(self, due: Due | None) -> None:
        """Say which tick the next task belongs to."""
        previous, self._due = self._due, due
        if due is None or previous is None or (due.interval, due.tick) != (previous.interval, previous.tick):
            self.given_up = None
            self._lost_s = 0.0
            if (due_s := self.due_s(due)) is not None:
                self.lost(self._clock.monotonic() - due_s)

    def lost(self, seconds: float) -> None:
        """Count time in which nothing came about."""
        self._lost_s += max(0.0, seconds)

    @property
    def late(self) -> bool:
        """Whether the time of the present tick has passed."""
        return self._due is not None and self._lost_s > self._due.every_s * LATEST

    @property
    def left_out(self) -> str | None:
        """Why the frames of the present tick are not taken; None where they are."""
        return self.given_up or (LATE if self.late else None)

    def due_s(self, due: Due | None) -> float | None:
        """Return when a tick is due on the monotonic clock; None where it has no time."""
        if due is None or due.interval not in self._starts_s:
            return None
        return self._starts_s[due.interval] + due.offset_s
