"""Where what moves is in the frame. Source: imaging.md A1 (the bench's ball swings 0.5 m in 3.1 s)."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from emulator.world import Exposure, View, load_scene, place_of, subject_at
from tests.emulator.world.cameras import QX1, QX1_35

BENCH = load_scene("bench", 1)
BALL_M, SWING_M, PERIOD_S = 1.6, 0.5, 3.1


def view(time_s: float) -> View:
    return View(QX1_35, Exposure(5.6, 1 / 60, 100), QX1, 640, 424, time_s)


def test_the_ball_is_found_where_it_is_and_followed_as_it_swings() -> None:
    start = view(0.0)
    found = next(
        subject for y in range(10, 100, 2) if (subject := subject_at(BENCH, start, 0.5, y / 100)) is not None
    )
    assert found.layer.name == "ball"
    half_width = QX1_35.sensor_width_mm / QX1_35.focal_mm / 2
    for time_s in (0.2, 0.6, 1.7, 2.9):
        place = place_of(BENCH, view(time_s), found)
        offset_m = SWING_M * math.sin(2 * math.pi * BENCH.moment(time_s) / PERIOD_S)
        expected = 0.5 + found.across + offset_m / BALL_M / (2 * half_width)
        if not 0 <= expected <= 1:
            assert place is None
        else:
            assert place is not None
            assert place[0] == pytest.approx(
                expected + _rest(found.layer) / BALL_M / (2 * half_width), abs=0.02
            )


def _rest(layer: object) -> float:
    """How far from the middle the ball hangs at rest."""
    from emulator.world.layers import Layer

    assert isinstance(layer, Layer)
    x0, _, x1, _ = layer.bounds
    return (x0 + x1) / 2


def test_where_all_stands_still_there_is_no_subject() -> None:
    assert subject_at(BENCH, view(0.0), 0.02, 0.02) is None
    assert subject_at(load_scene("flat", 1), view(0.0), 0.5, 0.5) is None


def test_what_has_left_the_frame_has_no_place() -> None:
    found = next(
        subject
        for y in range(10, 100, 2)
        if (subject := subject_at(BENCH, view(0.0), 0.5, y / 100)) is not None
    )
    tele = replace(QX1_35, focal_mm=400.0)
    far = replace(view(PERIOD_S / 4), optics=tele)
    assert place_of(BENCH, far, found) is None
