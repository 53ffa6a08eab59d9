"""Where the radios are: how strongly each hears each other, and what a packet suffers on its way.

Distances are from everybody else: a camera that walks away leaves the range of every host at once. A pair of
radios can also be given a strength of its own.

Real links lose no packets: one that was not acknowledged is sent again at the next connection event. So loss
shows as delay, and being out of range as silence that ends with a supervision time-out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from emulator.clock import Clock

DEFAULT_RSSI_DBM = -50
"""At one metre, and wherever nothing else was said."""
SENSITIVITY_DBM = -95
EXPONENT = 2.5
"""Of the path loss indoors; 2 in free space."""
OUT_OF_RANGE_M = 1000.0
"""Where nobody hears anybody."""
CONNECTION_INTERVAL_S = 0.015


@dataclass(frozen=True, slots=True)
class Step:
    """One leg of a walk: so long, to that distance."""

    seconds: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class _Walk:
    """Distances over time: the moments, and how far it is at each."""

    moments_s: tuple[float, ...]
    distances_m: tuple[float, ...]

    def at(self, now_s: float) -> float:
        for index in range(1, len(self.moments_s)):
            if now_s < self.moments_s[index]:
                begun_s, until_s = self.moments_s[index - 1 : index + 1]
                here_m, there_m = self.distances_m[index - 1 : index + 1]
                return here_m + (there_m - here_m) * (now_s - begun_s) / (until_s - begun_s)
        return self.distances_m[-1]


class Space:
    """The room that the radios are in.

    Args:
        clock: the cameras' time, in which everything here moves.
        seed: what chances are drawn from.

    Attributes:
        latency_s: how long every packet takes.
        loss: how likely a packet is to need another connection event.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.latency_s = 0.0
        self.loss = 0.0
        self._dice = random.Random(f"space {seed}")  # noqa: S311 - repeatable by intent
        self._walks: dict[str, _Walk] = {}
        self._pairs: dict[frozenset[str], int | None] = {}
        self._changed: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back when somebody has begun to move, or a pair hears each other differently."""
        self._changed.append(callback)

    def distance_m(self, address: str) -> float:
        """Return how far a radio is from all others now."""
        walk = self._walks.get(address)
        return 1.0 if walk is None else walk.at(self.clock.monotonic())

    def put(self, address: str, distance_m: float) -> None:
        """Put a radio at a distance from all others; an infinite one is out of reach for good.

        Raises:
            ValueError: no such distance.
        """
        self.walk(address, [Step(0.0, distance_m)])

    def walk(self, address: str, steps: Sequence[Step]) -> None:
        """Have a radio walk, from where it is.

        Raises:
            ValueError: a step takes no time that there is, or leads to no distance.
        """
        for step in steps:
            if not 0.0 <= step.seconds < math.inf or math.isnan(step.distance_m) or step.distance_m < 0.0:
                raise ValueError(f"{step} is no step")
        moments_s, distances_m = [self.clock.monotonic()], [self.distance_m(address)]
        for step in steps:
            moments_s.append(moments_s[-1] + step.seconds)
            distances_m.append(step.distance_m)
        self._walks[address] = _Walk(tuple(moments_s), tuple(distances_m))
        self._tell()

    def pair(self, one: str, other: str, rssi_dbm: int | None) -> None:
        """Have two radios hear each other so strongly, wherever they are; not at all when None."""
        self._pairs[frozenset((one, other))] = rssi_dbm
        self._tell()

    def unpair(self, one: str, other: str) -> None:
        """Let two radios hear each other by their distance again."""
        self._pairs.pop(frozenset((one, other)), None)
        self._tell()

    def disturb(self, *, latency_s: float = 0.0, loss: float = 0.0) -> None:
        """Set what every packet suffers.

        Raises:
            ValueError: no such time or chance.
        """
        if not (0.0 <= latency_s < math.inf and 0.0 <= loss < 1.0):
            raise ValueError(f"packets cannot take {latency_s:g} s or be lost with a chance of {loss:g}")
        self.latency_s, self.loss = latency_s, loss

    @property
    def is_moving(self) -> bool:
        """Somebody is on the way."""
        now_s = self.clock.monotonic()
        return any(walk.moments_s[-1] > now_s for walk in self._walks.values())

    def rssi(self, one: Iterable[str], other: Iterable[str]) -> int | None:
        """Return how strongly two radios hear each other, None when not at all; any of their names will do.

        The strength is the same in both directions.
        """
        ones, others = tuple(one), tuple(other)
        for pair, rssi_dbm in self._pairs.items():
            if any(frozenset((here, there)) == pair for here in ones for there in others):
                return rssi_dbm
        farthest_m = max((self.distance_m(name) for name in (*ones, *others)), default=1.0)
        if math.isinf(farthest_m):
            return None
        rssi_dbm = round(DEFAULT_RSSI_DBM - 10 * EXPONENT * math.log10(max(farthest_m, 0.1)))
        return rssi_dbm if rssi_dbm >= SENSITIVITY_DBM else None

    def delay_s(self) -> float:
        """Return how long the next packet takes, in camera time."""
        delay_s = self.latency_s
        while self.loss and self._dice.random() < self.loss:
            delay_s += CONNECTION_INTERVAL_S
        return delay_s

    def _tell(self) -> None:
        for callback in tuple(self._changed):
            callback()
