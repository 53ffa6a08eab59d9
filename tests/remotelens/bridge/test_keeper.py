"""A camera is reached however long that takes, and held from then on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from emulator.rack import Emulator
from remotelens.bridge.keeper import STEADY_S, Held, Keeper
from remotelens.clock import REAL_CLOCK
from remotelens.config.cameras import KnownCamera
from remotelens.errors import InputError, InvalidValue, RemoteLensError
from remotelens.link.stages import Route
from remotelens.link.status import BackOff, LinkStatus
from remotelens.link.target import KnownTarget, Target, UrlTarget
from tests.remotelens.library.clocks import SkippingClock

LIMIT_S = 40
QUICK = BackOff(first_s=0.05, longest_s=0.2)


class Watcher:
    """What a keeper tells."""

    def __init__(self, target: Target) -> None:
        self.told: list[LinkStatus] = []
        self.failed = asyncio.Event()
        self.held: asyncio.Queue[Held] = asyncio.Queue()
        self.keeper = Keeper(
            Route(target=target),
            serve=self._serve,
            tell=self._tell,
            clock=REAL_CLOCK,
            back_off=QUICK,
            chance=random.Random(0),
        )

    async def _serve(self, held: Held) -> None:
        self.held.put_nowait(held)
        await asyncio.Event().wait()

    def _tell(self, status: LinkStatus) -> None:
        self.told.append(status)
        if status.next_try is not None:
            self.failed.set()


@asynccontextmanager
async def keeping(target: Target) -> AsyncIterator[Watcher]:
    watcher = Watcher(target)
    task = asyncio.create_task(watcher.keeper.run())
    try:
        async with asyncio.timeout(LIMIT_S):
            yield watcher
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_camera_is_handed_over_when_it_is_reached() -> None:
    async with Emulator(control=False, clock="scaled:20") as emulator:
        device = emulator.cameras[0]
        async with keeping(UrlTarget(device.description_url)) as watcher:
            held = await watcher.held.get()
            assert held.camera.state.link == "ready"
            assert held.reached.description.friendly_name == "DSC-QX10"
        assert [status.state for status in watcher.told] == ["reaching"]


async def test_a_camera_that_comes_later_is_waited_for_and_the_reason_is_told() -> None:
    async with Emulator(control=False, clock="scaled:20") as emulator:
        device = emulator.cameras[0]
        await device.body.power_off()
        await device.mind_gate()
        async with keeping(UrlTarget(device.description_url)) as watcher:
            await watcher.failed.wait()
            failure = next(status for status in watcher.told if status.next_try is not None)
            assert failure.state == "absent"
            assert failure.attempt == 1
            assert failure.reason is not None
            assert str(device.port) in failure.reason
            await device.body.power_on()
            await device.body.wifi_on()
            await device.mind_gate()
            held = await watcher.held.get()
            assert held.camera.name == "DSC-QX10"


async def test_what_can_never_be_reached_ends_it() -> None:
    known = KnownCamera(name="qx", ble_address="AA:BB:CC:DD:EE:FF")
    watcher = Watcher(KnownTarget(known))
    route = Route(target=KnownTarget(known), ble_adapter="nonsense")
    keeper = Keeper(route, serve=watcher._serve, tell=watcher._tell, clock=REAL_CLOCK, back_off=QUICK)
    with pytest.raises(InputError):
        async with asyncio.timeout(LIMIT_S):
            await keeper.run()


async def test_a_failure_of_the_work_itself_is_tried_again() -> None:
    times = 0

    async def serve(held: Held) -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise RemoteLensError("something of the camera's")
        raise InvalidValue("the end of this test")

    async with Emulator(control=False, clock="scaled:20") as emulator:
        route = Route(target=UrlTarget(emulator.cameras[0].description_url))
        keeper = Keeper(route, serve=serve, tell=lambda _: None, clock=REAL_CLOCK, back_off=QUICK)
        with pytest.raises(InvalidValue, match="the end of this test"):
            async with asyncio.timeout(LIMIT_S):
                await keeper.run()
    assert times == 2


async def test_failures_are_counted_anew_once_a_camera_was_held_for_a_while() -> None:
    clock = SkippingClock()
    told: list[LinkStatus] = []
    held_s = [0.0, 0.0, STEADY_S]

    async def serve(held: Held) -> None:
        if not held_s:
            raise InvalidValue("the end of this test")
        clock.slept.append(held_s.pop(0))
        raise RemoteLensError("something of the camera's")

    async with Emulator(control=False, clock="scaled:20") as emulator:
        route = Route(target=UrlTarget(emulator.cameras[0].description_url))
        keeper = Keeper(route, serve=serve, tell=told.append, clock=clock, back_off=QUICK)
        with pytest.raises(InvalidValue, match="the end of this test"):
            async with asyncio.timeout(LIMIT_S):
                await keeper.run()
    assert [status.attempt for status in told if status.next_try is not None] == [1, 2, 1]
