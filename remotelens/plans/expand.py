"""Plan -> tasks: self-contained pieces of work in the order in which they are done.

A frame's number and its place in time follow from the plan alone, so that a resumed session, a rehearsal and
the real run number the same frames alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from remotelens.plans.steps import Capture, Interval, Plan, Set, SettingValue, Step, Wait


@dataclass(frozen=True, slots=True)
class Due:
    """A place on the grid of an interval: tick `tick` of the interval that is number `interval` in the plan.

    `offset_s` is counted from that interval's start; the intervals of a plan are numbered from 1. `first` is
    the task that begins the tick: it waits for the time, the others of the tick follow at once.
    """

    interval: int
    tick: int
    offset_s: float
    every_s: float
    first: bool = True


@dataclass(frozen=True, slots=True)
class Apply:
    """Change settings; `replayed` ones are given once more for what a later change of mode builds upon."""

    values: tuple[tuple[str, SettingValue], ...]
    due: Due | None
    line: int | None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Shoot:
    """Take picture number `n` of the plan, counted from 1."""

    n: int
    size: str
    half_press: bool
    download: bool
    due: Due | None
    line: int | None
    raw: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait."""

    seconds: float
    due: Due | None
    line: int | None


Task: TypeAlias = Apply | Shoot | Pause


@dataclass(slots=True)
class _Counter:
    frame: int = 0
    interval: int = 0


def expand(plan: Plan) -> Iterator[Task]:
    """Yield the plan's tasks one by one; a plan of millions of frames costs no memory.

    Every task of a tick carries the tick's due time.
    """
    counter = _Counter()
    for step in plan.steps:
        yield from _tasks(step, None, counter)


def _tasks(step: Step, due: Due | None, counter: _Counter) -> Iterator[Task]:
    if isinstance(step, Set):
        yield Apply(step.values, due, step.line)
    elif isinstance(step, Wait):
        yield Pause(step.seconds, due, step.line)
    elif isinstance(step, Capture):
        for index in range(step.count):
            counter.frame += 1
            yield Shoot(
                counter.frame,
                step.size,
                step.half_press,
                step.download,
                due if due is None or index == 0 else replace(due, first=False),
                step.line,
                step.raw,
            )
    else:
        yield from _ticks(step, counter)


def _ticks(step: Interval, counter: _Counter) -> Iterator[Task]:
    counter.interval += 1
    number = counter.interval
    for tick in range(step.count):
        due = Due(number, tick, tick * step.every_s, step.every_s)
        for inner in step.do:
            yield from _tasks(inner, due, counter)
            due = replace(due, first=False)
