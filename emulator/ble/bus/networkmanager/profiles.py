"""The stored connections: org.freedesktop.NetworkManager.Settings and what it lists.

A volatile one is gone with its use. Keys go in and come out by GetSecrets alone.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from dbus_fast import Variant

from emulator.ble.bus.interface import BusError, Call, Interface, Method, Property
from emulator.ble.bus.networkmanager.networks import HOME, HOME_KEY, Network
from emulator.ble.bus.networkmanager.numbers import ROOT, SERVICE, refused
from emulator.ble.bus.server import Server

PATH = f"{ROOT}/Settings"
VOLATILE = 0x02
_WIFI = "802-11-wireless"
_SECURITY = "802-11-wireless-security"
_KEY = re.compile(r"[\x20-\x7e]{8,63}|[0-9A-Fa-f]{64}")

Sections = dict[str, dict[str, Variant]]


class StoredConnection:
    """One stored connection.

    Args:
        path: where it is on the bus.
        sections: its settings, secrets included.
        volatile: gone with its use.
        delete: takes it out of the list.
    """

    def __init__(
        self, path: str, sections: Sections, *, volatile: bool, delete: Callable[[StoredConnection], None]
    ) -> None:
        self.path = path
        self.volatile = volatile
        self._sections = sections
        self._delete = delete
        self.interface = Interface(
            f"{SERVICE}.Settings.Connection",
            {
                "Unsaved": Property("b", volatile),
                "Flags": Property("u", VOLATILE if volatile else 0),
                "Filename": Property("s", ""),
            },
            (
                Method("GetSettings", lambda _: (self._open_sections(),), gives="a{sa{sv}}"),
                Method("GetSecrets", self._secrets, takes="s", gives="a{sa{sv}}"),
                Method("Delete", lambda _: self._delete(self)),
            ),
            {"Updated": "", "Removed": ""},
        )

    @property
    def ssid(self) -> bytes:
        """The network that it is for."""
        return bytes(self._sections[_WIFI]["ssid"].value)

    @property
    def key(self) -> str:
        """The network's key; empty when it has none."""
        value = self._sections.get(_SECURITY, {}).get("psk")
        return "" if value is None else str(value.value)

    @property
    def autoconnect(self) -> bool:
        """NetworkManager may use it by itself."""
        value = self._sections["connection"].get("autoconnect")
        return value is None or bool(value.value)

    def text(self, name: str) -> str:
        """Return a text of its section ``connection``."""
        return str(self._sections["connection"][name].value)

    def _open_sections(self) -> Sections:
        return {
            name: {key: value for key, value in values.items() if key != "psk"}
            for name, values in self._sections.items()
        }

    def _secrets(self, call: Call) -> tuple[Sections]:
        name = call.arguments[0]
        if name not in self._sections:
            raise refused("Settings.Connection.SettingNotFound", "No such setting.")
        return ({name: {key: value for key, value in self._sections[name].items() if key == "psk"}},)


class Profiles:
    """All stored connections; from the start there is the one of the network at home.

    Args:
        server: the service that exports them.
        removed: told when one is gone.
    """

    def __init__(self, server: Server, removed: Callable[[StoredConnection], None]) -> None:
        self._server = server
        self._removed = removed
        self._stored: dict[str, StoredConnection] = {}
        self._count = 0
        self.interface = Interface(
            f"{SERVICE}.Settings",
            {
                "Connections": Property("ao", []),
                "Hostname": Property("s", "host"),
                "CanModify": Property("b", True),
            },
            (
                Method("ListConnections", lambda _: (list(self._stored),), gives="ao"),
                Method("GetConnectionByUuid", self._by_uuid, takes="s", gives="o"),
            ),
            {"NewConnection": "o", "ConnectionRemoved": "o"},
        )

    def start(self) -> StoredConnection:
        """Export the list and what is on it; returns the connection at home."""
        self._server.export(PATH, [self.interface])
        return self.add(
            {
                "connection": {"id": Variant("s", "Home")},
                _WIFI: {"ssid": Variant("ay", HOME.ssid)},
                _SECURITY: {"key-mgmt": Variant("s", "wpa-psk"), "psk": Variant("s", HOME_KEY)},
            },
            HOME,
            volatile=False,
        )

    def add(self, sections: Sections, network: Network, *, volatile: bool) -> StoredConnection:
        """Store a connection, with what it leaves out taken from the network.

        Raises:
            BusError: it cannot be used.
        """
        complete = _completed(sections, network)
        self._count += 1
        path = f"{PATH}/{self._count}"
        stored = StoredConnection(path, complete, volatile=volatile, delete=self.remove)
        self._stored[path] = stored
        self._server.export(path, [stored.interface])
        self.interface.update(Connections=list(self._stored))
        self.interface.signal("NewConnection", path)
        return stored

    def remove(self, stored: StoredConnection) -> None:
        """Take one out of the list; nothing happens when it is not there."""
        if self._stored.pop(stored.path, None) is None:
            return
        stored.interface.signal("Removed")
        self._server.remove(stored.path)
        self.interface.update(Connections=list(self._stored))
        self.interface.signal("ConnectionRemoved", stored.path)
        self._removed(stored)

    def at(self, path: str) -> StoredConnection:
        """Return the one at a path.

        Raises:
            BusError: there is none.
        """
        if path not in self._stored:
            raise refused("UnknownConnection", f"Connection '{path}' not found")
        return self._stored[path]

    def automatic(self) -> list[StoredConnection]:
        """Return those that may be used without anybody's asking."""
        return [stored for stored in self._stored.values() if stored.autoconnect and not stored.volatile]

    def _by_uuid(self, call: Call) -> tuple[str]:
        wanted = call.arguments[0]
        for stored in self._stored.values():
            if stored.text("uuid") == wanted:
                return (stored.path,)
        raise refused("Settings.InvalidConnection", f"No connection found for UUID '{wanted}'")


def _completed(given: Sections, network: Network) -> Sections:
    """Return settings with all that a connection needs.

    Raises:
        BusError: what is given cannot be used.
    """
    sections = {name: dict(values) for name, values in given.items()}
    connection = sections.setdefault("connection", {})
    connection.setdefault("id", Variant("s", network.ssid.decode("utf-8", "replace")))
    connection.setdefault("uuid", Variant("s", str(uuid.uuid4())))
    connection.setdefault("type", Variant("s", _WIFI))
    wifi = sections.setdefault(_WIFI, {})
    wifi.setdefault("ssid", Variant("ay", network.ssid))
    if connection["type"].value != _WIFI:
        raise _invalid("connection.type", "the device takes Wi-Fi connections only")
    if bytes(wifi["ssid"].value) != network.ssid:
        raise refused("UnknownConnection", "The access point does not match the connection")
    key: Any = sections.get(_SECURITY, {}).get("psk")
    if key is not None and not _KEY.fullmatch(str(key.value)):
        raise _invalid(f"{_SECURITY}.psk", "property is invalid")
    return sections


def _invalid(name: str, text: str) -> BusError:
    return refused("Settings.Connection.InvalidProperty", f"{name}: {text}")
