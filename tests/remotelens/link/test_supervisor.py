"""A link that is held: events, signs of life, and its end."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from remotelens.errors import (
    InvalidValue,
    LinkLost,
)
from remotelens.link.status import LinkState
from remotelens.link.target import BleTarget
from tests.remotelens.link.answering import answering, reply
from tests.remotelens.link.cameras import Said, error, result, small_camera
from tests.remotelens.link.scene import BUSY, IDLE, Scene, supervised
from tests.remotelens.link.virtual import in_virtual_time, now_s


def test_a_camera_becomes_ready_and_its_state_and_changes_are_handed_on() -> None:
    async def check() -> None:
        async with supervised() as scene:
            reached = await scene.supervisor.ready()
            assert scene.supervisor.api is reached.api
            scene.polls.put_nowait(result(None, BUSY))
            await asyncio.sleep(1)
            assert [event.slots["cameraStatus"] for event in scene.events] == [IDLE, BUSY]
            assert scene.states[-1] == "ready"
            assert scene.supervisor.status.reason is None

    in_virtual_time(check())


def test_a_quiet_camera_stays_ready() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
            since = scene.supervisor.status.since
            await asyncio.sleep(600)
            assert scene.supervisor.status.state is LinkState.READY
            assert scene.supervisor.status.since == since
            assert scene.stages == ["reach ok"]

    in_virtual_time(check())


def test_a_silent_camera_is_lost_within_seconds() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
            silent = asyncio.Event()

            async def never(*_: object) -> Said:
                await silent.wait()
                return None

            scene.poll = never
            scene.camera.answers["getVersions"] = never
            scene.polls.put_nowait(result(IDLE))
            began_s = now_s()
            lost = await scene.until(LinkState.LOST)
            assert now_s() - began_s < 25
            assert lost.reason is not None
            assert "no whole answer" in lost.reason
            silent.set()

    in_virtual_time(check())


def test_a_sign_of_life_is_asked_for_as_soon_as_the_camera_has_been_silent_for_so_long() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
            began_s, asked_at_s = now_s(), list[float]()

            async def live(*_: object) -> Said:
                asked_at_s.append(round(now_s() - began_s, 3))
                return result(["1.0"])

            scene.camera.answers["getVersions"] = live
            await asyncio.sleep(3)
            scene.polls.put_nowait(result(IDLE))
            await asyncio.sleep(6)
            scene.polls.put_nowait(result(IDLE))
            await asyncio.sleep(6)
            assert asked_at_s == [8.0, 14.0]

    in_virtual_time(check())


def test_another_program_on_the_poll_is_told_and_the_camera_asked_now_and_then() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
            scene.polls.put_nowait(result(IDLE))
            scene.polls.put_nowait(error(40402, "DoublePolling"))
            await asyncio.sleep(12)
            assert scene.supervisor.status.state is LinkState.READY
            assert len(scene.events) >= 3
            reasons = [status.reason for status in scene.seen if status.state is LinkState.READY]
            assert any(reason and "another program" in reason for reason in reasons)

    in_virtual_time(check())


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (InvalidValue("'x' is no adapter"), "'x' is no adapter"),
        (ValueError("aB3dE5gH"), "an error that is not the camera's: ValueError"),
    ],
)
def test_what_can_never_be_reached_ends_the_supervisor_and_is_told_as_lost(
    failure: Exception, reason: str
) -> None:
    async def check() -> None:
        async with supervised(lambda _: BleTarget("C0:01")) as scene:
            scene.ble.fail = {"wake": [failure]}
            lost = await scene.until(LinkState.LOST)
            assert lost.reason == reason
            assert lost.next_try is None
            scene.ble.fail = {"wake": [failure]}
            with pytest.raises(type(failure)):
                await scene.supervisor.run()

    in_virtual_time(check())


def test_a_link_that_is_not_ready_gives_no_api_but_says_how_it_stands() -> None:
    async def check() -> None:
        async with small_camera() as camera, answering() as place:
            scene = Scene(camera, place)
            with pytest.raises(LinkLost, match="the link is absent: not looked for yet"):
                _ = scene.supervisor.api
            await scene.road.close()

    in_virtual_time(check())


def test_cancelling_leaves_nothing_running() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.Event().wait()
        assert len(asyncio.all_tasks()) == 1

    in_virtual_time(check())


def test_a_cancelling_is_heeded_though_the_camera_is_lost_in_the_same_moment() -> None:
    async def check() -> None:
        async with small_camera() as camera, answering(reply(camera.description_url)) as place:
            scene = Scene(camera, place)

            async def fail_when_cancelled(_: object) -> None:
                try:
                    await asyncio.Event().wait()
                finally:
                    raise LinkLost("the connection broke")

            # a task group that is cancelled while a task fails would tell of the failure alone (Python 3.11)
            scene.supervisor._listen_for_life = fail_when_cancelled  # type: ignore[method-assign,assignment]
            async with scene.road:
                running = asyncio.create_task(scene.supervisor.run())
                await scene.supervisor.ready()
                running.cancel()
                await asyncio.wait([running], timeout=60)
                ended, _ = running.cancelled(), running.cancel()
            assert ended

    in_virtual_time(check())
