from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.config.cameras import KnownCamera
from remotelens.errors import (
    CardFull,
    InvalidValue,
    LinkLost,
    LinkTimeout,
    NotAvailableNow,
    RemoteLensError,
    WifiJoinFailed,
)
from remotelens.link.reach import Reached
from remotelens.link.road import Road
from remotelens.link.stages import Route, Stage
from remotelens.link.status import LinkState, LinkStatus
from remotelens.link.supervisor import Supervisor
from remotelens.link.target import AnyTarget, BleTarget, HostTarget, KnownTarget, Target, UrlTarget
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.transport.network import Address
from tests.remotelens.link.cameras import Said, SmallCamera, error, result, small_camera
from tests.remotelens.link.roads import StandInBle, StandInJoiner
from tests.remotelens.link.test_discovery import answering, reply
from tests.remotelens.link.virtual import in_virtual_time, now_s

IDLE = {"type": "cameraStatus", "cameraStatus": "IDLE"}
BUSY = {"type": "cameraStatus", "cameraStatus": "StillCapturing"}
Poll = Callable[[], Awaitable[Said]]


class Scene:
    """A supervised camera: what its polls answer, and everything that was told of the link."""

    def __init__(self, camera: SmallCamera, place: Address, *, target: Target | None = None) -> None:
        self.camera = camera
        self.polls: asyncio.Queue[Said] = asyncio.Queue()
        self.poll: Poll = self._scripted
        camera.answers["getEvent"] = self._event
        camera.answers["getVersions"] = result(["1.0"])
        self.ble = StandInBle(name="ILCE-QX1")
        self.joiner = StandInJoiner()
        route = Route(
            target=target or UrlTarget(camera.description_url),
            join="already" if target is None else "system",
            ask=(place,),
            multicast=False,
            search_timeout_s=2,
        )
        self.stages: list[str] = []
        self.road = Road(
            route,
            observer=lambda record: self.stages.append(f"{record.name} {'ok' if record.ok else 'failed'}"),
            way_to_join=self.joiner,
            ble_stages=self.ble,
        )
        self.events: list[CameraEvent] = []
        self.supervisor = Supervisor(self.road, on_event=self.events.append, chance=random.Random(0))
        self.seen: list[LinkStatus] = []

    async def _event(self, params: list[Any]) -> Said:
        return await self.poll() if params == [True] else result(IDLE)

    async def _scripted(self) -> Said:
        """The next answer of the script; quiet after 15 s without one, as a camera is."""
        try:
            async with REAL_CLOCK.timeout(15):
                return await self.polls.get()
        except TimeoutError:
            return error(2, "Timed out")

    async def watch(self) -> None:
        async for status in self.supervisor.subscribe():
            self.seen.append(status)

    async def until(self, state: LinkState) -> LinkStatus:
        async for status in self.supervisor.subscribe():
            if status.state is state:
                return status
        raise AssertionError

    @property
    def states(self) -> list[str]:
        return [status.state.value for status in self.seen]


@asynccontextmanager
async def supervised(target: Callable[[SmallCamera], Target] | None = None) -> AsyncIterator[Scene]:
    async with small_camera() as camera, answering(reply(camera.description_url)) as place:
        scene = Scene(camera, place, target=target(camera) if target else None)
        async with scene.road:
            tasks = [asyncio.create_task(scene.watch()), asyncio.create_task(scene.supervisor.run())]
            try:
                yield scene
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


def _known_by_its_id(camera: SmallCamera) -> Target:
    known = KnownCamera(
        name="qx", usn="uuid:1::urn", model="ILCE-QX1", description_url=camera.description_url
    )
    return KnownTarget(known)


def _host(camera: SmallCamera) -> Target:
    return HostTarget("127.0.0.1", camera.server.port)


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


def test_the_states_of_the_whole_road_are_shown() -> None:
    async def check() -> None:
        async with supervised(lambda _: BleTarget("C0:01")) as scene:
            scene.camera.uuid = "1-aabbccddeeff"
            seen: list[str] = []

            put = scene.supervisor._put

            def note(status: LinkStatus) -> None:
                seen.append(status.state.value)
                put(status)

            # every status, also those that pass too soon for a subscriber
            scene.supervisor._put = note  # type: ignore[method-assign]
            await scene.supervisor.ready()
            assert seen == [
                "absent", "found", "pairing", "waking", "joining", "joining", "found", "reaching", "ready",
            ]  # fmt: skip

    in_virtual_time(check())


def test_a_bonded_camera_whose_wifi_cannot_be_joined_is_ble_only() -> None:
    async def check() -> None:
        async with supervised(lambda _: BleTarget("C0:01")) as scene:
            scene.camera.uuid = "1-aabbccddeeff"
            scene.joiner.fail = [WifiJoinFailed("out of reach")] * 2
            status = await scene.until(LinkState.BLE_ONLY)
            assert status.reason == "out of reach"
            assert status.next_try is not None
            await scene.supervisor.ready()
            assert scene.ble.did.count("find") == 1  # the walk back went to the wake, no further

    in_virtual_time(check())


@pytest.mark.parametrize(
    ("failure", "connections"),
    [
        (CardFull("it wants a memory card"), 1),
        (NotAvailableNow("its reason 7"), 1),
        (LinkTimeout("no answer"), 3),
    ],
)
def test_a_camera_that_refuses_its_wifi_keeps_its_bluetooth_connection_for_who_uses_that(
    failure: RemoteLensError, connections: int
) -> None:
    async def check() -> None:
        async with supervised(lambda _: BleTarget("C0:01")) as scene:
            scene.camera.uuid = "1-aabbccddeeff"
            scene.ble.fail = {"wake": [failure] * 2}
            await scene.until(LinkState.BLE_ONLY)
            await scene.supervisor.ready()
            assert scene.ble.did.count("wake") == 3
            assert scene.ble.did.count("pair") == connections  # one that does not answer is made anew

    in_virtual_time(check())


def test_a_bluetooth_that_ends_during_a_pause_is_told_at_once_and_the_camera_tried_earlier() -> None:
    async def check() -> None:
        async with supervised(lambda _: BleTarget("C0:01")) as scene:
            scene.camera.uuid = "1-aabbccddeeff"
            scene.joiner.fail = [WifiJoinFailed("out of reach")] * 8
            async for status in scene.supervisor.subscribe():
                if (status.state, status.attempt) == (LinkState.BLE_ONLY, 8):
                    break
            began_s = now_s()
            await asyncio.sleep(1)  # of the half minute that the pauses have come to
            link = scene.road.ble_link
            assert link is not None
            await link.close()  # it was carried away
            absent = await scene.until(LinkState.ABSENT)
            assert absent.reason == "out of reach; its Bluetooth has ended since"
            assert absent.next_try is not None
            assert now_s() - began_s < 1.1
            await scene.supervisor.ready()
            assert 2.9 < now_s() - began_s < 4

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


def test_cancelling_twice_leaves_no_walk_behind() -> None:
    async def check() -> None:
        async with small_camera() as camera, answering() as place:
            scene = Scene(camera, place, target=BleTarget("C0:01"))
            walking, ending, let_go = asyncio.Event(), asyncio.Event(), asyncio.Event()

            async def walk(start: Stage | None = None) -> Reached:
                walking.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    ending.set()
                    await let_go.wait()  # the host's network is being put back
                raise AssertionError

            async with scene.road as road:
                await road.bluetooth()
                road.walk = walk  # type: ignore[method-assign]
                running = asyncio.create_task(scene.supervisor._walk(Stage.SEARCH))
                await walking.wait()
                running.cancel()
                await ending.wait()
                running.cancel()
                await asyncio.wait([running], timeout=1)
                assert not running.done()
                let_go.set()
                await asyncio.wait([running])
                assert running.cancelled()

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
