"""Generic Access 1800 with the model's name, and Generic Attribute 1801 with Service Changed.

Newer bodies indicate Service Changed some milliseconds after a bonded host has connected; hosts then have to
look at the services again.

Source: protocol/ble.md 2 and 3.
"""

from __future__ import annotations

from bumble.device import Device
from bumble.profiles.gap import GenericAccessService
from bumble.profiles.gatt_service import GenericAttributeProfileService

_ALL_HANDLES = bytes.fromhex("01 00 FF FF")


class Generic:
    """The two services that every device has.

    Args:
        device: whose database they go into, first of all.
        name: what 2A00 says.
    """

    def __init__(self, device: Device, name: str) -> None:
        self._device = device
        self._attribute = GenericAttributeProfileService(database_hash_enabled=False)
        device.add_services([GenericAccessService(name), self._attribute])

    async def services_changed(self) -> None:
        """Indicate that every service may have changed."""
        characteristic = self._attribute.service_changed_characteristic
        if characteristic is not None:
            await self._device.indicate_subscribers(characteristic, _ALL_HANDLES)
