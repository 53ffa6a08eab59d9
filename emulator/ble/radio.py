"""The camera's Bluetooth stack on its station: a Bumble device, its adverts, its links, its tasks.

It knows nothing of what the camera is; `peripheral` tells it what to advertise and what is in the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine

from bumble import hci
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.pairing import PairingConfig, PairingDelegate

from emulator.ble.address import identity_key
from emulator.ble.air import Station
from emulator.ble.bonds import BondStore
from emulator.ble.gatt import POWERED_OFF, Outbox, end

LOG = logging.getLogger(__name__)


class Radio:
    """One camera's radio.

    Args:
        station: its place on the air.
        name: for the log.
        address: its static random address.
        bonds: the keys that it shares with hosts.
        ask: decides on a pairing request.
        linked: called with each new link.
        unlinked: called when a link has ended.
        advertising_interval_ms: time between two adverts.
    """

    def __init__(
        self,
        station: Station,
        *,
        name: str,
        address: str,
        bonds: BondStore,
        ask: Callable[[], Awaitable[bool]],
        linked: Callable[[Connection], None],
        unlinked: Callable[[Connection, int], None],
        advertising_interval_ms: float,
    ) -> None:
        self._station = station
        self._name = name
        self._linked = linked
        self._unlinked = unlinked
        self._interval_ms = advertising_interval_ms
        self.device = Device(
            config=DeviceConfiguration(
                name=name,
                address=hci.Address(address, hci.Address.RANDOM_DEVICE_ADDRESS),
                irk=identity_key(address),
                gap_service_enabled=False,
                gatt_service_enabled=False,
            ),
            host=station.host,
        )
        self._bonds = bonds
        self.device.keystore = bonds
        station.host.long_term_key_provider = self._long_term_key
        delegate = _Delegate(ask)
        # A camera is known by its static random address; Bumble's default identity is a public one of zeros.
        self.device.pairing_config_factory = lambda connection: PairingConfig(
            sc=True,
            mitm=False,
            bonding=True,
            delegate=delegate,
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )
        self.device.on(Device.EVENT_CONNECTION, self._connected)
        self.outbox = Outbox(self.device)
        self._wanted: bytes | None = None
        self._on_air: bytes | None = None
        self._scan_response = b""
        self._advert_due = asyncio.Event()
        self._workers: set[asyncio.Task[None]] = set()
        self._spawned: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def connected(self) -> bool:
        """A host is connected."""
        return bool(self.device.connections)

    async def start(self) -> None:
        """Switch on."""
        await self.device.power_on()
        self._keep(self._keep_advertising(), self._workers)
        self._keep(self.outbox.run(), self._workers)

    async def close(self) -> None:
        """End the links as a camera does that powers off, end every task, and leave the air.

        The workers are asked to end and not cancelled: a command cut off in the middle confuses the stack.
        """
        try:
            for connection in tuple(self.device.connections.values()):
                await end(connection, POWERED_OFF)
            self._closing = True
            self._advert_due.set()
            self.outbox.close()
            for task in self._spawned:
                task.cancel()
            if tasks := self._workers | self._spawned:
                await asyncio.wait(tasks)
            await self.device.power_off()
        finally:
            self._station.leave()

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something for as long as the radio is on; a failure is logged."""
        if self._closing:
            work.close()
        else:
            self._keep(work, self._spawned)

    def advertise(self, data: bytes | None, scan_response: bytes) -> None:
        """Advertise this while no host is connected; nothing when None."""
        self._wanted, self._scan_response = data, scan_response
        self._advert_due.set()

    def _keep(self, work: Coroutine[None, None, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work, name=f"Bluetooth of {self._name}")
        among.add(task)
        task.add_done_callback(among.discard)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            LOG.error("the Bluetooth of %s has failed in a part", self._name, exc_info=error)

    async def _keep_advertising(self) -> None:
        """Keep what is on the air at what is wanted; a link silences the controller by itself."""
        while True:
            await self._advert_due.wait()
            self._advert_due.clear()
            if self._closing:
                return
            if self._wanted == self._on_air and not self.connected:
                continue
            self._on_air = None
            await self.device.stop_advertising()
            if self._wanted is None or self.connected:
                continue
            self._on_air = self._wanted
            await self.device.start_advertising(
                advertising_data=self._wanted,
                scan_response_data=self._scan_response,
                advertising_interval_min=self._interval_ms,
                advertising_interval_max=self._interval_ms,
            )

    async def _long_term_key(self, handle: int, rand: bytes, ediv: int) -> bytes | None:
        """Return the key for a link: that of the pairing in hand, else that of the bond."""
        connection = self.device.lookup_connection(handle)
        if connection is None:
            return None
        key = self.device.smp_manager.get_long_term_key(connection, rand, ediv)
        return key or self._bonds.long_term_key(str(connection.peer_address), rand, ediv)

    def _connected(self, connection: Connection) -> None:
        self._on_air = None
        connection.on(
            Connection.EVENT_DISCONNECTION, lambda reason: self._disconnected(connection, int(reason))
        )
        connection.on(Connection.EVENT_PAIRING_FAILURE, lambda reason: self._pairing_failed(connection))
        self._linked(connection)

    def _pairing_failed(self, connection: Connection) -> None:
        """Have the next request on the same link answered: Bumble keeps the session that has failed."""
        session = self.device.smp_manager.sessions.get(connection.handle)
        if session is not None:
            asyncio.get_running_loop().call_soon(session.on_disconnection, 0)

    def _disconnected(self, connection: Connection, reason: int) -> None:
        self._advert_due.set()
        self._unlinked(connection, reason)


class _Delegate(PairingDelegate):
    """Just Works, with OK or Cancel on the camera."""

    def __init__(self, ask: Callable[[], Awaitable[bool]]) -> None:
        super().__init__(PairingDelegate.NO_OUTPUT_NO_INPUT)
        self._ask = ask

    async def accept(self) -> bool:
        return await self._ask()
