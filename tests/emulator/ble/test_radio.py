"""The camera's radio: what is on the air follows what is wanted, and nothing stays behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from bumble.device import Connection

from emulator.ble.adverts import AdvertState, advertising_data, scan_response
from emulator.ble.air import Air
from emulator.ble.bonds import BondStore
from emulator.ble.radio import Radio
from emulator.clock import RealClock
from tests.emulator.ble.central import LIMIT_S, host_on, manufacturer_data

ADDRESS = "C0:00:00:00:00:0A"
NAME = scan_response("DSC-QX10")
ADVERTS = [data for power in ("on", "standby") if (data := advertising_data(AdvertState(power))) is not None]


class Links:
    """Counts links."""

    def __init__(self) -> None:
        self.made = 0
        self.ended = 0

    def linked(self, connection: Connection) -> None:
        self.made += 1

    def unlinked(self, connection: Connection, reason: int) -> None:
        self.ended += 1


async def refuse() -> bool:
    return False


@asynccontextmanager
async def radio_on(
    air: Air, fill: Callable[[Radio], object] = lambda radio: None, links: Links | None = None
) -> AsyncIterator[Radio]:
    links = links or Links()
    radio = Radio(
        air.attach("camera", of_camera=True),
        name="DSC-QX10",
        address=ADDRESS,
        bonds=BondStore(None, RealClock()),
        ask=refuse,
        linked=links.linked,
        unlinked=links.unlinked,
        advertising_interval_ms=20,
    )
    fill(radio)
    await radio.start()
    radio.advertise(ADVERTS[0], NAME)
    try:
        yield radio
    finally:
        await radio.close()


async def test_the_last_of_many_wanted_adverts_is_the_one_on_the_air(air: Air) -> None:
    async with asyncio.timeout(LIMIT_S), radio_on(air) as radio, host_on(air) as host:
        for number in range(50):
            radio.advertise(ADVERTS[number % 2], NAME)
            if number % 7 == 0:
                await asyncio.sleep(0)
        while manufacturer_data(await host.find(ADDRESS)) != ADVERTS[1][9:]:
            pass


async def test_links_are_told_and_adverts_come_back_after_each(air: Air) -> None:
    links = Links()
    async with asyncio.timeout(LIMIT_S), radio_on(air, links=links), host_on(air) as host:
        for _ in range(5):
            link = await host.connect(ADDRESS)
            await link.connection.disconnect()
            await host.find(ADDRESS)
    assert (links.made, links.ended) == (5, 5)


async def test_what_was_spawned_ends_with_the_radio(air: Air) -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    async with radio_on(air) as radio:
        radio.spawn(wait())
        await asyncio.sleep(0)
    radio.spawn(wait())

    assert ended == ["ended"]


async def test_a_failure_is_logged_and_the_camera_stays_on_the_air(
    air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("broken")

    with caplog.at_level(logging.ERROR, "emulator.ble.radio"):
        async with asyncio.timeout(LIMIT_S), radio_on(air) as radio, host_on(air) as host:
            radio.spawn(fail())
            await host.find(ADDRESS)

    assert "the Bluetooth of DSC-QX10 has failed in a part" in caplog.text
