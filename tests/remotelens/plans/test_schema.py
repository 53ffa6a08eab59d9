"""Reading plans: what is meant is read, what is not is refused with its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import PlanError
from remotelens.plans.schema import parse_plan
from remotelens.plans.steps import Capture, Interval, Plan, Set, Wait

DUSK = """
version: 1
name: dusk
camera: qx
steps:
  - set: {exposure_mode: Program Auto, shutter_speed: 1/250, ev: -0.3, beep: off}
  - wait: 2min
  - interval: {every: 10s, count: 6480, do: [{capture: {half_press: true}}]}
  - capture: {count: 3, size: postview, download: false, raw: false}
"""


def test_a_plan_of_every_kind_of_step_is_read() -> None:
    plan = parse_plan(DUSK)
    assert plan == Plan(
        "dusk",
        (
            Set(
                (
                    ("exposure_mode", "Program Auto"),
                    ("shutter_speed", "1/250"),
                    ("ev", "-0.3"),
                    ("beep", "off"),
                ),
                6,
            ),
            Wait(120.0, 7),
            Interval(10.0, 6480, (Capture(half_press=True, line=8),), 8),
            Capture(3, "postview", download=False, raw=False, line=9),
        ),
        "qx",
    )


def test_an_interval_without_do_takes_one_picture_a_tick() -> None:
    plan = parse_plan("{version: 1, name: a, steps: [{interval: {every: 1s, for: 1min}}]}")
    assert plan.steps == (Interval(1.0, 60, (Capture(line=1),), 1),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("version: 1\nname: a\nsteps:\n  - intervall: {every: 1s}", 4, "did you mean 'interval'?"),
        ("version: 1\nname: a\nsteps:\n  - capture: {hlaf_press: true}", 4, "did you mean 'half_press'?"),
        ("version: 1\nname: a\nstpes: []", 3, "did you mean 'steps'?"),
        ("version: 2\nname: a\nsteps: [{capture: {}}]", 1, "version 2"),
        ("version: 1\nname: ../a\nsteps: [{capture: {}}]", 2, "cannot name a plan"),
        ("version: 1\nname: a\nsteps: [{interval: {every: 0s, count: 2}}]", 3, "between 0 and"),
        ("version: 1\nname: a\nsteps: [{interval: {every: soon, count: 2}}]", 3, "not a time span"),
        ("version: 1\nname: a\nsteps: [{interval: {every: 1s}}]", 3, "either 'count' or 'for'"),
        ("version: 1\nname: a\nsteps: [{interval: {every: 1s, count: 1.5}}]", 3, "whole number"),
        (
            "version: 1\nname: a\nsteps: [{interval: {every: 1s, count: 1, do: [{interval: {}}]}}]",
            3,
            "cannot stand inside",
        ),
        ("version: 1\nname: a\nsteps: [{capture: {}, wait: 1s}]", 3, "exactly one of"),
        ("version: 1\nname: a\nsteps: [{set: {}}, {capture: {}}]", 3, "no setting is named"),
        ("version: 1\nname: a\nsteps: [{wait: 1s}]", 1, "takes no picture"),
        ("version: 1\nname: a\nname: b\nsteps: []", 3, "stands here twice"),
        ("version: 1\nname: a\nsteps: &x [{capture: {}}]\nmore: *x", 4, "anchors and aliases"),
        ("version: 1\nname: [", 2, "not YAML"),
        ("version: 1\nname: a\nsteps: []", 3, "the list is empty"),
        ("- a", 1, "a mapping is wanted"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(PlanError) as refusal:
        parse_plan(text, file="plan.yaml")
    assert refusal.value.line == line
    assert refusal.value.file == "plan.yaml"
    assert words in str(refusal.value)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(PlanError, match="empty"):
        parse_plan("")


@given(st.text(max_size=300))
def test_any_text_is_a_plan_or_a_plan_error(text: str) -> None:
    with suppress(PlanError):
        assert parse_plan(text).steps


@given(
    st.recursive(
        st.sampled_from(["1", "a", "10s", "capture", "{}", "true"]),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
            st.lists(st.tuples(st.sampled_from(["version", "steps", "do", "set"]), inner), max_size=3).map(
                lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
            ),
        ),
        max_leaves=12,
    )
)
def test_any_tree_is_a_plan_or_a_plan_error(text: str) -> None:
    with suppress(PlanError):
        assert parse_plan(text).steps
