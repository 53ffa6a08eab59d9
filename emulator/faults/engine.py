"""Which rules strike when: counts, chances and ends of life, all from the seed and the cameras' clock."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from emulator.clock import Clock
from emulator.faults.rules import Rule
from emulator.journal import Journal


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that is to happen now, with the chance that belongs to it."""

    rule: Rule
    dice: random.Random


@dataclass(slots=True)
class _Standing:
    """A rule at work."""

    rule: Rule
    dice: random.Random
    ends_at: float | None
    occasions: int = 0
    strikes: int = 0


class FaultEngine:
    """Holds the rules of one rack.

    Args:
        clock: the cameras' time.
        journal: where each strike is written.
        seed: what chances are drawn from.
    """

    def __init__(self, clock: Clock, journal: Journal, seed: int = 0) -> None:
        self._clock = clock
        self._journal = journal
        self._seed = seed
        self._numbers = itertools.count(1)
        self._standing: dict[str, _Standing] = {}

    def add(self, rule: Rule) -> str:
        """Put a rule to work; returns its id."""
        number = next(self._numbers)
        ends_at = None if rule.for_s is None else self._clock.monotonic() + rule.for_s
        self._standing[str(number)] = _Standing(rule, _dice(self._seed, number), ends_at)
        return str(number)

    def remove(self, rule_id: str) -> bool:
        """End a rule; False when there is none of that id."""
        return self._standing.pop(rule_id, None) is not None

    def clear(self) -> None:
        """End all rules."""
        self._standing.clear()

    def rules(self) -> dict[str, tuple[Rule, int]]:
        """Return each rule at work with how often it has struck, by id."""
        return {key: (standing.rule, standing.strikes) for key, standing in self._standing.items()}

    def strikes(self, channel: str, camera: str, wanted: str, kinds: frozenset[str]) -> list[Strike]:
        """Return what is to happen to this occasion, and count it.

        Args:
            channel: where it is.
            camera: whose it is.
            wanted: what `match` looks at.
            kinds: the kinds of fault that the asking wrapper can bring about.
        """
        if not self._standing:
            return []
        return [
            Strike(standing.rule, standing.dice)
            for key, standing in tuple(self._standing.items())
            if standing.rule.kind in kinds
            and standing.rule.channel == channel
            and standing.rule.camera in (None, camera)
            and (standing.rule.match is None or standing.rule.match in wanted)
            and self._is_struck(key, standing, camera, wanted)
        ]

    def _is_struck(self, key: str, standing: _Standing, camera: str, wanted: str) -> bool:
        rule = standing.rule
        if standing.ends_at is not None and self._clock.monotonic() >= standing.ends_at:
            del self._standing[key]
            return False
        standing.occasions += 1
        if standing.occasions <= rule.after or (rule.count is not None and standing.strikes >= rule.count):
            return False
        if rule.probability < 1.0 and standing.dice.random() >= rule.probability:
            return False
        standing.strikes += 1
        self._journal.add(camera, rule.channel, "fault", fault=rule.kind, value=rule.value, wanted=wanted)
        return True


def _dice(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed}/{number}")  # noqa: S311 - repeatable by intent
