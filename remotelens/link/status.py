"""How the link to a camera stands: the state, why, since when, and what is tried next."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from remotelens.link.stages import Stage


class LinkState(StrEnum):
    """Where on the road the link is."""

    ABSENT = "absent"
    FOUND = "found"
    PAIRING = "pairing"
    WAKING = "waking"
    JOINING = "joining"
    REACHING = "reaching"
    READY = "ready"
    BLE_ONLY = "ble_only"
    LOST = "lost"


STATE_DURING = {
    Stage.PAIR: LinkState.PAIRING,
    Stage.WAKE: LinkState.WAKING,
    Stage.JOIN: LinkState.JOINING,
    Stage.REACH: LinkState.REACHING,
}


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The state of a link at one moment.

    Args:
        state: where it is.
        reason: why it is not ready, or what is amiss though it is; None where nothing is.
        since: since when it is ready, or is not, UTC.
        next_try: when the next attempt is made; None when one is under way or none is needed.
        attempt: how many attempts in a row have failed.
    """

    state: LinkState
    reason: str | None
    since: datetime
    next_try: datetime | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait before the next attempt: longer each time, up to a bound, never all at once.

    Args:
        first_s: before the second attempt.
        factor: how much longer each time.
        longest_s: the bound.
        jitter: the share of the pause that is left to chance.
    """

    first_s: float = 0.5
    factor: float = 2.0
    longest_s: float = 30.0
    jitter: float = 0.25

    def pause_s(self, failures: int, chance: random.Random) -> float:
        """Return the pause after that many failures in a row."""
        steps = min(max(0, failures - 1), 64)
        pause_s = min(self.longest_s, self.first_s * self.factor**steps)
        return pause_s * (1.0 - self.jitter * chance.random())
