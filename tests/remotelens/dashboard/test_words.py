"""What the dashboard says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from remotelens.camera.state import CameraState, Storage
from remotelens.dashboard import words
from remotelens.dashboard.view import View
from tests.remotelens.dashboard.clocks import START

READY = CameraState(link="ready", status="IDLE", model="DSC-QX10")


def test_a_camera_that_tells_no_battery_shows_a_dash_and_never_zero() -> None:
    assert words.battery(READY) == "–"
    assert words.battery(replace(READY, battery_ratio=0.0)) == "0%"
    assert words.battery(replace(READY, battery_ratio=0.75, battery_charging=True)) == "75%+"


@pytest.mark.parametrize(
    ("storage", "text"),
    [
        ((), "–"),
        ((Storage("No Media", "", True, None, None),), "none"),
        ((Storage("Memory Card 1", "", True, 42, None),), "42"),
        ((Storage("Memory Card 1", "", True, None, None),), "in"),
        (
            (Storage("No Media", "", False, None, None), Storage("Memory Card 1", "", True, 7, None)),
            "7",
        ),
    ],
)
def test_the_card_is_the_one_that_is_written_to(storage: tuple[Storage, ...], text: str) -> None:
    assert words.card(replace(READY, storage=storage)) == text


def test_a_lost_link_says_since_when_why_and_what_is_next() -> None:
    state = replace(
        READY,
        link="lost",
        link_reason="no answer",
        link_since=START,
        link_next_try=START + timedelta(seconds=16),
    )
    assert words.link(View("qx", state), START + timedelta(seconds=12)) == (
        "lost 12 s: no answer; next try in 4.0 s"
    )
    trying = replace(state, link="reaching", link_next_try=None)
    assert words.link(View("qx", trying), START + timedelta(seconds=12)) == "reaching after 12 s: no answer"
    assert words.link(View("qx", READY), START) == "ready"


def test_a_stale_picture_says_how_old_it_is_and_what_the_camera_is_doing() -> None:
    view = View("qx", READY, connected=True)
    assert words.age(view, None) == "no picture yet"
    assert words.age(view, 0.012) == "age 12 ms"
    assert words.age(view, 3.25) == "STALE 3.2 s"
    busy = replace(view, state=replace(READY, status="StillSaving"))
    assert words.age(busy, 3.25) == "STALE 3.2 s, camera says StillSaving"
    assert words.age(replace(view, live=False), 99.0) == "live view off"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ev", 0.0, "0 EV"),
        ("ev", -0.7, "-0.7 EV"),
        ("ev", 1, "+1.0 EV"),
        ("self_timer", 10, "10 s"),
        ("shutter_speed", "1/250", "1/250"),
        ("iso", "AUTO", "AUTO"),
        ("colour_temperature", 5500, "5500 K"),
        ("iso", None, "–"),
        ("unheard_of", "x", "x"),
    ],
)
def test_values_carry_their_units(name: str, value: str | float | None, text: str) -> None:
    assert words.value(name, value) == text


def test_a_setting_without_a_descriptor_still_has_a_label() -> None:
    assert words.label("iso") == "ISO"
    assert words.label("some_thing") == "Some thing"


def test_nothing_that_a_camera_says_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b]0;owned\x07\x9b31m\u202egpj.exe\nline"
    shown = words.plain(hostile)
    assert shown.isprintable()
    assert "owned" in shown
    assert len(words.plain("x" * 100_000)) == words.LONGEST
    state = replace(READY, link="lost", link_reason=hostile, status=hostile)
    assert words.link(View("qx", state), START).isprintable()
    assert words.value("iso", hostile).isprintable()


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1.0, "0.0 s"), (0.04, "0.0 s"), (9.94, "9.9 s"), (10.4, "10 s"), (600, "10 min")]
)
def test_times_are_as_long_as_they_can_be_read(seconds: float, text: str) -> None:
    assert words.seconds(seconds) == text
