"""The classes that bleak's `backend=` arguments take, tied to one HCI transport."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.device import BLEDevice
from bleak.uuids import normalize_uuid_str

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.transport.ble.bumble_backend.client import BumbleClient
from remotelens.transport.ble.bumble_backend.keyring import Keyring, same_address
from remotelens.transport.ble.bumble_backend.pool import close_all, current, held
from remotelens.transport.ble.bumble_backend.port import HciPort
from remotelens.transport.ble.bumble_backend.scanner import BumbleScanner, PeerDetails

__all__ = ["Backend", "BumbleAdapter", "bind", "close_all", "held", "hindrance", "is_bonded"]


class BumbleAdapter(BaseBleakAdapter):
    """What bleak's `BleakAdapter` asks: which peers this process is connected to."""

    port: ClassVar[HciPort]

    @classmethod
    async def get(cls, **kwargs: Any) -> Self:
        """Return the adapter; there is one a process and transport."""
        del kwargs
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        """Return the peers connected now that offer one of the services."""
        radio = current(self.port)
        return (
            []
            if radio is None
            else [
                BLEDevice(
                    connection.peer_address.to_string(False), None, PeerDetails(str(connection.peer_address))
                )
                for connection in radio.device.connections.values()
                if service_uuids
                & {normalize_uuid_str(item.uuid.to_hex_str("-")) for item in connection.gatt_client.services}
            ]
        )


@dataclass(frozen=True, slots=True)
class Backend:
    """The classes for the `backend=` argument of bleak's scanner, client and adapter.

    Args:
        port: the transport they share.
        scanner: the scanner.
        client: the client.
        adapter: the adapter.
    """

    port: HciPort
    scanner: type[BumbleScanner]
    client: type[BumbleClient]
    adapter: type[BumbleAdapter]


def bind(
    transport: str, keys_path: Path | None = None, *, clock: Clock = REAL_CLOCK, label: str = ""
) -> Backend:
    """Return the backend's classes for an HCI transport; nothing is opened yet.

    Args:
        transport: Bumble's name of it: ``tcp-client:HOST:PORT``, ``usb:N``, ``serial:PATH``.
        keys_path: file of this host's identity and bonds, made when it is not there, mode 0600; without one
            they last as long as the classes.
        clock: measures time limits.
        label: what to call the controller in messages, where that is not Bumble's name.
    """
    hci = HciPort(transport, keys_path, clock, label=label)

    class Scanner(BumbleScanner):
        port = hci

    class Client(BumbleClient):
        port = hci
        scanner = Scanner

    class Adapter(BumbleAdapter):
        port = hci

    # bleak shows the class's name as the identifier of the backend.
    Scanner.__name__, Client.__name__, Adapter.__name__ = "BumbleScanner", "BumbleClient", "BumbleAdapter"
    return Backend(hci, Scanner, Client, Adapter)


def hindrance(port: HciPort, address: str) -> str | None:
    """Return why a peer cannot be called now, None where nothing is known against it; opens no transport."""
    radio = current(port)
    return None if radio is None else radio.hindrance(address)


async def is_bonded(port: HciPort, address: str) -> bool:
    """Tell whether there are keys for a peer; opens no transport.

    Raises:
        BleakKeyFileError: identity and bonds cannot be read.
    """
    radio = current(port)
    keyring = radio.keyring if radio else await Keyring.open(port.keys_path, port.memory)
    return any(same_address(name, address) for name, _ in await keyring.get_all())
