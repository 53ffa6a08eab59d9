"""A host with its own stack for the tests: a Bumble central that attaches by HCI over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bumble import hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.host import Host
from bumble.keys import KeyStore, MemoryKeyStore
from bumble.pairing import PairingConfig
from bumble.transport import open_transport

from emulator.ble.air import Air

LIMIT_S = 20.0


class Link:
    """One connection to a camera, with its services discovered."""

    def __init__(self, connection: Connection, peer: Peer) -> None:
        self.connection = connection
        self.peer = peer
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        connection.on(Connection.EVENT_DISCONNECTION, self._ended)

    def _ended(self, reason: int) -> None:
        if not self.ended.done():
            self.ended.set_result(int(reason))

    def characteristic(self, code: int) -> CharacteristicProxy[bytes]:
        return self.peer.get_characteristics_by_uuid(UUID.from_16_bits(code))[0]

    async def read(self, code: int) -> bytes:
        return bytes(await self.characteristic(code).read_value())

    async def write(self, code: int, value: str) -> None:
        await self.characteristic(code).write_value(bytes.fromhex(value), with_response=True)

    async def subscribe(self, code: int) -> asyncio.Queue[str]:
        told: asyncio.Queue[str] = asyncio.Queue()
        await self.characteristic(code).subscribe(lambda value: told.put_nowait(bytes(value).hex(" ")))
        return told

    async def pair(self) -> None:
        await self.connection.pair()


class Central:
    """A host."""

    def __init__(self, device: Device) -> None:
        self.device = device

    async def find(self, address: str | None = None) -> Advertisement:
        """Return the first advert, scan response included, of a camera, or of the one with that address."""
        heard: asyncio.Future[Advertisement] = asyncio.get_running_loop().create_future()

        def listen(advertisement: Advertisement) -> None:
            wanted = address is None or advertisement.address.to_string(False) == address
            if wanted and not heard.done():
                heard.set_result(advertisement)

        self.device.on(Device.EVENT_ADVERTISEMENT, listen)
        await self.device.start_scanning(legacy=True)
        try:
            return await heard
        finally:
            self.device.remove_listener(Device.EVENT_ADVERTISEMENT, listen)
            await self.device.stop_scanning(legacy=True)

    async def connect(self, address: str, own: hci.OwnAddressType = hci.OwnAddressType.RANDOM) -> Link:
        """Connect, use the bond where there is one, and discover the services."""
        target = hci.Address(address, hci.Address.RANDOM_DEVICE_ADDRESS)
        connection = await self.device.connect(target, own_address_type=own)
        assert self.device.keystore is not None
        if await self.device.keystore.get(str(connection.peer_address)):
            await connection.encrypt()
        peer = Peer(connection)
        await peer.request_mtu(158)
        await peer.discover_all()
        return Link(connection, peer)


def central_device(host: Host, address: str, keys: KeyStore | None = None) -> Device:
    config = DeviceConfiguration(
        name="host",
        address=hci.Address(address, hci.Address.RANDOM_DEVICE_ADDRESS),
        irk=bytes(range(16)),
    )
    device = Device(config=config, host=host)
    device.keystore = keys or MemoryKeyStore()
    device.pairing_config_factory = lambda connection: PairingConfig(
        sc=True, mitm=False, bonding=True, identity_address_type=PairingConfig.AddressType.RANDOM
    )
    return device


@asynccontextmanager
async def central(
    port: int, address: str = "C1:00:00:00:00:01", keys: KeyStore | None = None
) -> AsyncIterator[Central]:
    """Attach a host over TCP for the length of a block; it vanishes without a word at its end."""
    transport = await open_transport(f"tcp-client:127.0.0.1:{port}")
    device = central_device(Host(transport.source, transport.sink), address, keys)
    try:
        await device.power_on()
        yield Central(device)
    finally:
        await device.power_off()
        await transport.close()


def host_on(
    air: Air, address: str = "C1:00:00:00:00:01", keys: KeyStore | None = None
) -> AbstractAsyncContextManager[Central]:
    """Attach a host to an air that is served."""
    return central(int(air.adapter.rpartition(":")[2]), address, keys)


def manufacturer_data(advertisement: Advertisement) -> bytes:
    """Return what the advert tells of its company, company id included."""
    return bytes(advertisement.data.get(AdvertisingData.MANUFACTURER_SPECIFIC_DATA, raw=True) or b"")
