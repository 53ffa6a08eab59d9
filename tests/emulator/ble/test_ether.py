"""Links in a room: walked out of range, slow, lossy, and ended by time-out at each end by itself."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bumble import hci

from emulator.ble.air import Air
from emulator.ble.controller import SUPERVISION_TIMEOUT
from emulator.ble.peripheral import Peripheral
from emulator.ble.space import Step
from emulator.clock import ScaledClock
from emulator.journal import Journal
from tests.emulator.ble.cameras import QUICK
from tests.emulator.ble.central import Central, Link, host_on
from tests.emulator.ble.double import DoubleBody

HOST, OTHER_HOST = "C1:00:00:00:00:01", "C1:00:00:00:00:02"


@pytest.fixture
async def air(clock: ScaledClock, journal: Journal) -> AsyncIterator[Air]:
    """The same air, whose time runs as the camera's does."""
    before = asyncio.all_tasks()
    air = Air(journal, clock=clock)
    await air.start()
    yield air
    await air.close()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, left


@asynccontextmanager
async def linked(body: DoubleBody, air: Air) -> AsyncIterator[tuple[Peripheral, Central, Link]]:
    camera = Peripheral(body, air, options=QUICK)
    await camera.start()
    try:
        async with host_on(air, HOST) as host:
            link = await host.connect(camera.address)
            await link.pair()
            yield camera, host, link
    finally:
        await camera.close()


async def until_free(camera: Peripheral) -> None:
    while camera.connected:  # noqa: ASYNC110 - the camera tells nobody
        await asyncio.sleep(0)


async def test_walking_away_ends_the_link_at_both_ends_and_coming_back_makes_a_new_one(
    body: DoubleBody, air: Air
) -> None:
    async with linked(body, air) as (camera, host, link):
        air.space.walk(camera.address, [Step(5.0, 200.0)])
        assert await link.ended == SUPERVISION_TIMEOUT
        await until_free(camera)
        air.space.put(camera.address, 2.0)
        again = await host.connect(camera.address)
        assert await again.read(0xCC0B) == b"DSC-QX10"


async def test_a_central_that_vanishes_without_a_word_is_noticed_and_the_camera_advertises_again(
    body: DoubleBody, air: Air
) -> None:
    async with linked(body, air) as (camera, _, _link):
        air.space.put(HOST, math.inf)
        await until_free(camera)
        async with host_on(air, OTHER_HOST) as other:
            assert (await other.find(camera.address)).rssi == -50


async def test_a_short_gap_holds_packets_back_and_loses_none(body: DoubleBody, air: Air) -> None:
    async with linked(body, air) as (_camera, _, link):
        air.space.pair(HOST, link.connection.peer_address.to_string(False), None)
        reading = asyncio.create_task(link.read(0xCC0B))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not reading.done()
        air.space.pair(HOST, link.connection.peer_address.to_string(False), -90)
        assert await reading == b"DSC-QX10"
        assert not link.ended.done()


async def test_a_host_out_of_range_hears_nothing_while_another_does(body: DoubleBody, air: Air) -> None:
    camera = Peripheral(body, air, options=QUICK)
    await camera.start()
    air.space.pair(HOST, camera.address, None)
    try:
        async with host_on(air, HOST) as deaf, host_on(air, OTHER_HOST) as near:
            await near.find(camera.address)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await deaf.find(camera.address)
    finally:
        await camera.close()


async def test_the_strength_of_a_link_follows_the_distance(body: DoubleBody, air: Air) -> None:
    async with linked(body, air) as (camera, host, link):
        strengths = []
        for distance_m in (1.0, 10.0):
            air.space.put(camera.address, distance_m)
            command = hci.HCI_Read_RSSI_Command(handle=link.connection.handle)
            strengths.append((await host.device.send_sync_command(command)).rssi)
        assert strengths == [-50, -75]


async def test_slow_and_lossy_links_answer_late_and_in_order(body: DoubleBody, air: Air) -> None:
    async with linked(body, air) as (_camera, _, link):
        told = await link.subscribe(0xFF02)
        body.power = "on"
        air.space.disturb(latency_s=0.05, loss=0.4)
        for value in ("01 07", "01 09", "01 08", "01 06"):
            await link.write(0xFF01, value)
        assert body.pressed == [("half", 0), ("full", 0)]
        assert body.released == ["full", "half"]
        values = [await told.get() for _ in range(3)]
        assert values[-1] in ("02 a0 00", "02 3f 00")


async def test_what_an_earlier_link_left_behind_does_not_reach_a_later_one(
    body: DoubleBody, air: Air
) -> None:
    async with linked(body, air) as (camera, host, link):
        air.space.put(camera.address, math.inf)
        with pytest.raises(asyncio.CancelledError):  # Bumble's way of telling that the link is gone
            await link.read(0xCC0B)
        await until_free(camera)
        air.space.put(camera.address, 1.0)
        again = await host.connect(camera.address)
        assert await again.read(0xCC0A) == b"3.00"
