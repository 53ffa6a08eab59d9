"""The host's Bluetooth stack: a Bumble central on a station of the air, where BlueZ has the kernel.

It connects with its public address, as Linux does, and is known by it to those that it bonds with.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from bumble import hci
from bumble.core import BaseBumbleError
from bumble.device import (
    Advertisement,
    Connection,
    ConnectionParametersPreferences,
    Device,
    DeviceConfiguration,
)
from bumble.pairing import PairingConfig, PairingDelegate

from emulator.ble.address import identity_key
from emulator.ble.air import Station
from emulator.ble.bonds import BondStore
from emulator.clock import Clock, timeout

NAME = "BlueZ host"
"""What a camera reads from the host and shows on its pairing screen."""
CONNECT_LIMIT_S = 20.0
"""After so long Linux gives an attempt up."""
PAIR_LIMIT_S = 30.0
"""After so long without a step the Security Manager gives up (Bluetooth Core, volume 3, part H, 3.4)."""
_LINK = ConnectionParametersPreferences(
    connection_interval_min=30.0, connection_interval_max=50.0, supervision_timeout=420
)


class Central:
    """The stack.

    Args:
        station: its place on the air.
        bonds: the keys that it shares with peers.
        clock: measures its time limits.
        heard: called with every advertisement while it scans.
    """

    def __init__(
        self, station: Station, bonds: BondStore, clock: Clock, heard: Callable[[Advertisement], None]
    ) -> None:
        self.bonds = bonds
        self.clock = clock
        self.address = station.controller.public_address.to_string(with_type_qualifier=False)
        self._station = station
        self._delegates: dict[int, PairingDelegate] = {}
        self._connecting = asyncio.Lock()
        config = DeviceConfiguration(name=NAME, irk=identity_key(self.address), gatt_service_enabled=False)
        self._device = Device(config=config, host=station.host)
        self._device.keystore = bonds
        self._device.pairing_config_factory = self._pairing_config
        self._device.on(Device.EVENT_ADVERTISEMENT, heard)

    async def start(self) -> None:
        """Switch on."""
        await self._device.power_on()

    async def close(self) -> None:
        """End every link, as a host that shuts down in order, and leave the air."""
        try:
            for connection in tuple(self._device.connections.values()):
                await self.end(connection)
            await self._device.power_off()
        finally:
            self._station.leave()

    async def scan(self, on: bool) -> None:
        """Begin to hear what advertises, or stop."""
        if on:
            await self._device.start_scanning(legacy=True)
        else:
            await self._device.stop_scanning(legacy=True)

    async def connect(self, address: hci.Address) -> Connection:
        """Connect to a peer; cancelling this ends the attempt.

        Raises:
            BaseBumbleError, TimeoutError: there is no connection.
        """
        # One at a time: any new connection would satisfy whoever waits for one.
        async with self._connecting:
            attempt = asyncio.create_task(
                self._device.connect_le(
                    address,
                    {hci.Phy.LE_1M: _LINK},
                    own_address_type=hci.OwnAddressType.PUBLIC,
                    timeout=None,
                )
            )
            try:
                async with timeout(self.clock, CONNECT_LIMIT_S):
                    await asyncio.wait({attempt})
                return attempt.result()
            except BaseException:
                await self._abandon(attempt)
                raise

    async def _abandon(self, attempt: asyncio.Task[Connection]) -> None:
        """End an attempt at the controller, which would go on with it and refuse every later one."""
        if not attempt.done():
            with contextlib.suppress(BaseBumbleError):
                await self._device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
            await asyncio.wait({attempt})
        if not attempt.cancelled() and attempt.exception() is None:
            await self.end(attempt.result())

    async def end(self, connection: Connection) -> None:
        """End a link; nothing happens when it has ended already."""
        if connection.handle in self._device.connections:
            with contextlib.suppress(BaseBumbleError):
                await connection.disconnect()

    async def pair(self, connection: Connection, delegate: PairingDelegate) -> None:
        """Make a bond.

        Raises:
            BaseBumbleError: one of the two sides said no.
            TimeoutError: one of the two sides said nothing.
            CancelledError: the link ended.
        """
        self._delegates[connection.handle] = delegate
        try:
            async with timeout(self.clock, PAIR_LIMIT_S):
                await connection.pair()
        finally:
            self._delegates.pop(connection.handle, None)

    def _pairing_config(self, connection: Connection) -> PairingConfig:
        delegate = self._delegates.get(connection.handle) or PairingDelegate()
        return PairingConfig(
            sc=True,
            # Linux asks for protection against others in between exactly where somebody can give it.
            mitm=delegate.io_capability != PairingDelegate.NO_OUTPUT_NO_INPUT,
            bonding=True,
            delegate=delegate,
            identity_address_type=PairingConfig.AddressType.PUBLIC,
        )
