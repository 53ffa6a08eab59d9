from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remotelens.camera.line import Line
from remotelens.camera.wallclock import WallClock
from remotelens.errors import AuthenticationNeeded, LinkLost
from tests.remotelens.camera.double import ApiDouble
from tests.remotelens.library.clocks import HurriedClock


def wall_clock(api: ApiDouble) -> WallClock:
    return WallClock(Line(api, clock=HurriedClock(), model=None))


async def test_the_time_is_sent_in_the_one_form_that_cameras_take() -> None:
    api = ApiDouble()
    clock = wall_clock(api)
    await clock.ensure_set()
    await clock.ensure_set()
    ((sent,),) = api.called("setCurrentTime")
    # protocol/wifi.md 5.6: {"dateTime":"2014-04-01T21:35:43Z","timeZoneOffsetMinute":540,"dstOffsetMinute":0}
    assert set(sent) == {"dateTime", "timeZoneOffsetMinute", "dstOffsetMinute"}
    assert datetime.fromisoformat(sent["dateTime"]).tzinfo is UTC
    assert len(sent["dateTime"]) == len("2014-04-01T21:35:43Z")
    assert -1439 <= sent["timeZoneOffsetMinute"] <= 1439
    assert clock.trusted


async def test_a_camera_without_the_method_is_not_asked_and_not_trusted() -> None:
    api = ApiDouble()
    api.methods.clear()
    clock = wall_clock(api)
    await clock.ensure_set()
    assert api.called("setCurrentTime") == []
    assert not clock.trusted


async def test_a_locked_clock_is_told_only_to_those_who_set_it_themselves() -> None:
    api = ApiDouble()
    api.handlers["setCurrentTime"] = lambda _: api.refuse(403, "setCurrentTime", "setCurrentTime")
    clock = wall_clock(api)
    await clock.ensure_set()
    assert not clock.trusted
    with pytest.raises(AuthenticationNeeded):
        await clock.set()


async def test_it_is_set_again_when_the_camera_was_away() -> None:
    api = ApiDouble()
    line = Line(api, clock=HurriedClock(), model=None)
    clock = WallClock(line)
    await clock.ensure_set()
    line.arrive()
    assert not clock.trusted  # its battery may have been changed, and its date be that of the factory
    await clock.ensure_set()
    assert clock.trusted
    assert len(api.called("setCurrentTime")) == 2


async def test_it_is_set_again_when_the_answer_was_lost_and_not_when_it_was_refused() -> None:
    api = ApiDouble()
    clock = wall_clock(api)
    api.handlers["setCurrentTime"] = lambda _: LinkLost("gone")
    with pytest.raises(LinkLost):
        await clock.ensure_set()
    api.handlers["setCurrentTime"] = lambda _: api.refuse(403, "setCurrentTime", "setCurrentTime")
    await clock.ensure_set()
    await clock.ensure_set()
    assert not clock.trusted
    assert len(api.called("setCurrentTime")) == 2
