"""From a plan to its tasks, and its cost."""

from __future__ import annotations

from itertools import islice

from remotelens.plans.expand import Apply, Due, Pause, Shoot, expand
from remotelens.plans.explain import estimate, explain, span
from remotelens.plans.steps import Capture, Interval, Plan, Set, Wait

BRACKETS = Plan(
    "brackets",
    (
        Capture(),
        Interval(30.0, 2, (Set((("ev", -1.0),)), Capture(), Set((("ev", 1.0),)), Capture(2), Wait(1.0))),
    ),
)


def test_frames_are_numbered_from_one_through_the_whole_plan() -> None:
    assert [task.n for task in expand(BRACKETS) if isinstance(task, Shoot)] == [1, 2, 3, 4, 5, 6, 7]


def test_every_task_of_a_tick_has_its_time_and_the_first_one_waits_for_it() -> None:
    tasks = list(expand(BRACKETS))
    assert [type(task) for task in tasks[1:7]] == [Apply, Shoot, Apply, Shoot, Shoot, Pause]
    first, rest = Due(1, 0, 0.0, 30.0), Due(1, 0, 0.0, 30.0, first=False)
    assert [task.due for task in tasks[:8]] == [None, first, *[rest] * 5, Due(1, 1, 30.0, 30.0)]


def test_a_plan_of_millions_of_frames_is_expanded_one_by_one() -> None:
    night = Plan("night", (Interval(1.0, 9_000_000),))
    assert [task.n for task in islice(expand(night), 3) if isinstance(task, Shoot)] == [1, 2, 3]


def test_an_estimate_counts_frames_time_and_bytes() -> None:
    cost = estimate(Plan("night", (Interval(10.0, 6480),)))
    assert cost.frames == 6480
    assert 64790 <= cost.seconds <= 64800
    assert cost.size_bytes == 6480 * 6_000_000
    assert not cost.warnings


def test_an_interval_that_is_too_short_is_warned_of() -> None:
    (warning,) = estimate(Plan("rush", (Interval(1.0, 10, line=4),))).warnings
    assert warning.startswith("line 4: one tick takes about 2.5 s but is due every 1 s")


def test_a_plan_is_told_in_sentences() -> None:
    told = "\n".join(explain(BRACKETS))
    assert "every 30 s, 2 times (over 30 s):" in told
    assert "set ev to -1.0" in told
    assert "take 2 pictures, keep the original" in told
    assert "7 pictures" in told


def test_spans_are_written_as_people_write_them() -> None:
    assert [span(value) for value in (2.5, 119, 250, 64790)] == [
        "2.5 s",
        "119 s",
        "4 min 10 s",
        "17 h 59 min 50 s",
    ]
