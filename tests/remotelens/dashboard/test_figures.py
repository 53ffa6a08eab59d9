"""Rates and ages."""

from __future__ import annotations

import pytest

from remotelens.camera.frame import Frame
from remotelens.dashboard.figures import Figures


def frame(sequence: int, arrived_s: float) -> Frame:
    return Frame(b"", sequence, 0, arrived_s)


def test_the_rate_counts_frames_that_were_replaced_on_the_way() -> None:
    figures = Figures()
    for number in range(20):
        figures.take(frame(2 * number, number / 15))
    assert figures.rate(20 / 15) == pytest.approx(30.0)


def test_the_rate_is_of_the_last_two_seconds() -> None:
    figures = Figures()
    for number in range(10):
        figures.take(frame(number, number / 10))
    assert figures.rate(100.0) == 0.0


def test_the_sequence_wraps() -> None:
    figures = Figures()
    for number in range(10):
        figures.take(frame((65530 + number) % 65536, number / 10))
    assert figures.rate(1.0) == pytest.approx(10.0)


def test_what_is_shown_has_a_rate_of_its_own() -> None:
    figures = Figures()
    for number in range(11):
        figures.take(frame(number, number / 30))
        if number % 5 == 0:
            figures.show(frame(number, number / 30), number / 30)
    assert figures.shown_rate(11 / 30) == pytest.approx(6.0)
    assert figures.shown_total == 3


def test_while_pictures_come_the_age_is_that_when_shown_and_then_it_grows() -> None:
    figures = Figures()
    assert figures.age_s(5.0) is None
    figures.show(frame(1, 10.0), 10.012)
    assert figures.age_s(10.3) == pytest.approx(0.012)
    assert figures.age_s(11.5) == pytest.approx(1.5)
    assert figures.age_s(70.0) == pytest.approx(60.0)


def test_ten_thousand_frames_are_not_kept() -> None:
    figures = Figures()
    for number in range(10_000):
        figures.take(frame(number, 0.0))
    assert len(figures._arrivals) <= 1000
