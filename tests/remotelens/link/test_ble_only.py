"""A supervised camera that is reached over Bluetooth, on its way to Wi-Fi and without it."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import (
    CardFull,
    LinkTimeout,
    NotAvailableNow,
    RemoteLensError,
    WifiJoinFailed,
)
from remotelens.link.ble_stages import WifiNotUp
from remotelens.link.reach import Reached
from remotelens.link.stages import Stage
from remotelens.link.status import LinkState, LinkStatus
from remotelens.link.target import BleTarget
from tests.remotelens.link.answering import answering
from tests.remotelens.link.cameras import small_camera
from tests.remotelens.link.scene import Scene, supervised
from tests.remotelens.link.virtual import in_virtual_time, now_s


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
        (WifiNotUp("it did not come up"), 1),
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
