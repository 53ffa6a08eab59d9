"""Misbehaving cameras, for an hour in the ordinary suite and for a month in the long one."""

from __future__ import annotations

import sys

import pytest

from tests.soak.chaos import Outcome, soak

MONTH_HOURS = 30 * 24.0
PICTURES_AN_HOUR = 20
GROWTH_OBJECTS = 500_000  # some twenty for each entry that the journal may keep


def check(outcome: Outcome, hours: float) -> None:
    """See that pictures were taken all the time, and that nothing was left behind."""
    assert outcome.strikes > 0
    assert outcome.pictures >= PICTURES_AN_HOUR * hours
    assert outcome.tasks_after <= outcome.tasks_before
    assert outcome.files_after <= outcome.files_before
    assert outcome.grown_objects < GROWTH_OBJECTS


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_an_hour_of_rough_chaos_leaves_every_camera_usable_and_nothing_behind() -> None:
    check(soak(1.0), 1.0)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_month_of_rough_chaos_leaves_every_camera_usable_and_nothing_behind() -> None:
    check(soak(MONTH_HOURS), MONTH_HOURS)


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_rough_chaos_behind_bluetooth_leaves_every_camera_usable_and_nothing_behind() -> None:
    check(soak(0.2, ble=True), 0.2)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_day_of_rough_chaos_behind_bluetooth_leaves_every_camera_usable_and_nothing_behind() -> None:
    check(soak(24.0, ble=True), 24.0)
