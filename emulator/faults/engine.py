"""Which rules strike when: counts, chances and ends of life, all from the seed and the cameras' clock."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from emulator.clock import Clock
from emulator.faults.kinds import Occasion
from emulator.faults.rules import Rule
from emulator.journal import FAULT, Journal


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that is to happen now, with the chance that belongs to it."""

    rule: Rule
    dice: random.Random


DiceState = tuple[int, tuple[int, ...], float | None]


@dataclass(frozen=True, slots=True)
class RuleState:
    """How far a rule has come, to be kept and put back.

    Attributes:
        number: its id.
        rule: what it says.
        occasions: how many it has met.
        strikes: how many of them it struck.
        left_s: how much longer it lives, in seconds of the cameras' time; None is without end.
        dice: how its dice lie, as `random.Random.getstate` tells it.
    """

    number: int
    rule: Rule
    occasions: int
    strikes: int
    left_s: float | None
    dice: DiceState

    def __post_init__(self) -> None:
        _dice_as(self.dice)  # which raises ValueError where it is none


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
        self._subscribers: list[Callable[[], None]] = []

    def add(self, rule: Rule) -> str:
        """Put a rule to work; returns its id."""
        key = str(next(self._numbers))
        self._stand(key, rule)
        return key

    def change(self, rule_id: str, rule: Rule) -> bool:
        """Put another rule in a rule's place, which starts anew; False when there is none of that id."""
        if rule_id not in self._standing:
            return False
        self._stand(rule_id, rule)
        return True

    def remove(self, rule_id: str) -> bool:
        """End a rule; False when there is none of that id."""
        gone = self._standing.pop(rule_id, None) is not None
        self._tell()
        return gone

    def clear(self) -> None:
        """End all rules."""
        self._standing.clear()
        self._tell()

    def restart(self) -> None:
        """Number rules, and draw their chances, from the beginning again."""
        self.clear()
        self._numbers = itertools.count(1)

    def rules(self) -> dict[str, tuple[Rule, int]]:
        """Return each rule at work with how often it has struck, by id."""
        return {key: (one.rule, one.strikes) for key, one in self._standing.items() if not self._is_over(one)}

    @property
    def state(self) -> tuple[RuleState, ...]:
        """The rules at work, and how far each has come."""
        now_s = self._clock.monotonic()
        return tuple(
            RuleState(
                int(key),
                one.rule,
                one.occasions,
                one.strikes,
                None if one.ends_at is None else one.ends_at - now_s,
                one.dice.getstate(),
            )
            for key, one in self._standing.items()
            if not self._is_over(one)
        )

    @state.setter
    def state(self, state: Sequence[RuleState]) -> None:
        now_s = self._clock.monotonic()
        self._standing = {
            str(one.number): _Standing(
                one.rule,
                _dice_as(one.dice),
                None if one.left_s is None else now_s + one.left_s,
                one.occasions,
                one.strikes,
            )
            for one in state
        }
        self._numbers = itertools.count(1 + max((one.number for one in state), default=0))
        self._tell()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when rules come or go; the answer ends that."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    @property
    def idle(self) -> bool:
        """Whether there is no rule at all."""
        return not self._standing

    def needs_ticks(self, camera: str) -> bool:
        """Whether there is a rule whose occasions are the seconds of that camera's life."""
        return any(
            standing.rule.occasion is Occasion.DEED
            and standing.rule.match is None
            and standing.rule.camera in (None, camera)
            for standing in self._standing.values()
        )

    def strikes(self, channel: str, camera: str, wanted: str, kinds: Container[str]) -> list[Strike]:
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

    def deeds(self, camera: str, wanted: str | None) -> list[Strike]:
        """Return what is to happen to a camera now, and count the occasion.

        Args:
            camera: which.
            wanted: the call that is the occasion; None when it is a second of its life.
        """
        if not self._standing:
            return []
        return [
            Strike(standing.rule, standing.dice)
            for key, standing in tuple(self._standing.items())
            if standing.rule.occasion is Occasion.DEED
            and standing.rule.camera in (None, camera)
            and _is_occasion(standing.rule.match, wanted)
            and self._is_struck(key, standing, camera, wanted or "")
        ]

    def _stand(self, key: str, rule: Rule) -> None:
        ends_at = None if rule.for_s is None else self._clock.monotonic() + rule.for_s
        self._standing[key] = _Standing(rule, _dice(self._seed, key), ends_at)
        self._tell()

    def _tell(self) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber()

    def _is_over(self, standing: _Standing) -> bool:
        """Whether a rule's life is over, though it may have met no occasion since."""
        return standing.ends_at is not None and self._clock.monotonic() >= standing.ends_at

    def _is_struck(self, key: str, standing: _Standing, camera: str, wanted: str) -> bool:
        rule = standing.rule
        if self._is_over(standing):
            self.remove(key)
            return False
        standing.occasions += 1
        if standing.occasions <= rule.after or (rule.count is not None and standing.strikes >= rule.count):
            return False
        if rule.probability < 1.0 and standing.dice.random() >= rule.probability:
            return False
        standing.strikes += 1
        self._journal.add(
            camera, rule.channel, FAULT, fault=rule.kind, value=rule.value, wanted=wanted, rule=key
        )
        return True


def _is_occasion(match: str | None, wanted: str | None) -> bool:
    if match is None or wanted is None:
        return match is None and wanted is None
    return match in wanted


def _dice(seed: int, key: str) -> random.Random:
    return random.Random(f"{seed}/{key}")  # noqa: S311 - repeatable by intent


def _dice_as(state: DiceState) -> random.Random:
    dice = random.Random()  # noqa: S311 - repeatable by intent
    dice.setstate(state)
    return dice


def damaged(data: bytes, strike: Strike) -> bytes:
    """Return data with about one byte in so many changed."""
    share = 1 / max(1.0, strike.rule.value)
    dice = strike.dice
    return bytes(byte ^ dice.randrange(1, 256) if dice.random() < share else byte for byte in data)
