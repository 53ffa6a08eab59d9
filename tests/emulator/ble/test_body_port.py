"""The real body behind the Bluetooth side: one camera, pressed over the air."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from emulator.ble.air import Air
from emulator.ble.body_port import BodyPort
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.body.camera import Body
from emulator.clock import ScaledClock
from emulator.journal import Journal
from emulator.profiles import load
from emulator.world import load_scene
from tests.emulator.ble.central import LIMIT_S, Link, host_on

OPTIONS = PeripheralOptions(advertising_interval_ms=20, unencrypted_limit_s=36_000.0)


def as_port(body: Body) -> BodyPort:
    """The type checker holds the real body to the port."""
    return body


@pytest.fixture
async def real_body(air: Air, clock: ScaledClock, journal: Journal) -> AsyncIterator[Body]:
    """The air is there first and goes last: its fixture sees that nothing is left running."""
    scene = load_scene("bench", seed=0)
    body = Body(load("DSC-QX10"), scene, clock, 0, 0, journal, pairing_ble=True, still_scale=8)
    await body.start()
    yield body
    await body.close()


async def told_until(told: asyncio.Queue[str], last: str) -> list[str]:
    """Return what is told up to and including this."""
    values = [await told.get()]
    while values[-1] != last:
        values.append(await told.get())
    return values


@asynccontextmanager
async def bonded(body: Body, air: Air) -> AsyncIterator[Link]:
    camera = Peripheral(as_port(body), air, options=OPTIONS)
    await camera.start()
    try:
        async with asyncio.timeout(LIMIT_S), host_on(air) as host:
            link = await host.connect(camera.address)
            await link.pair()
            yield link
    finally:
        await camera.close()


async def test_the_real_body_is_woken_hands_over_and_takes_a_picture(real_body: Body, air: Air) -> None:
    async with bonded(real_body, air) as link:
        assert real_body.power == "standby"
        status = await link.subscribe(0xCC09)
        await link.write(0xCC08, "01")
        assert await status.get() == "04 00 01 01 00"
        assert await status.get() == "04 00 01 02 00"
        assert (await link.read(0xCC06))[3:].decode() == real_body.ssid
        assert (await link.read(0xCC07))[3:].decode() == real_body.key
        assert (await link.read(0xCC0C)).decode() == real_body.bssid

        told = await link.subscribe(0xFF02)
        for value in ("01 07", "01 09"):
            await link.write(0xFF01, value)
        assert "02 a0 20" in await told_until(told, "02 a0 00")
        await link.write(0xFF01, "01 08")
        await link.write(0xFF01, "01 06")


async def test_a_real_body_without_a_card_says_why_each_time(real_body: Body, air: Air) -> None:
    real_body.card.present = False
    async with bonded(real_body, air) as link:
        status = await link.subscribe(0xCC09)
        for _ in range(2):
            await link.write(0xCC08, "01")
            assert await status.get() == "04 00 01 00 01"
