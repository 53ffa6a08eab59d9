"""A road that is walked again, used by others meanwhile, cancelled and closed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from remotelens.config.cameras import KnownCamera
from remotelens.errors import LinkLost
from remotelens.link.stages import Stage
from remotelens.link.target import BleTarget, KnownTarget
from remotelens.transport.join import WifiCredentials
from tests.remotelens.link.roads import NETWORK, StandInBle, StandInJoiner
from tests.remotelens.link.walks import UUID, Walk, camera_on_the_network

if TYPE_CHECKING:
    from remotelens.link.ble_find import BleCamera
    from remotelens.link.pair import BleLink


async def test_walking_again_from_a_stage_keeps_what_the_others_gave() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk()
            for start in (Stage.REACH, Stage.SEARCH, Stage.JOIN, Stage.WAKE):
                walk.told.clear()
                await road.walk(start)
                assert walk.names[0] == start.value
                assert walk.names[-1] == "reach"
    assert walk.ble.did == ["find", "pair", "wake", "wake", "hang up"]
    assert walk.joiner.did.count("leave") == walk.joiner.did.count("join DIRECT-owQ1:ILCE-QX1") == 3


async def test_a_bluetooth_connection_that_somebody_uses_is_not_made_anew() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            link = await road.bluetooth()
            await road.walk()
            assert road.ble_link is link
            assert link.gatt.is_connected
    assert walk.ble.did == ["find", "pair", "wake", "hang up"]
    assert walk.told[1].detail == "ILCE-QX1 (C0:01) is connected"


async def test_bluetooth_can_be_used_while_the_camera_is_asked_for_its_network() -> None:
    walk = Walk(BleTarget("C0:01"))
    asked = asyncio.Event()

    async def for_ever(link: object) -> WifiCredentials:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    walk.ble.hand_over = for_ever  # type: ignore[method-assign] # a Wi-Fi that does not come up
    async with asyncio.timeout(5), walk.road as road:
        walking = asyncio.create_task(road.walk())
        await asked.wait()
        assert await road.bluetooth() is road.ble_link
        walking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walking


async def test_a_connection_that_is_still_made_when_the_road_is_closed_is_ended_and_the_last() -> None:
    walk = Walk(BleTarget("C0:01"))
    pairing, let_go, pair = asyncio.Event(), asyncio.Event(), walk.ble.pair

    async def slowly(camera: BleCamera, *, again: bool) -> BleLink:
        pairing.set()
        await let_go.wait()
        return await pair(camera, again=again)

    walk.ble.pair = slowly  # type: ignore[method-assign] # a camera whose OK is waited for
    async with asyncio.timeout(5):
        async with walk.road as road:
            asking = asyncio.create_task(road.bluetooth())
            await pairing.wait()
        let_go.set()
        with pytest.raises(LinkLost, match="closed"):
            await asking
        assert walk.ble.did == ["find", "pair", "hang up"]
        with pytest.raises(LinkLost, match="closed"):
            await road.bluetooth()
        assert walk.ble.did == ["find", "pair", "hang up"]


async def test_a_connection_that_is_asked_for_anew_is_made_anew() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk()
            await road.walk(Stage.PAIR)
    assert walk.ble.did == ["find", "pair", "wake", "hang up", "pair", "wake", "hang up"]


async def test_walking_from_a_stage_whose_ground_is_missing_starts_earlier() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk(Stage.JOIN)
    assert walk.names == ["find", "pair", "wake", "join", "search", "reach"]


async def test_again_makes_a_new_bond_once_and_skips_the_last_place() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, place):
        known = KnownCamera(
            name="qx", description_url=camera.description_url, ble_address="C0:01", usn=f"uuid:{UUID}"
        )
        walk = Walk(KnownTarget(known), place, again=True, stand_in=StandInBle(bonded=True))
        async with walk.road as road:
            await road.walk()
            await road.walk(Stage.PAIR)
    assert walk.ble.again == [True, False]


async def test_cancelling_the_walk_puts_everything_back() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        waiting = asyncio.Event()

        async def for_ever(network: object, *, timeout_s: float = 0) -> StandInJoiner:
            waiting.set()
            await asyncio.Event().wait()
            raise AssertionError

        walk.joiner.join = for_ever  # type: ignore[method-assign] # a join that never ends

        async def use() -> None:
            async with walk.road as road:
                await road.walk()

        task = asyncio.create_task(use())
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert walk.ble.did[-1] == "hang up"


async def test_a_network_is_left_when_the_road_is_closed_though_leaving_it_was_broken_off_before() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        leaving, left = asyncio.Event(), asyncio.Event()

        async def leave() -> None:
            if not leaving.is_set():
                leaving.set()
                await asyncio.Event().wait()
            left.set()

        walk.joiner.leave = leave  # type: ignore[method-assign] # leaves at the second attempt
        async with walk.road as road:
            await road.walk()
            task = asyncio.create_task(road.walk(Stage.JOIN))
            await leaving.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not left.is_set()
        assert left.is_set()


async def test_bluetooth_tells_whether_the_network_is_still_the_one_that_was_joined() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            assert not await road.has_left_the_network()  # nobody to ask yet
            await road.walk()
            assert not await road.has_left_the_network()
            walk.ble.network = replace(NETWORK, key="aNewKey8")
            assert await road.has_left_the_network()
            walk.ble.network = None
            assert await road.has_left_the_network()
            walk.ble.fail = {"network": [LinkLost("out of reach")]}
            assert not await road.has_left_the_network()  # it cannot be told
            walk.joiner.standing = False
            assert await road.has_left_the_network()
