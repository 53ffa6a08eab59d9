"""The camera's own time of day. Source: protocol/wifi.md 1.4, 5.6; imaging.md A6."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
async def test_a_year_that_its_calendar_does_not_have_is_refused(year: int) -> None:
    camera_clock = WallClock(load("DSC-QX10"), VirtualClock(), Bell())
    with pytest.raises(ValueError, match="2000 to 2099"):
        camera_clock.set(datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC), -1439, 0)
    assert not camera_clock.is_set


@pytest.mark.parametrize(
    ("slip_s", "shown"), [(1e300, "2099-12-31T23:59:59"), (-1e300, "2000-01-01T00:00:00")]
)
async def test_however_far_it_goes_wrong_it_tells_a_time(slip_s: float, shown: str) -> None:
    camera_clock = WallClock(load("DSC-QX10"), VirtualClock(), Bell())
    camera_clock.slip(slip_s)
    assert f"{camera_clock.now():%Y-%m-%dT%H:%M:%S}" == shown
    camera_clock.slip(-slip_s / abs(slip_s) * 3600)
    assert abs(camera_clock.now() - datetime.fromisoformat(f"{shown}+00:00")) == timedelta(hours=1)


async def test_at_the_end_of_its_calendar_it_stands_still() -> None:
    clock = VirtualClock()
    camera_clock = WallClock(load("DSC-QX10"), clock, Bell())
    camera_clock.set(datetime(2099, 12, 31, 23, 59, 50, tzinfo=UTC), 1439, 0)
    await clock.advance(3600.0)
    assert camera_clock.now().isoformat() == "2100-01-01T23:58:59+23:59"
