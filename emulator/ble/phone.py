"""Somebody's phone: a second host that has a bond with the camera and holds it, so that nobody else gets in.

Whoever connects first wins; a phone in a pocket does so whenever the camera advertises.

Source: protocol/ble.md 1.5, quirks 5 and 10.
"""

from __future__ import annotations

import asyncio
import contextlib

from bumble import hci
from bumble.core import BaseBumbleError
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig

from emulator.ble.address import identity_key, static_address
from emulator.ble.air import Air, Station
from emulator.ble.peripheral import Peripheral


class Phone:
    """One phone.

    Args:
        air: the air it is on.
        name: what its address is made from.
    """

    def __init__(self, air: Air, name: str = "phone") -> None:
        self.address = static_address(name)
        self._air = air
        self._name = name
        self._keys = MemoryKeyStore()
        self._station: Station | None = None
        self._holding: asyncio.Task[None] | None = None
        self._held = asyncio.Event()

    @property
    def holds(self) -> bool:
        """It is connected to the camera now."""
        return self._held.is_set()

    def hold(self, camera: Peripheral) -> None:
        """Connect to a camera as soon as it can be heard, again and again, and stay; `held` tells when.

        The first time they bond: somebody opens the camera's pairing screen and presses OK.

        Raises:
            NotAvailableNow: there is no bond, and the camera's pairing screen is kept closed.
        """
        if self._holding is None:
            if not self._keys.all_keys:
                camera.open_pairing()
                camera.accept()
            self._holding = asyncio.create_task(self._hold(camera), name=f"{self._name} holds {camera.name}")

    async def held(self) -> None:
        """Wait until it is connected."""
        await self._held.wait()

    async def let_go(self) -> None:
        """Switch its Bluetooth off."""
        holding, self._holding = self._holding, None
        if holding is not None:
            holding.cancel()
            await asyncio.wait([holding])
        station, self._station = self._station, None
        if station is not None:
            station.leave()
        self._held.clear()

    async def _hold(self, camera: Peripheral) -> None:
        device = self._device()
        await device.power_on()
        while True:
            with contextlib.suppress(BaseBumbleError, hci.HCI_Error, TimeoutError):
                await self._stay(device, camera)
            self._held.clear()

    def _device(self) -> Device:
        self._station = self._air.attach(self._name)
        config = DeviceConfiguration(
            name=self._name,
            address=hci.Address(self.address, hci.Address.RANDOM_DEVICE_ADDRESS),
            irk=identity_key(self.address),
        )
        device = Device(config=config, host=self._station.host)
        device.keystore = self._keys
        device.pairing_config_factory = lambda connection: PairingConfig(
            sc=True, mitm=False, bonding=True, identity_address_type=PairingConfig.AddressType.RANDOM
        )
        return device

    async def _stay(self, device: Device, camera: Peripheral) -> None:
        target = hci.Address(camera.address, hci.Address.RANDOM_DEVICE_ADDRESS)
        connection = await device.connect(target)
        ended = asyncio.Event()
        connection.on(Connection.EVENT_DISCONNECTION, lambda _reason: ended.set())
        if await self._keys.get(str(connection.peer_address)):
            await connection.encrypt()
        else:
            await connection.pair()
        self._held.set()
        await ended.wait()
