"""Hearing what advertises."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from remotelens.errors import LinkLost, MissingComponent
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.failures import CHECK_BLUETOOTH, CHECK_CONTROLLER, foreign, translate

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

MOST_UNREAD: Final = 1000
"""Adverts repeat several times a second; what a slow reader misses comes again."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One advertisement.

    Args:
        address: the device's address; on macOS an identifier of that host's own.
        name: the name it last told, None when it has told none yet.
        rssi: signal strength in dBm.
        manufacturer_data: bytes by company.
        device: bleak's own handle of the device, to connect with.
    """

    address: str
    name: str | None
    rssi: int
    manufacturer_data: Mapping[int, bytes]
    device: BLEDevice = field(repr=False, compare=False)


class Sightings:
    """What a running scan hears, in order; iterating goes on for ever, so put a time limit around it."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Sighting | str] = asyncio.Queue(MOST_UNREAD + 1)

    def hear(self, device: BLEDevice, adv: AdvertisementData) -> None:
        """Take an advertisement in."""
        if self._heard.qsize() < MOST_UNREAD:
            name = device.name or adv.local_name
            self._heard.put_nowait(
                Sighting(device.address, name, adv.rssi, dict(adv.manufacturer_data), device)
            )

    def end(self, reason: str) -> None:
        """Take in that the controller has gone away."""
        self._heard.put_nowait(reason)

    def __aiter__(self) -> Sightings:
        return self

    async def __anext__(self) -> Sighting:
        sighting = await self._heard.get()
        if isinstance(sighting, str):
            raise LinkLost(f"the Bluetooth controller went away: {sighting}", remedy=CHECK_CONTROLLER)
        return sighting


@contextlib.asynccontextmanager
async def scanning(adapter: Adapter) -> AsyncIterator[Sightings]:
    """Scan for the length of a block, and give what is heard.

    Raises:
        MissingComponent: this host has no Bluetooth that can be used, or Bumble is not installed.
        ConnectFailed: no controller answers where the adapter says one is.
        LinkLost: while iterating: the controller went away.
    """
    sightings = Sightings()
    async with contextlib.AsyncExitStack() as stack:
        try:
            lost = await stack.enter_async_context(adapter.held())
            lost.add_done_callback(lambda reason: sightings.end(reason.result()))
            await stack.enter_async_context(adapter.scanner(sightings.hear))
        except OSError as error:
            text = f"the system's Bluetooth service cannot be reached: {error}"
            raise MissingComponent(text, remedy=CHECK_BLUETOOTH) from error
        except foreign() as error:
            raise translate(error, "scanning", str(adapter)) from error
        yield sightings
