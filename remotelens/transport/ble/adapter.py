"""Which Bluetooth is used: the system's own, or an HCI controller that we drive ourselves.

The choice is a value made from one text; everything else of the client talks to bleak's classes, which this
value makes. bleak and Bumble are imported when they are used, not before.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remotelens.config.paths import bonds_dir
from remotelens.errors import InvalidValue, MissingComponent
from remotelens.transport.ble.failures import talking

if TYPE_CHECKING:
    from bleak import BleakClient, BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from remotelens.transport.ble.bumble_backend.backend import Backend

FORMS = "system, hci:tcp:HOST:PORT, hci:usb:N or hci:serial:PATH"
KEYS_FILE = "hci.json"


class AdapterKind(Enum):
    """Where the controller is; the value is Bumble's name of the transport."""

    SYSTEM = ""
    TCP = "tcp-client"
    USB = "usb"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Adapter:
    """A Bluetooth adapter; make one with `parse`.

    Args:
        kind: where the controller is.
        target: host and port, number, or path; empty for the system's own.
        keys_path: file with this host's identity and bonds on controllers of our own; None for the one in the
            state folder.
    """

    kind: AdapterKind
    target: str = ""
    keys_path: Path | None = None

    @classmethod
    def parse(cls, text: str, *, keys_path: Path | None = None) -> Adapter:
        """Return the adapter that a text names.

        Raises:
            InvalidValue: it names none.
        """
        if text == "system":
            return cls(AdapterKind.SYSTEM, "", keys_path)
        scheme, _, rest = text.partition(":")
        kind, _, target = rest.partition(":")
        if scheme == "hci":
            if kind == "tcp" and _is_host_and_port(target):
                return cls(AdapterKind.TCP, target, keys_path)
            if kind == "usb" and target.isascii() and target.isdecimal():
                return cls(AdapterKind.USB, str(int(target)), keys_path)
            if kind == "serial" and target:
                return cls(AdapterKind.SERIAL, target, keys_path)
        raise InvalidValue(f"{text!r} names no Bluetooth adapter", remedy=f"give {FORMS}")

    def __str__(self) -> str:
        if self.kind is AdapterKind.SYSTEM:
            return "system"
        return f"hci:{self.kind.name.lower()}:{self.target}"

    @property
    def is_system(self) -> bool:
        """The system's own Bluetooth is used, with its agents, dialogs and bonds."""
        return self.kind is AdapterKind.SYSTEM

    def scanner(self, heard: Callable[[BLEDevice, AdvertisementData], None]) -> BleakScanner:
        """Return a scanner that calls `heard` for each advertisement.

        Raises:
            MissingComponent: this installation has no Bumble.
        """
        from bleak import BleakScanner

        return BleakScanner(heard, backend=None if self.is_system else self._backend().scanner)

    def client_arguments(self, *, bonded: bool = False) -> dict[str, Any]:
        """Return the arguments that make a `BleakClient` use this adapter.

        Args:
            bonded: a controller of our own is to take the peer only with the bond there is; the system always
                does so by itself.

        Raises:
            MissingComponent: this installation has no Bumble.
        """
        return {} if self.is_system else {"backend": self._backend().client, "bonded": bonded}

    def client(
        self,
        device: BLEDevice | str,
        lost: Callable[[BleakClient], None] | None = None,
        *,
        pair: bool = False,
        bonded: bool = False,
        limit_s: float = 30.0,
    ) -> BleakClient:
        """Return a client of a device, not yet connected.

        Raises:
            MissingComponent: this installation has no Bumble.
        """
        from bleak import BleakClient

        return BleakClient(device, lost, timeout=limit_s, pair=pair, **self.client_arguments(bonded=bonded))

    async def is_bonded(self, address: str) -> bool | None:
        """Tell whether this host has a bond with that address; None where only the system knows.

        Raises:
            ConfigError: the file with this host's identity and bonds cannot be read.
        """
        if self.is_system:
            return None
        from remotelens.transport.ble.bumble_backend.backend import is_bonded

        with talking("looking for the bond", str(self)):
            return await is_bonded(self._backend().port, address)

    def hindrance(self, address: str) -> str | None:
        """Return why a controller of our own cannot call an address now, None where nothing is known."""
        if self.is_system:
            return None
        from remotelens.transport.ble.bumble_backend.backend import hindrance

        return hindrance(self._backend().port, address)

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[asyncio.Future[str]]:
        """Keep the controller open for a block; the future is done, with the reason, when it has gone away.

        Without it a controller of our own is opened and closed around each scan and each connection. The
        system's Bluetooth is always open, and its future never done.

        Raises:
            ConnectFailed: there is no controller.
            MissingComponent: this installation has no Bumble.
            ConfigError: the file with this host's identity and bonds cannot be read.
        """
        if self.is_system:
            yield asyncio.get_running_loop().create_future()
            return
        from remotelens.transport.ble.bumble_backend.backend import held

        async with contextlib.AsyncExitStack() as stack:
            with talking("opening the Bluetooth controller", str(self)):
                radio = await stack.enter_async_context(held(self._backend().port))
            yield radio.lost

    def _backend(self) -> Backend:
        keys_path = self.keys_path or bonds_dir() / KEYS_FILE
        target = (
            self.target.replace("[", "").replace("]", "") if self.kind is AdapterKind.TCP else self.target
        )
        return _bound(f"{self.kind.value}:{target}", keys_path, str(self))


async def close_all() -> None:
    """Close every controller of our own that the running loop has open; none of their tasks is left."""
    import sys

    backend = sys.modules.get("remotelens.transport.ble.bumble_backend.backend")
    if backend is not None:
        await backend.close_all()


@functools.cache
def _bound(transport: str, keys_path: Path, label: str) -> Backend:
    try:
        from remotelens.transport.ble.bumble_backend.backend import bind
    except ModuleNotFoundError as error:
        raise MissingComponent(
            f"Bluetooth by an HCI controller needs Bumble, which is not installed ({error.name} is missing)",
            remedy="pip install 'remotelens[ble-hci]'",
        ) from error
    return bind(transport, keys_path, label=label)


def _is_host_and_port(text: str) -> bool:
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    return bool(bare) and port.isascii() and port.isdecimal() and 0 < int(port) < 65536
