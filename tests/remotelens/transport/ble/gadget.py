"""A small peripheral on the virtual air that is no camera: what the backend is tested against."""

from __future__ import annotations

import asyncio

from bumble import att, hci
from bumble.core import AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration, Peer
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate

from emulator.ble.air import Air

ADDRESS = "C4:00:00:00:00:01"
SERVICE = "6e000000-0000-4000-8000-000000000001"
OTHER_SERVICE = "6e000000-0000-4000-8000-000000000002"
PLAIN = "6e000001-0000-4000-8000-000000000001"
SECRET = "6e000002-0000-4000-8000-000000000001"
SLOW = "6e000003-0000-4000-8000-000000000001"
ECHO = "6e000004-0000-4000-8000-000000000001"
TICKS = "6e000005-0000-4000-8000-000000000001"
ALARMS = "6e000006-0000-4000-8000-000000000001"
REFUSING = "6e000007-0000-4000-8000-000000000001"
COMMANDS = "6e000008-0000-4000-8000-000000000001"
COMPANY_ID = 0x0ABC

_READ = Characteristic.READABLE
_WRITE = Characteristic.WRITEABLE
_P = Characteristic.Properties


class Gadget:
    """The peripheral.

    Args:
        air: the air it is on.
        address: its static random address.
        name: what its scan response says.
    """

    def __init__(self, air: Air, address: str = ADDRESS, name: str = "gadget") -> None:
        self.address = address
        self.name = name
        self.written: dict[str, list[bytes]] = {}
        self.wrote = asyncio.Event()
        self.slow_asked = asyncio.Event()
        self.slow_gate = asyncio.Event()
        self.pairing_open = True
        self.accept_gate = asyncio.Event()
        self.accept_gate.set()
        self.connections: asyncio.Queue[Connection] = asyncio.Queue()
        self.lost: asyncio.Queue[int] = asyncio.Queue()
        self._station = air.attach(name)
        config = DeviceConfiguration(name=name, address=hci.Address(address), irk=bytes(range(16)))
        self.device = Device(config=config, host=self._station.host)
        self.ticks = Characteristic[bytes](TICKS, _P.NOTIFY | _P.INDICATE, _READ)
        self.alarms = Characteristic[bytes](ALARMS, _P.INDICATE, _READ)
        self.device.keystore = MemoryKeyStore()
        self.device.pairing_config_factory = self._pairing_config
        self.device.add_services([Service(SERVICE, self._characteristics()), Service(OTHER_SERVICE, [])])
        self.device.on(Device.EVENT_CONNECTION, self._on_connection)

    def _characteristics(self) -> list[Characteristic[bytes]]:
        secret = _READ | Characteristic.READ_REQUIRES_ENCRYPTION
        for characteristic in (self.ticks, self.alarms):
            value = self.device.gatt_server.make_descriptor_value(characteristic)
            protected = _READ | _WRITE | Characteristic.WRITE_REQUIRES_ENCRYPTION
            if characteristic is self.ticks:
                characteristic.descriptors = [
                    Descriptor("2901", _READ, b"ticks of a clock"),
                    Descriptor("2902", protected, value),
                ]
        return [
            Characteristic(PLAIN, _P.READ, _READ, b"plain"),
            Characteristic(SECRET, _P.READ, secret, b"secret"),
            Characteristic(SLOW, _P.READ, _READ, CharacteristicValue(read=self._read_slowly)),
            Characteristic(
                ECHO,
                _P.READ | _P.WRITE,
                _READ | _WRITE,
                CharacteristicValue(read=self._last(ECHO), write=self._write(ECHO)),
            ),
            Characteristic(
                COMMANDS, _P.WRITE_WITHOUT_RESPONSE, _WRITE, CharacteristicValue(write=self._write(COMMANDS))
            ),
            Characteristic(REFUSING, _P.READ | _P.WRITE, _READ | _WRITE, CharacteristicValue(self._refuse)),
            self.ticks,
            self.alarms,
        ]

    async def _read_slowly(self, _: Connection) -> bytes:
        self.slow_asked.set()
        await self.slow_gate.wait()
        return b"slow"

    def _refuse(self, _: Connection) -> bytes:
        raise att.ATT_Error(0x9D)

    def _write(self, uuid: str):  # type: ignore[no-untyped-def]  # Bumble's callback type has no name
        def write(_: Connection, value: bytes) -> None:
            self.written.setdefault(uuid, []).append(bytes(value))
            self.wrote.set()

        return write

    def _last(self, uuid: str):  # type: ignore[no-untyped-def]  # Bumble's callback type has no name
        return lambda _: self.written.get(uuid, [b""])[-1]

    def _pairing_config(self, _: Connection) -> PairingConfig:
        gadget = self

        class Delegate(PairingDelegate):
            async def accept(self) -> bool:
                await gadget.accept_gate.wait()
                return gadget.pairing_open

        return PairingConfig(
            sc=True,
            mitm=False,
            identity_address_type=PairingConfig.AddressType.RANDOM,
            delegate=Delegate(PairingDelegate.IoCapability.NO_OUTPUT_NO_INPUT),
        )

    def _on_connection(self, connection: Connection) -> None:
        connection.on(Connection.EVENT_DISCONNECTION, self.lost.put_nowait)
        self.connections.put_nowait(connection)

    async def start(self) -> None:
        """Switch on and advertise."""
        await self.device.power_on()
        await self.advertise()

    async def advertise(self, manufacturer_data: bytes = b"\x01\x02", name: str | None = None) -> None:
        """Advertise, with new data where it does already."""
        if self.device.is_advertising:
            await self.device.stop_advertising()
        advert = AdvertisingData(
            [
                (AdvertisingData.FLAGS, b"\x06"),
                (
                    AdvertisingData.MANUFACTURER_SPECIFIC_DATA,
                    COMPANY_ID.to_bytes(2, "little") + manufacturer_data,
                ),
                (AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, bytes.fromhex("0f18")),
                (AdvertisingData.TX_POWER_LEVEL, b"\xfc"),
            ]
        )
        response = AdvertisingData(
            [
                (AdvertisingData.COMPLETE_LOCAL_NAME, (name or self.name).encode()),
            ]
        )
        await self.device.start_advertising(
            auto_restart=True,
            advertising_interval_min=20,
            advertising_interval_max=20,
            advertising_data=bytes(advert),
            scan_response_data=bytes(response),
        )

    async def read_host_name(self) -> bytes:
        """Read the host's Device Name, as Sony cameras do right after it connects."""
        peer = Peer(await self.connections.get())
        service = (await peer.discover_service("1800"))[0]
        characteristic = (await service.discover_characteristics(["2A00"]))[0]
        return bytes(await characteristic.read_value())

    async def close(self) -> None:
        """Leave the air; nothing waits for a gate any more."""
        self.slow_gate.set()
        self.accept_gate.set()
        await self.device.power_off()
        self._station.leave()
