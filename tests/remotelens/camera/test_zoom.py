from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.errors import InvalidValue, LinkLost, NotAvailableNow, NotSupported
from tests.remotelens.camera.double import ApiDouble, camera_on


class Motor:
    """A zoom that runs while it is pushed, and overruns when it is stopped, as a real one does.

    Source: protocol/wifi.md quirk 34.
    """

    def __init__(self, api: ApiDouble, *, at: int = 0, step: int = 7, overrun: int = 12) -> None:
        self._api = api
        self.at = at
        self._step = step
        self._overrun = overrun
        self._running: asyncio.Task[None] | None = None
        self.moves: list[tuple[str, str]] = []
        api.handlers["actZoom"] = self.act
        self._tell(at)

    async def act(self, direction: str, movement: str) -> list[Any]:
        self.moves.append((direction, movement))
        sign = 1 if direction == "in" else -1
        if movement == "1shot":
            self._tell(self.at + sign * self._step)
        elif movement == "start":
            self._running = asyncio.create_task(self._run(sign))
        elif self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
            self._tell(self.at + sign * self._overrun)
        return [0]

    async def _run(self, sign: int) -> None:
        while 0 <= self.at + sign * 3 <= 100:
            self._tell(self.at + sign * 3)
            await self._api.until_heard()
        self._tell(100 if sign > 0 else 0)

    def _tell(self, at: int) -> None:
        self.at = min(100, max(0, at))
        self._api.tell(
            zoomInformation={
                "zoomPosition": self.at,
                "zoomNumberBox": 1,
                "zoomIndexCurrentBox": 0,
                "zoomPositionCurrentBox": self.at,
                "type": "zoomInformation",
            }
        )


@pytest.mark.parametrize(("start", "target"), [(0, 60), (100, 30), (40, 50), (50, 40), (0, 100), (80, 0)])
async def test_the_zoom_comes_as_near_as_its_steps_allow(start: int, target: int) -> None:
    api = ApiDouble()
    motor = Motor(api, at=start)
    async with camera_on(api) as camera, asyncio.timeout(10):
        reached = await camera.zoom.to(target)
        assert reached == motor.at
        assert abs(reached - target) <= 7
        assert camera.zoom.position == reached


async def test_a_short_way_is_gone_in_steps() -> None:
    api = ApiDouble()
    motor = Motor(api, at=50)
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.zoom.to(64)
    assert motor.moves == [("in", "1shot"), ("in", "1shot")]


async def test_a_cancelled_journey_stops_the_motor() -> None:
    api = ApiDouble()
    motor = Motor(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        going = asyncio.create_task(camera.zoom.to(90))
        await api.until_called("actZoom")
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
    assert motor.moves == [("in", "start"), ("in", "stop")]


async def test_a_movement_left_running_is_stopped_when_the_camera_is_left() -> None:
    api = ApiDouble()
    motor = Motor(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.zoom.start("in")
    assert motor.moves == [("in", "start"), ("in", "stop")]


async def test_a_stop_that_was_lost_is_made_again_though_zooming_is_not_offered_while_it_moves() -> None:
    api = ApiDouble()
    motor = Motor(api)
    act, lost = api.handlers["actZoom"], [LinkLost("gone")]
    api.handlers["actZoom"] = lambda direction, movement: (
        lost.pop() if movement == "stop" and lost else act(direction, movement)
    )
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.zoom.start("in")
        api.tell_names(["getEvent"])
        await camera.refresh()
        await camera.zoom.stop("in")
    assert motor.moves == [("in", "start"), ("in", "stop")]


@pytest.mark.parametrize("then", ["start", "1shot"])
async def test_no_other_movement_begins_before_the_last_was_stopped(then: str) -> None:
    api = ApiDouble()
    motor = Motor(api, at=50)
    act, lost = api.handlers["actZoom"], [LinkLost("gone")]
    api.handlers["actZoom"] = lambda direction, movement: (
        lost.pop() if movement == "stop" and lost else act(direction, movement)
    )
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.zoom.start("in")
        stopping = asyncio.create_task(camera.zoom.stop("in"))
        await asyncio.sleep(0)
        stopping.cancel()
        await (camera.zoom.start("out") if then == "start" else camera.zoom.step("out"))
        assert motor.moves == [("in", "start"), ("in", "stop"), ("out", then)]


async def test_a_step_at_the_end_of_the_range_ends_at_once() -> None:
    api = ApiDouble()
    Motor(api, at=100)
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert await camera.zoom.step("in") == 100


@pytest.mark.parametrize("position", [-1, 101])
async def test_a_position_outside_the_range_is_refused(position: int) -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(InvalidValue):
            await camera.zoom.to(position)
        with pytest.raises(InvalidValue):
            await camera.zoom.start("sideways")


async def test_a_fixed_lens_cannot_zoom() -> None:
    api = ApiDouble()
    api.slots["availableApiList"] = {"names": ["getEvent"], "type": "availableApiList"}
    async with camera_on(api) as camera:
        with pytest.raises(NotSupported, match="no zooming"):
            await camera.zoom.to(50)
        api.methods.add(("camera", "actZoom"))
        with pytest.raises(NotAvailableNow):
            await camera.zoom.to(50)
