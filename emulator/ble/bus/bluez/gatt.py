"""A device's services on the bus: what is exported where, and what stays when a link ends.

bluetoothd keeps the objects of a device that is not connected, and shows new ones only where the device has
changed. Generic Access is its own affair: programs do not see it.

Source: bluez `src/gatt-client.c` and `[GATT] Cache` in `src/main.conf`; ble-stack.md 4.4.
"""

from __future__ import annotations

from emulator.ble.bus.bluez.characteristic import RemoteCharacteristic, RemoteDescriptor, Values
from emulator.ble.bus.bluez.discovery import FoundService
from emulator.ble.bus.bluez.link import Link
from emulator.ble.bus.interface import Interface, Property
from emulator.ble.bus.server import Server

_GENERIC_ACCESS = "00001800-0000-1000-8000-00805f9b34fb"


class GattTree:
    """The services of one device.

    Args:
        device: its path.
        server: the service that exports them.
    """

    def __init__(self, device: str, server: Server) -> None:
        self._device = device
        self._server = server
        self._values = Values()
        self._services: tuple[FoundService, ...] = ()
        self._characteristics: list[RemoteCharacteristic] = []
        self._paths: list[str] = []

    @property
    def uuids(self) -> list[str]:
        """The UUIDs of the services."""
        return [service.uuid for service in self._services]

    def connected(self, link: Link) -> None:
        """Use this link from now on: what was there before answers at once, found again or not."""
        self._values.current = link

    def show(self, services: tuple[FoundService, ...], link: Link) -> None:
        """Export what was found by this link."""
        if services != self._services:
            self.clear()
            self._values.current = link
            self._services = services
            for service in services:
                if service.uuid != _GENERIC_ACCESS:
                    self._export(service)
        for characteristic in self._characteristics:
            characteristic.connected()

    def disconnected(self) -> None:
        """Take note that the link has ended."""
        self._values.current = None
        for characteristic in self._characteristics:
            characteristic.disconnected()

    def clear(self) -> None:
        """Take everything off the bus."""
        self.disconnected()
        for characteristic in self._characteristics:
            characteristic.close()
        for path in reversed(self._paths):
            self._server.remove(path)
        self._characteristics, self._paths, self._services = [], [], ()

    def _export(self, service: FoundService) -> None:
        service_path = f"{self._device}/service{service.handle:04x}"
        self._put(
            service_path,
            Interface(
                "org.bluez.GattService1",
                {
                    "UUID": Property("s", service.uuid),
                    "Device": Property("o", self._device),
                    "Primary": Property("b", True),
                    "Includes": Property("ao", []),
                },
            ),
        )
        for found in service.characteristics:
            # BlueZ names a characteristic by its declaration, which stands right before its value.
            path = f"{service_path}/char{found.handle - 1:04x}"
            characteristic = RemoteCharacteristic(found, service_path, self._values, self._server)
            self._characteristics.append(characteristic)
            self._put(path, characteristic.interface)
            for descriptor in found.descriptors:
                self._put(
                    f"{path}/desc{descriptor.handle:04x}",
                    RemoteDescriptor(descriptor, path, self._values).interface,
                )

    def _put(self, path: str, interface: Interface) -> None:
        self._paths.append(path)
        self._server.export(path, [interface])
