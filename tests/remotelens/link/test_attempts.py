"""What a supervisor tries after a loss, when, and how it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from remotelens.config.cameras import KnownCamera
from remotelens.link.stages import Stage
from remotelens.link.status import LinkState, LinkStatus
from remotelens.link.target import AnyTarget, HostTarget, KnownTarget, Target
from tests.remotelens.link.cameras import Said, SmallCamera
from tests.remotelens.link.scene import supervised
from tests.remotelens.link.virtual import in_virtual_time


def _known_by_its_id(camera: SmallCamera) -> Target:
    known = KnownCamera(
        name="qx", usn="uuid:1::urn", model="ILCE-QX1", description_url=camera.description_url
    )
    return KnownTarget(known)


def _host(camera: SmallCamera) -> Target:
    return HostTarget("127.0.0.1", camera.server.port)


def test_a_broken_connection_is_told_and_mended_by_reaching_alone() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
            scene.polls.put_nowait(None)
            lost = await scene.until(LinkState.LOST)
            assert lost.reason is not None
            assert "broke" in lost.reason
            assert lost.next_try is not None
            await scene.until(LinkState.READY)
            assert scene.stages == ["reach ok", "reach ok"]

    in_virtual_time(check())


def test_a_camera_that_flaps_is_tried_ever_more_rarely() -> None:
    async def check() -> None:
        async with supervised() as scene:

            async def break_off() -> Said:
                return None

            scene.poll = break_off
            await asyncio.sleep(600)
            assert 15 < scene.stages.count("reach ok") < 60

    in_virtual_time(check())


def test_a_lost_link_tells_since_when_it_is_lost_however_often_it_is_tried() -> None:
    async def check() -> None:
        async with supervised() as scene:
            await scene.supervisor.ready()
            await asyncio.sleep(10)
            real, scene.camera.services = scene.camera.services, ("guide",)  # it lets nobody in
            scene.polls.put_nowait(None)
            lost = await scene.until(LinkState.LOST)
            for _ in range(60):
                await asyncio.sleep(1.3)
                assert scene.supervisor.status.state is not LinkState.READY
                assert scene.supervisor.status.since == lost.since
            scene.camera.services = real
            await scene.supervisor.ready()
            assert scene.supervisor.status.since > lost.since

    in_virtual_time(check())


def test_the_next_try_is_told_until_it_is_made() -> None:
    async def check() -> None:
        def known(camera: SmallCamera) -> Target:
            return KnownTarget(KnownCamera(name="qx", usn="uuid:1", model="ILCE-QX1"))

        async with supervised(known) as scene:
            await scene.supervisor.ready()
            told: list[tuple[Stage, LinkStatus]] = []
            begin = scene.supervisor._begin

            def note(stage: Stage) -> None:
                begin(stage)
                told.append((stage, scene.supervisor.status))

            scene.road.begun = note
            scene.camera.services = ("guide",)  # it lets nobody in
            scene.polls.put_nowait(None)
            await asyncio.sleep(60)
            assert {stage for stage, _ in told} == {Stage.REACH, Stage.SEARCH}
            assert [status.next_try for _, status in told] == [None] * len(told)
            assert {status.state for _, status in told} == {LinkState.REACHING, LinkState.LOST}

    in_virtual_time(check())


def test_a_link_that_had_held_is_looked_after_at_once_whatever_went_before() -> None:
    async def check() -> None:
        async with supervised() as scene:
            for held_s, pauses in ((0.5, 0), (0.5, 1), (4.0, 0), (4.0, 0)):
                await scene.supervisor.ready()
                await asyncio.sleep(held_s)
                scene.polls.put_nowait(None)
                lost = await scene.until(LinkState.LOST)
                assert lost.next_try is not None
                assert ((lost.next_try - lost.since).total_seconds() > 0.1) is bool(pauses)

    in_virtual_time(check())


def test_a_camera_that_vanished_is_looked_for_until_it_answers_elsewhere() -> None:
    async def check() -> None:
        def known(camera: SmallCamera) -> Target:
            return KnownTarget(KnownCamera(name="qx", usn="uuid:1", model="ILCE-QX1"))

        async with supervised(known) as scene:
            await scene.supervisor.ready()
            real, scene.camera.services = scene.camera.services, ("guide",)  # it lets nobody in
            scene.polls.put_nowait(None)
            await asyncio.sleep(120)
            assert scene.supervisor.status.state is LinkState.LOST
            assert "search failed" in scene.stages
            assert scene.supervisor.status.attempt > 2
            scene.camera.services = real
            await scene.supervisor.ready()
            assert scene.stages[-2:] == ["search ok", "reach ok"]

    in_virtual_time(check())


@pytest.mark.parametrize("target", [None, _known_by_its_id, _host, lambda _: AnyTarget()])
def test_another_camera_at_the_address_of_the_lost_one_is_not_taken_for_it(
    target: Callable[[SmallCamera], Target] | None,
) -> None:
    async def check() -> None:
        async with supervised(target) as scene:
            assert (await scene.supervisor.ready()).uuid == "1"
            scene.camera.uuid = "2"  # access points hand out one address, so this is ordinary
            scene.polls.put_nowait(None)
            lost = await scene.until(LinkState.LOST)
            await asyncio.sleep(120)
            assert scene.supervisor.status.state is LinkState.LOST
            assert scene.supervisor.status.attempt > 2
            assert scene.supervisor.status.since == lost.since
            scene.camera.uuid = "1"
            assert (await scene.supervisor.ready()).uuid == "1"

    in_virtual_time(check())
