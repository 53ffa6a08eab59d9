"""The steps of shutter speed, f-number and ISO. Source: models.md 2."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

from emulator.body.ladder import f_numbers, isos, open_aperture, shutter_step, shutters


def test_steps_are_thirds_of_a_stop_apart() -> None:
    for steps in (shutters(30.0, 1 / 4000), isos(80, 25600)):
        logs = [math.log2(step.exact) for step in steps]
        assert all(abs(abs(b - a) - 1 / 3) < 1e-9 for a, b in pairwise(logs))


def test_the_ends_are_included() -> None:
    steps = shutters(4.0, 1 / 1600)
    assert (steps[0].text, steps[-1].text) == ('4"', "1/1600")
    assert [step.text for step in isos(100, 200)] == ["100", "125", "160", "200"]


def test_full_aperture_need_not_stand_on_the_ladder() -> None:
    steps = f_numbers(3.3, 8.0)
    assert (steps[0].text, steps[0].exact) == ("3.3", 3.3)
    assert [step.text for step in steps[1:3]] == ["3.5", "4.0"]
    assert steps[-1].text == "8.0"
    assert open_aperture(4.0549).nominal == Fraction(41, 10)


def test_seconds_are_written_with_their_mark() -> None:
    assert shutter_step('0.4"').nominal == Fraction(2, 5)
