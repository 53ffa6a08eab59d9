"""Live view goes out while it is asked for, at the pace that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from remotelens.bridge.commands import LiveViewOrder
from remotelens.bridge.view import View
from remotelens.errors import LinkLost, NotAvailableNow
from tests.remotelens.bridge.standin import StandIn, StandingClock, StandInView

ON, OFF = LiveViewOrder(), LiveViewOrder(on=False)


class Rig:
    """A view with everything it touches."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.camera = StandIn()
        self.published: list[bytes] = []
        self.changes: list[bool] = []
        self.happened = asyncio.Event()
        self.view = View(publish=self._publish, changed=self._change, clock=self.clock)

    def _publish(self, jpeg: bytes) -> None:
        self.published.append(jpeg)
        self.happened.set()

    def _change(self) -> None:
        self.changes.append(self.view.running)
        self.happened.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                self.happened.clear()
                await self.happened.wait()


@pytest.fixture
async def rig() -> AsyncIterator[tuple[Rig, asyncio.TaskGroup]]:
    made = Rig()
    async with asyncio.TaskGroup() as tasks:
        yield made, tasks
        await made.view.stop()


async def test_images_go_out_until_it_is_stopped(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    await it.view.obey(ON, it.camera, tasks)
    assert it.view.running
    it.camera.view.show(b"one")
    await it.until(lambda: it.published == [b"one"])
    await it.view.obey(OFF, it.camera, tasks)
    assert not it.view.running
    assert not it.camera.view.open
    assert it.changes == [True, False]


async def test_images_between_the_steps_of_the_pace_are_left_out(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    await it.view.obey(LiveViewOrder(fps=1), it.camera, tasks)
    it.camera.view.show(b"first")
    await it.until(lambda: it.published == [b"first"])
    it.camera.view.show(b"too early")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    it.clock.now_s += 1.0
    it.camera.view.show(b"second")
    await it.until(lambda: it.published == [b"first", b"second"])


async def test_it_ends_by_itself_and_the_camera_is_left(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    await it.view.obey(ON, it.camera, tasks)
    it.clock.limits[-1].reschedule(asyncio.get_running_loop().time())
    await it.until(lambda: it.changes[-1] is False)
    assert not it.camera.view.open


async def test_asking_again_makes_it_last_longer(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    await it.view.obey(ON, it.camera, tasks)
    await it.view.obey(LiveViewOrder(for_s=500), it.camera, tasks)
    assert it.clock.limits[-1].when() == it.clock.monotonic() + 500
    it.clock.limits[-1].reschedule(None)
    assert it.changes == [True]


async def test_off_right_after_on_leaves_nothing_open(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    await it.view.obey(ON, it.camera, tasks)
    await it.view.obey(OFF, it.camera, tasks)
    await it.view.obey(OFF, it.camera, tasks)
    assert (it.view.running, it.camera.view.open) == (False, False)


async def test_a_camera_that_gives_none_is_told_to_whoever_asked(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    it.camera.view = StandInView(NotAvailableNow("no live view now", camera="qx"))
    with pytest.raises(NotAvailableNow):
        await it.view.obey(ON, it.camera, tasks)
    assert not it.view.running


async def test_a_live_view_that_breaks_ends_and_can_be_asked_for_again(
    rig: tuple[Rig, asyncio.TaskGroup],
) -> None:
    it, tasks = rig
    await it.view.obey(ON, it.camera, tasks)
    it.camera.view.mailbox.close(LinkLost("it is gone", camera="qx"))
    await it.until(lambda: it.changes[-1] is False)
    it.camera.view = StandInView()
    await it.view.obey(ON, it.camera, tasks)
    it.camera.view.show(b"again")
    await it.until(lambda: it.published == [b"again"])


class Beginning(StandInView):
    """A live view that never comes to be open."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def __aenter__(self) -> StandInView:
        self.asked.set()
        await asyncio.Event().wait()
        return self


async def test_one_that_is_still_beginning_is_stopped_too(rig: tuple[Rig, asyncio.TaskGroup]) -> None:
    it, tasks = rig
    it.camera.view = view = Beginning()
    asking = tasks.create_task(it.view.obey(ON, it.camera, tasks))
    async with asyncio.timeout(5):
        await view.asked.wait()
        asking.cancel()
        await it.view.stop()
    assert not it.view.running
