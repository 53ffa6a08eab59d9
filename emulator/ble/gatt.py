"""GATT services of Bumble made from the camera's values, and the way out for what the camera tells.

Every value of the vendor services demands an encrypted link, subscriptions too: the descriptor that Bumble
adds by itself is open to everybody, a camera's is not.

Source: protocol/ble.md 2.1, 2.2, 9.2 and 10.3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bumble import att, hci
from bumble.core import UUID
from bumble.device import Connection, Device
from bumble.gatt import (
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    Characteristic,
    CharacteristicValue,
    Descriptor,
    Service,
)
from bumble.gatt_server import Server

from emulator.ble.values import GattService, Refusal, Value
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode

Observe = Callable[[str, str, bytes], None]
"""Called with read, write or refuse, the characteristic's short name, and what was written."""

USER_TERMINATED = hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR
POWERED_OFF = hci.HCI_ErrorCode.REMOTE_DEVICE_TERMINATED_CONNECTION_DUE_TO_POWER_OFF_ERROR

_Characteristic = Characteristic[bytes]
_SIG_BASE = uuids.sig(0)[8:]


def short_name(uuid: str) -> str:
    """Return the 16-bit part of a characteristic's UUID, as documents call it: ``CC08``."""
    return uuid[4:8].upper()


@dataclass(frozen=True, slots=True)
class _Notification:
    characteristic: _Characteristic
    value: bytes


@dataclass(frozen=True, slots=True)
class _Drop:
    reason: int


class Outbox:
    """What the camera sends of its own accord, in order, and after the answer to the request in hand.

    Args:
        device: whose links it uses.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._characteristics: dict[str, _Characteristic] = {}
        self._queue: asyncio.Queue[_Notification | _Drop | None] = asyncio.Queue()

    def register(self, uuid: str, characteristic: _Characteristic) -> None:
        """Learn which characteristic a UUID is."""
        self._characteristics[uuid] = characteristic

    def tell(self, uuid: str, value: bytes) -> None:
        """Notify the subscribers of a characteristic."""
        if self._device.connections:
            self._queue.put_nowait(_Notification(self._characteristics[uuid], value))

    def drop_links(self, reason: int = USER_TERMINATED) -> None:
        """End every link, after what has been told before."""
        if self._device.connections:
            self._queue.put_nowait(_Drop(reason))

    def close(self) -> None:
        """Send no more than what has been told before."""
        self._queue.put_nowait(None)

    async def run(self) -> None:
        """Send until closed."""
        while (item := await self._queue.get()) is not None:
            for connection in tuple(self._device.connections.values()):
                if isinstance(item, _Drop):
                    await end(connection, item.reason)
                else:
                    await self._device.notify_subscriber(connection, item.characteristic, item.value)


async def end(connection: Connection, reason: int) -> None:
    """End a link from the camera's side; nothing happens when it has ended already."""
    if connection.handle in connection.device.connections:
        await connection.disconnect(reason)


class Guard:
    """Turns away hosts whose link is not encrypted.

    Args:
        code: the answer; real bodies give 0x0F or 0x05.
    """

    def __init__(self, code: AttCode = AttCode.INSUFFICIENT_ENCRYPTION) -> None:
        self._code = code

    def check(self, connection: Connection) -> None:
        """Raise the ATT error unless the link is encrypted."""
        if not connection.is_encrypted:
            raise att.ATT_Error(error_code=self._code)


def build(service: GattService, server: Server, outbox: Outbox, guard: Guard, observe: Observe) -> Service:
    """Return a service for Bumble's database."""
    characteristics = [_characteristic(value, server, outbox, guard, observe) for value in service.values()]
    return Service(UUID(service.uuid), characteristics)


def _uuid(text: str) -> UUID:
    """Return a UUID in the form that it has on the air: two bytes where it sits on the SIG's base."""
    return UUID.from_16_bits(int(text[4:8], 16)) if text.endswith(_SIG_BASE) else UUID(text)


def _characteristic(
    value: Value, server: Server, outbox: Outbox, guard: Guard, observe: Observe
) -> _Characteristic:
    name = short_name(value.uuid)

    def read(connection: Connection) -> bytes:
        guard.check(connection)
        if value.read is None:
            raise att.ATT_Error(error_code=att.ATT_READ_NOT_PERMITTED_ERROR)
        observe("read", name, b"")
        try:
            return value.read()
        except Refusal as refusal:
            raise att.ATT_Error(error_code=refusal.code) from refusal

    def write(connection: Connection, data: bytes) -> None:
        guard.check(connection)
        if value.write is None:
            raise att.ATT_Error(error_code=att.ATT_WRITE_NOT_PERMITTED_ERROR)
        observe("write", name, data)
        try:
            value.write(bytes(data))
        except Refusal as refusal:
            observe("refuse", name, bytes([refusal.code]))
            if refusal.drop_link:
                outbox.drop_links()
            raise att.ATT_Error(error_code=refusal.code) from refusal

    properties = Characteristic.Properties(0)
    if value.read is not None:
        properties |= Characteristic.Properties.READ
    if value.write is not None:
        properties |= Characteristic.Properties.WRITE
    if value.tells:
        properties |= Characteristic.Properties.NOTIFY
    characteristic: _Characteristic = Characteristic(
        _uuid(value.uuid),
        properties,
        Characteristic.READABLE | Characteristic.WRITEABLE,
        CharacteristicValue(read=read, write=write),
    )
    if value.tells:
        characteristic.descriptors = [_configuration(characteristic, server, guard)]
        outbox.register(value.uuid, characteristic)
    return characteristic


def _configuration(characteristic: _Characteristic, server: Server, guard: Guard) -> Descriptor:
    """Return the descriptor that hosts subscribe with, for encrypted links only."""

    def write(bearer: att.Bearer, value: bytes) -> None:
        guard.check(bearer.connection if att.is_enhanced_bearer(bearer) else bearer)
        server.write_cccd(bearer, characteristic, value)

    return Descriptor(
        GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
        Characteristic.READABLE | Characteristic.WRITEABLE,
        att.AttributeValueV2(lambda bearer: server.read_cccd(bearer, characteristic), write),
    )
