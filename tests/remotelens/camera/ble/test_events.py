"""Events of the remote control: numbered, waited for since a mark, late, doubled, missing and nonsense."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.camera.ble.events import MOST_KEPT, RemoteEvents
from remotelens.clock import REAL_CLOCK
from remotelens.errors import LinkLost, NotAvailableNow
from remotelens.protocol.ble.remote import Category, RemoteStatus, decode_status
from tests.remotelens.camera.ble.bench import bench_on

IN_FOCUS, EXPOSING, READY, INACTIVE = (
    bytes.fromhex(value) for value in ("02 3F 20", "02 A0 20", "02 A0 00", "02 C3 00")
)


def exposing(status: RemoteStatus) -> bool:
    return status.category == Category.SHUTTER and status.active


@pytest.fixture
def events() -> RemoteEvents:
    return RemoteEvents("camera", REAL_CLOCK)


async def test_what_came_before_the_mark_is_no_answer(events: RemoteEvents) -> None:
    events.take(EXPOSING)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await events.until(exposing, since=events.mark)
    events.take(READY)
    events.take(EXPOSING)
    assert (await events.until(exposing, since=1)).number == 3


async def test_a_waiter_is_woken_by_what_comes_later(events: RemoteEvents) -> None:
    waiting = asyncio.create_task(events.until(exposing, since=events.mark))
    await asyncio.sleep(0)
    events.take(IN_FOCUS)
    await asyncio.sleep(0)
    assert not waiting.done()
    events.take(EXPOSING)
    assert (await waiting).status == decode_status(EXPOSING)


async def test_the_newest_of_each_category_holds(events: RemoteEvents) -> None:
    assert events.active(Category.SHUTTER) is None
    for value in (EXPOSING, IN_FOCUS, READY):
        events.take(value)
    assert (events.active(Category.SHUTTER), events.active(Category.FOCUS)) == (False, True)


async def test_a_camera_that_says_its_remote_control_is_off_ends_the_wait(events: RemoteEvents) -> None:
    events.take(INACTIVE)
    mark = events.mark
    events.take(IN_FOCUS)
    events.take(INACTIVE)
    with pytest.raises(NotAvailableNow, match="remote control is off") as caught:
        await events.until(exposing, since=mark)
    assert caught.value.remedy is not None


async def test_the_end_of_the_connection_ends_every_wait_after_what_came_before(events: RemoteEvents) -> None:
    events.take(EXPOSING)
    events.end(LinkLost("gone", remedy="come closer"))
    assert (await events.until(exposing, since=0)).number == 1
    with pytest.raises(LinkLost, match="gone"):
        await events.until(exposing, since=1)


async def test_many_events_are_bounded(events: RemoteEvents) -> None:
    for _ in range(10 * MOST_KEPT):
        events.take(READY)
    assert events.mark == 10 * MOST_KEPT
    assert len(events._heard) == MOST_KEPT


@given(st.lists(st.binary(max_size=6), max_size=20))
def test_any_bytes_are_events_or_counted_as_none(values: list[bytes]) -> None:
    async def take() -> None:
        events = RemoteEvents("camera", REAL_CLOCK)
        for value in values:
            events.take(value)
        assert events.mark + events.malformed == len(values)

    asyncio.run(take())


async def test_events_of_a_camera_arrive_and_nonsense_is_passed_over(tmp_path: Path) -> None:
    async with bench_on(tmp_path) as bench:
        await bench.heard("02 3F 20")
        bench.notify("", "FF", "03 A0 20 00")
        await bench.heard("02 A0 20")
        assert bench.remote.events.malformed == 3
        assert bench.remote.events.active(Category.SHUTTER) is True


async def test_leaving_unsubscribes_and_leaves_no_task(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with bench_on(tmp_path):
        pass
    assert asyncio.all_tasks() == before
