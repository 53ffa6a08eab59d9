"""The peer's GATT database as bleak's services, characteristics and descriptors."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Final

from bleak.assigned_numbers import CHARACTERISTIC_PROPERTIES, CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble.core import UUID
from bumble.gatt_client import CharacteristicProxy, ServiceProxy

from remotelens.transport.ble.bumble_backend.link import Link

_ATTEMPTS: Final = 3
_DECLARATIONS: Final = range(0x2800, 0x2804)


async def discover(link: Link, wanted: AbstractSet[str] | None) -> BleakGATTServiceCollection:
    """Return what the peer offers.

    Args:
        link: the connection.
        wanted: UUIDs of the services to look into, None for all.

    A peer may change its database while it is asked: some cameras do so some milliseconds after a bonded host
    has connected (protocol/ble.md 3). What was found up to then is of no use, so it is asked again.

    Raises:
        BleakGATTProtocolError: the peer refuses to tell, also when asked again.
        BleakError: the connection ended.
    """
    changes = 0

    def changed() -> None:
        nonlocal changes
        changes += 1

    link.on_database_changed = changed
    try:
        for _ in range(_ATTEMPTS - 1):
            changes_before = changes
            with contextlib.suppress(BleakGATTProtocolError):
                found = await _discover(link, wanted)
                if changes == changes_before:
                    return found
        return await _discover(link, wanted)
    finally:
        link.on_database_changed = None


async def _discover(link: Link, wanted: AbstractSet[str] | None) -> BleakGATTServiceCollection:
    collection = BleakGATTServiceCollection()
    link.att.services = []  # Bumble adds to what an earlier discovery found
    for service in await link.procedure(link.att.discover_services):
        uuid = _text(service.uuid)
        if wanted is not None and uuid not in wanted:
            continue
        bleak_service = BleakGATTService(service, service.handle, uuid)
        collection.add_service(bleak_service)
        await _fill(link, service, bleak_service, collection)
    return collection


async def _fill(
    link: Link, service: ServiceProxy, bleak_service: BleakGATTService, collection: BleakGATTServiceCollection
) -> None:
    characteristics = await link.procedure(service.discover_characteristics)
    descriptors = await _descriptors(link, service, characteristics)
    for characteristic in characteristics:
        bleak_characteristic = BleakGATTCharacteristic(
            characteristic,
            characteristic.handle,
            _text(characteristic.uuid),
            _properties(int(characteristic.properties)),
            _room(link),
            bleak_service,
        )
        collection.add_characteristic(bleak_characteristic)
        for handle, uuid in descriptors:
            if characteristic.handle < handle <= characteristic.end_group_handle:
                collection.add_descriptor(BleakGATTDescriptor(None, handle, uuid, bleak_characteristic))


async def _descriptors(
    link: Link, service: ServiceProxy, characteristics: list[CharacteristicProxy[bytes]]
) -> list[tuple[int, str]]:
    """Return handle and UUID of all descriptors of a service, asked for in one go.

    Sony bodies have a hundred characteristics; a question for each would take seconds on the air.
    """
    roomy = [item for item in characteristics if item.end_group_handle > item.handle]
    if not roomy:
        return []
    start = roomy[0].handle + 1
    found = await link.procedure(
        lambda: link.att.discover_descriptors(start_handle=start, end_handle=service.end_group_handle)
    )
    values = {item.handle for item in characteristics}
    return [
        (item.handle, _text(item.type))
        for item in found
        if item.handle not in values and not _is_declaration(item.type)
    ]


def _is_declaration(uuid: UUID) -> bool:
    return len(uuid.uuid_bytes) == 2 and int.from_bytes(uuid.uuid_bytes, "little") in _DECLARATIONS


def _text(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _properties(bits: int) -> list[CharacteristicPropertyName]:
    return [name for bit, name in CHARACTERISTIC_PROPERTIES.items() if bits & bit]


def _room(link: Link) -> Callable[[], int]:
    return lambda: link.connection.att_mtu - 3
