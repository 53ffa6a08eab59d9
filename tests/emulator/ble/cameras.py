"""Cameras on the air, for the tests of a host that talks to them over real HCI on TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest
from bumble.att import ATT_Error

from emulator.ble.air import Air
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.journal import Journal
from tests.emulator.ble.central import LIMIT_S, Link, host_on
from tests.emulator.ble.double import DoubleBody

QUICK = PeripheralOptions(
    advertising_interval_ms=20, unencrypted_limit_s=36_000.0, pairing_closes_after_s=36_000.0
)
"""A slow machine must not run into the camera's limits, whose time runs fast here."""
HOST_1, HOST_2 = "C1:00:00:00:00:01", "C1:00:00:00:00:02"


@asynccontextmanager
async def on_air(peripheral: Peripheral) -> AsyncIterator[Peripheral]:
    """Put a camera on the air; nothing that is done with it may hang."""
    async with asyncio.timeout(LIMIT_S):
        await peripheral.start()
        try:
            yield peripheral
        finally:
            await peripheral.close()


@asynccontextmanager
async def bonded(
    body: DoubleBody, air: Air, options: PeripheralOptions = QUICK
) -> AsyncIterator[tuple[Peripheral, Link]]:
    """Give a camera and a bonded, encrypted link to it."""
    async with on_air(Peripheral(body, air, options=options)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)
        await link.pair()
        yield camera, link


def happened(journal: Journal, kind: str) -> asyncio.Event:
    """Return what is set once the journal tells this the next time."""
    event = asyncio.Event()
    journal.subscribe(lambda entry: event.set() if entry.kind == kind else None)
    return event


async def code_of(request: Awaitable[object]) -> int:
    """Return the ATT error that a request ends with."""
    with pytest.raises(ATT_Error) as caught:
        await request
    return int(caught.value.error_code)
