"""The operator: connecting, losing, finding again; live view only while it is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from remotelens.camera.camera import Camera
from remotelens.dashboard.operator import RETRY_FIRST_S, RETRY_LONGEST_S, Connect, Operator
from remotelens.errors import CameraNotFound, InvalidValue, LinkLost
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.dashboard.clocks import START, HandClock
from tests.remotelens.dashboard.faces import Recorder


@asynccontextmanager
async def at_work(
    connect: Connect, folder: Path, clock: HandClock | None = None
) -> AsyncIterator[tuple[Operator, Recorder]]:
    face = Recorder()
    operator = Operator("qx", connect, face, folder=folder, clock=clock or HandClock())
    working = asyncio.create_task(operator.run())
    try:
        yield operator, face
    finally:
        working.cancel()
        await asyncio.wait([working])


async def test_a_camera_that_is_nowhere_is_tried_again_with_longer_pauses(tmp_path: Path) -> None:
    clock = HandClock()
    tries = 0

    @asynccontextmanager
    async def nowhere(target: str | None) -> AsyncIterator[Camera]:
        nonlocal tries
        assert target == "qx"
        tries += 1
        raise CameraNotFound("no camera answers", remedy="switch it on")
        yield

    async with at_work(nowhere, tmp_path, clock) as (operator, face):
        await face.until(lambda: tries > 8)
        state = operator.view.state
        assert state.link == "absent"
        assert state.link_reason == "no camera answers — switch it on"
        assert state.link_since == START
        assert clock.slept_s[:3] == [RETRY_FIRST_S, 2 * RETRY_FIRST_S, 4 * RETRY_FIRST_S]
        assert max(clock.slept_s) == RETRY_LONGEST_S
        assert operator.deeds is None


async def test_a_camera_lost_while_it_is_left_does_not_bring_the_work_back(tmp_path: Path) -> None:
    tries = 0
    connecting = asyncio.Event()

    @asynccontextmanager
    async def lost_then(_: str | None) -> AsyncIterator[Camera]:
        nonlocal tries
        tries += 1
        connecting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise LinkLost("gone in that moment") from None
        raise AssertionError("nobody sets that event")
        yield

    operator = Operator("qx", lost_then, Recorder(), folder=tmp_path, clock=HandClock())
    working = asyncio.create_task(operator.run())
    await connecting.wait()
    operator.leave()
    working.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait([working])
    assert working.done()
    assert tries == 1


async def test_what_can_never_be_reached_is_not_tried_again(tmp_path: Path) -> None:
    @asynccontextmanager
    async def unclear(_: str | None) -> AsyncIterator[Camera]:
        raise InvalidValue("which camera is meant?")
        yield

    operator = Operator("qx", unclear, Recorder(), folder=tmp_path, clock=HandClock())
    with pytest.raises(InvalidValue):
        await operator.run()


async def test_a_connected_camera_shows_its_state_and_takes_wishes(tmp_path: Path) -> None:
    api = ApiDouble()
    async with at_work(lambda _: camera_on(api), tmp_path) as (operator, face):
        await face.until(lambda: operator.deeds is not None and operator.view.state.idle)
        assert operator.view.connected
        assert operator.view.name == "qx"
        api.tell_status("StillCapturing")
        await face.until(lambda: operator.view.state.status == "StillCapturing")


async def test_a_connection_that_ends_is_made_anew_and_what_is_known_stays(tmp_path: Path) -> None:
    apis = [ApiDouble(), ApiDouble()]
    made: list[ApiDouble] = []

    @asynccontextmanager
    async def connect(_: str | None) -> AsyncIterator[Camera]:
        api = apis[len(made)]
        made.append(api)
        async with camera_on(api) as camera:
            yield camera

    async with at_work(connect, tmp_path) as (operator, face):
        await face.until(lambda: operator.deeds is not None)
        apis[0]._events.put_nowait(LinkLost("the camera stopped answering"))
        await face.until(lambda: not operator.view.connected)
        await face.until(lambda: len(made) == 2 and operator.deeds is not None)
        assert operator.view.state.link == "ready"
    lost = [view for view in face.views if view.state.link == "lost"]
    assert lost
    assert lost[0].state.model == "DSC-QX10"
    assert "stopped answering" in (lost[0].state.link_reason or "")


async def test_a_camera_that_was_found_late_and_lost_is_looked_for_at_once(tmp_path: Path) -> None:
    clock = HandClock()
    api = ApiDouble()

    @asynccontextmanager
    async def late(_: str | None) -> AsyncIterator[Camera]:
        if len(clock.slept_s) != 6:
            raise CameraNotFound("no camera answers")
        async with camera_on(api) as camera:
            yield camera

    async with at_work(late, tmp_path, clock) as (operator, face):
        await face.until(lambda: operator.deeds is not None)
        assert clock.slept_s[-1] == RETRY_LONGEST_S
        api.break_down(LinkLost("the camera stopped answering"))
        await face.until(lambda: len(clock.slept_s) > 7)
    assert clock.slept_s[6:8] == [RETRY_FIRST_S, 2 * RETRY_FIRST_S]


async def test_live_view_is_only_asked_for_where_it_is_wanted_and_offered(tmp_path: Path) -> None:
    api = ApiDouble()
    api.handlers["startLiveview"] = lambda: ["http://10.0.0.1/liveview"]
    face = Recorder()
    operator = Operator("qx", lambda _: camera_on(api), face, folder=tmp_path, clock=HandClock())
    operator.set_live(False)
    working = asyncio.create_task(operator.run())
    await face.until(lambda: operator.deeds is not None and operator.view.state.idle)
    assert not api.called("startLiveview")
    operator.set_live(True)
    async with asyncio.timeout(10):
        await api.until_called("startLiveview")
    working.cancel()
    await asyncio.wait([working])
