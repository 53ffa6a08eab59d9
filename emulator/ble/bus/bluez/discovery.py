"""What a device's GATT database consists of, as values that do not depend on a link."""

from __future__ import annotations

from dataclasses import dataclass

from bumble.core import UUID
from bumble.gatt import (
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    GATT_SERVICE_CHANGED_CHARACTERISTIC,
)
from bumble.gatt_client import CharacteristicProxy, ServiceProxy

from emulator.ble.bus.bluez.link import Link

_SIG = "-0000-1000-8000-00805f9b34fb"
_SHORT_BYTES = (2, 4)


@dataclass(frozen=True, slots=True)
class FoundDescriptor:
    """A descriptor."""

    handle: int
    uuid: str


@dataclass(frozen=True, slots=True)
class FoundCharacteristic:
    """A characteristic; `handle` is that of its value."""

    handle: int
    uuid: str
    properties: int
    descriptors: tuple[FoundDescriptor, ...]

    @property
    def configuration(self) -> int | None:
        """The handle of the descriptor to subscribe with."""
        return next((item.handle for item in self.descriptors if item.uuid == CONFIGURATION), None)


@dataclass(frozen=True, slots=True)
class FoundService:
    """A primary service."""

    handle: int
    uuid: str
    characteristics: tuple[FoundCharacteristic, ...]


def text_of(uuid: UUID) -> str:
    """Return a UUID as BlueZ writes it: 128 bits, lower case."""
    plain = uuid.to_hex_str("-").lower()
    return f"{plain:0>8}{_SIG}" if len(uuid.uuid_bytes) in _SHORT_BYTES else plain


CONFIGURATION = text_of(GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR)
SERVICE_CHANGED = text_of(GATT_SERVICE_CHANGED_CHARACTERISTIC)


async def discover(link: Link) -> tuple[FoundService, ...]:
    """Ask a device for all that it has.

    Raises:
        BusError: it does not tell, or the link has ended.
    """
    link.att.services = []  # Bumble adds to what an earlier discovery found
    found = await link.run(link.att.discover_services)
    return tuple([await _service(link, service) for service in found])


async def _service(link: Link, service: ServiceProxy) -> FoundService:
    found = await link.run(service.discover_characteristics)
    characteristics = tuple([await _characteristic(link, item) for item in found])
    return FoundService(service.handle, text_of(service.uuid), characteristics)


async def _characteristic(link: Link, item: CharacteristicProxy[bytes]) -> FoundCharacteristic:
    descriptors = []
    if item.end_group_handle > item.handle:
        descriptors = await link.run(item.discover_descriptors)
    return FoundCharacteristic(
        item.handle,
        text_of(item.uuid),
        int(item.properties),
        tuple(FoundDescriptor(each.handle, text_of(each.type)) for each in descriptors),
    )
