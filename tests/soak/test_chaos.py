"""Misbehaving cameras, for an hour in the ordinary suite and for a month in the long one."""

from __future__ import annotations

import sys

import pytest

from tests.soak.chaos import Outcome, soak

GROWTH_OBJECTS = 500_000  # some twenty for each entry that the journal may keep


def check(outcome: Outcome) -> None:
    """See that nothing was left behind."""
    assert outcome.strikes > 0
    assert outcome.tasks_after <= outcome.tasks_before
    assert outcome.files_after <= outcome.files_before
    assert outcome.grown_objects < GROWTH_OBJECTS


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_an_hour_of_rough_chaos_leaves_every_camera_usable_and_nothing_behind() -> None:
    check(soak(1.0))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_month_of_rough_chaos_leaves_every_camera_usable_and_nothing_behind() -> None:
    check(soak(30 * 24.0))
