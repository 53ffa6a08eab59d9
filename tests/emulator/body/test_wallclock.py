"""The camera's own time of day. Source: protocol/wifi.md 1.4, 5.6; imaging.md A6."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.body.bell import Bell
from emulator.body.wallclock import WallClock
from emulator.clock import VirtualClock
from emulator.profiles import load


async def test_an_unset_clock_starts_where_the_factory_left_it() -> None:
    clock = VirtualClock()
    camera_clock = WallClock(load("DSC-QX10"), clock, Bell())
    await clock.advance(60.0)
    assert f"{camera_clock.now():%Y-%m-%d %H:%M}" == "2013-01-01 00:01"
    assert not camera_clock.is_set


async def test_a_set_clock_shows_its_zone_and_drifts_two_seconds_a_day() -> None:
    clock, bell = VirtualClock(), Bell()
    told: list[str] = []
    bell.subscribe(told.append)
    camera_clock = WallClock(load("DSC-QX10"), clock, bell)
    camera_clock.set(datetime(2026, 6, 1, 12, tzinfo=UTC), 60, 60)
    assert camera_clock.now().isoformat() == "2026-06-01T14:00:00+02:00"
    await clock.advance(86_400.0)
    assert camera_clock.now().isoformat() == "2026-06-02T14:00:02+02:00"
    assert (told, camera_clock.is_set) == (["clock"], True)


@pytest.mark.parametrize(("offset", "summer"), [(1440, 0), (0, -1440), (1400, 60)])
async def test_an_offset_of_a_day_is_no_zone(offset: int, summer: int) -> None:
    camera_clock = WallClock(load("DSC-QX10"), VirtualClock(), Bell())
    with pytest.raises(ValueError, match="no time zone"):
        camera_clock.set(datetime(2026, 6, 1, tzinfo=UTC), offset, summer)
