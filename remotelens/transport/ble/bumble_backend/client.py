"""The client half of the backend.

Source: ble-stack.md 3; bleak 3.1 ``backends/client.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bumble import hci

from remotelens.transport.ble.bumble_backend.discovery import discover
from remotelens.transport.ble.bumble_backend.errors import BleakBondLostError, BleakLinkLostError
from remotelens.transport.ble.bumble_backend.link import Link
from remotelens.transport.ble.bumble_backend.pool import Lease, acquire, held
from remotelens.transport.ble.bumble_backend.port import HciPort
from remotelens.transport.ble.bumble_backend.scanner import BumbleScanner, PeerDetails

_DEFAULT_MTU = 23


class BumbleClient(BaseBleakClient):
    """A client of one peer, by the radio of `port`; see `backend.bind`.

    Args:
        address_or_ble_device: the device a scan found, or its address, which is then scanned for.
        services: UUIDs of the only services that matter, None for all.
        disconnected_callback: called once for each connection that `connect` has reported.
        timeout: seconds that `connect` may take.
        bonded: a bond with the peer is expected: without keys of its own it is not taken for the peer.
    """

    port: ClassVar[HciPort]
    scanner: ClassVar[type[BumbleScanner]]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        services: set[str] | None = None,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        bonded: bool = False,
        **kwargs: Any,
    ) -> None:
        del kwargs
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._wanted = services
        self._bonded = bonded
        self._device = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._link: Link | None = None
        self._lease: Lease | None = None
        self._announced = False

    @property
    def name(self) -> str:
        """The name that the peer advertised, else its address."""
        return (self._device.name if self._device else None) or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """The negotiated ATT MTU in bytes."""
        return self._link.connection.att_mtu if self._link else _DEFAULT_MTU

    @property
    def is_connected(self) -> bool:
        """There is a connection."""
        return self._link is not None

    async def connect(
        self,
        pair: bool,
        **kwargs: Any,
    ) -> None:
        """Connect, encrypt where there is a bond, make one where `pair` asks for it, and discover.

        Raises:
            BleakDeviceNotFoundError: the peer does not answer.
            BleakBondLostError: we have a bond with it, it has none with us; or a bond was expected, and none
                is with an address of this kind.
            BleakPairingRefusedError: it does not want to pair.
            TimeoutError: it answers, but the rest took longer than the limit.
        """
        if self._link is not None:
            raise BleakError("the client is connected already")
        limit_s = float(kwargs.get("timeout") or self._timeout)
        clock = self.port.clock
        deadline = clock.monotonic() + limit_s
        lease = self._lease = await acquire(self.port)
        try:
            address = await self._address_on_air(limit_s)
            connection = await lease.radio.connect(address, deadline - clock.monotonic())
        except BaseException:
            await lease.aclose()
            raise
        link = self._link = Link(lease.radio, connection, lambda: self._lost(lease))
        try:
            async with clock.timeout(deadline - clock.monotonic()):
                await self._prepare(link, pair=pair)
        except BaseException:
            await link.close()
            await lease.aclose()
            raise
        self._announced = True

    async def _address_on_air(self, limit_s: float) -> hci.Address:
        """Return what to call: an address alone does not tell whether it is public or random."""
        device = self._device
        if device is None:
            device = await self._find(limit_s)
        details = device.details
        if not isinstance(details, PeerDetails):
            raise BleakError(f"{device} was found by another backend")
        return hci.Address(details.on_air)

    async def _find(self, limit_s: float) -> BLEDevice:
        wanted = self.address.upper()
        found: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

        def see(device: BLEDevice, _: object) -> None:
            if device.address.upper() == wanted and not found.done():
                found.set_result(device)

        scanner = self.scanner(see, None)
        try:
            async with self.port.clock.timeout(limit_s):
                await scanner.start()
                return await found
        except TimeoutError as error:
            raise BleakDeviceNotFoundError(
                self.address, f"{self.address} was not heard within {limit_s:g} s"
            ) from error
        finally:
            await scanner.stop()

    async def _prepare(self, link: Link, *, pair: bool) -> None:
        link.check()
        if await link.keys_known():
            await link.encrypt()
        elif pair:
            await link.pair()
        elif self._bonded:
            # Whoever has the same six bytes as an address of the other kind is another peer.
            raise BleakBondLostError("there is no bond with this peer")
        await link.negotiate_mtu()
        services = await discover(link, self._wanted)
        await link.ask_for_changes(services)
        link.check()
        self.services = services
        link.on_database_changed = lambda: self._database_changed(link)

    def _database_changed(self, link: Link) -> None:
        link.on_database_changed = None
        link.radio.tasks.start(self._rediscover(link))

    async def _rediscover(self, link: Link) -> None:
        """Look again after the peer has said that its services changed."""
        services = await discover(link, self._wanted)
        if self._link is link:
            self.services = services
            link.on_database_changed = lambda: self._database_changed(link)

    def _lost(self, lease: Lease) -> None:
        """Clear up after a connection; bleak's users look at `is_connected` in their callback."""
        self._link = None
        self.services = None
        lease.end()
        announced, self._announced = self._announced, False
        if announced and self._disconnected_callback is not None:
            asyncio.get_running_loop().call_soon(self._disconnected_callback)

    async def disconnect(self) -> None:
        """End the connection; nothing happens when there is none."""
        link, lease = self._link, self._lease
        if link is not None:
            await link.close()
        if lease is not None:
            await lease.aclose()

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        """Make a bond with the peer; nothing happens when there is one that encrypts this connection."""
        del args, kwargs
        await self._connected().pair()

    async def unpair(self) -> None:
        """Disconnect, and forget the bond; works without a connection too."""
        address = str(self._link.connection.peer_address) if self._link else self.address
        await self.disconnect()
        async with held(self.port) as radio:
            await radio.keyring.forget(address)
            await radio.device.refresh_resolving_list()

    async def read_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        *,
        use_cached: bool = False,
        **kwargs: Any,
    ) -> bytearray:
        """Read a characteristic from the peer."""
        del use_cached, kwargs
        return bytearray(await self._connected().read(characteristic.handle))

    async def read_gatt_descriptor(
        self,
        descriptor: BleakGATTDescriptor,
        *,
        use_cached: bool = False,
        **kwargs: Any,
    ) -> bytearray:
        """Read a descriptor from the peer."""
        del use_cached, kwargs
        return bytearray(await self._connected().read(descriptor.handle))

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: SizedBuffer,
        response: bool,
    ) -> None:
        """Write a characteristic, with or without the peer's answer."""
        link = self._connected()
        if response:
            await link.write(characteristic.handle, bytes(data))
        else:
            await link.write_command(characteristic.handle, bytes(data))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Write a descriptor."""
        await self._connected().write(descriptor.handle, bytes(data))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: NotifyCallback,
        **kwargs: Any,
    ) -> None:
        """Have notifications, else indications, of a characteristic given to `callback`."""
        del kwargs
        await self._connected().subscribe(characteristic, callback)

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Switch notifications and indications of a characteristic off."""
        await self._connected().unsubscribe(characteristic)

    async def get_rssi(self) -> int:
        """Return the signal strength of the connection in dBm, as bleak's CoreBluetooth client does."""
        return await self._connected().rssi()

    def _connected(self) -> Link:
        if self._link is None:
            raise BleakLinkLostError("not connected")
        return self._link
