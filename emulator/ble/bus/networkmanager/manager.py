"""org.freedesktop.NetworkManager itself: connections are activated and deactivated here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.ble.bus.interface import Call, Interface, Method, Property
from emulator.ble.bus.networkmanager import wifi
from emulator.ble.bus.networkmanager.active import ActiveConnection
from emulator.ble.bus.networkmanager.networks import Networks
from emulator.ble.bus.networkmanager.numbers import NOTHING, ROOT, SERVICE, DeviceReason, refused
from emulator.ble.bus.networkmanager.profiles import Profiles, StoredConnection
from emulator.ble.bus.networkmanager.wifi import WifiDevice, peer_to_peer
from emulator.ble.bus.server import Server
from emulator.clock import Clock

VERSION = "1.42.4"
_CONNECTED_GLOBAL = 70
_FULL_CONNECTIVITY = 4
_PEER_TO_PEER = f"{ROOT}/Devices/2"
_PERSIST = ("disk", "memory", "volatile")
_BINDS = ("none", "dbus-client")


class NetworkManager:
    """The service's heart.

    Args:
        server: the service that exports it.
        networks: the air.
        interface: what the system calls the interface that leads to the cameras.
        clock: measures how long things take.
    """

    def __init__(self, server: Server, networks: Networks, interface: str, clock: Clock) -> None:
        self._server = server
        self._actives: dict[str, ActiveConnection] = {}
        self._count = 0
        self._interface = interface
        self._profiles = Profiles(server, self._profile_removed)
        self._device = WifiDevice(
            server, networks, interface, clock, ended=self._ended, again=self._automatic
        )
        devices = [wifi.PATH, _PEER_TO_PEER]
        self.interface = Interface(
            SERVICE,
            {
                "Devices": Property("ao", devices),
                "AllDevices": Property("ao", devices),
                "NetworkingEnabled": Property("b", True),
                "WirelessEnabled": Property("b", True),
                "WirelessHardwareEnabled": Property("b", True),
                "ActiveConnections": Property("ao", []),
                "PrimaryConnection": Property("o", NOTHING),
                "State": Property("u", _CONNECTED_GLOBAL),
                "Connectivity": Property("u", _FULL_CONNECTIVITY),
                "Startup": Property("b", False),
                "Version": Property("s", VERSION),
            },
            (
                Method("GetDevices", lambda _: (devices,), gives="ao"),
                Method("GetAllDevices", lambda _: (devices,), gives="ao"),
                Method("GetDeviceByIpIface", self._device_named, takes="s", gives="o"),
                Method("ActivateConnection", self._activate, takes="ooo", gives="o"),
                Method("AddAndActivateConnection", self._add, takes="a{sa{sv}}oo", gives="oo"),
                Method("AddAndActivateConnection2", self._add_2, takes="a{sa{sv}}ooa{sv}", gives="ooa{sv}"),
                Method("DeactivateConnection", self._deactivate, takes="o"),
                Method("CheckConnectivity", lambda _: (_FULL_CONNECTIVITY,), gives="u"),
                Method("state", lambda _: (_CONNECTED_GLOBAL,), gives="u"),
            ),
            {"StateChanged": "u", "DeviceAdded": "o", "DeviceRemoved": "o"},
        )

    def start(self) -> Callable[[], None]:
        """Export everything and go onto the network at home; returns what ends the looking."""
        self._server.export(ROOT, [self.interface])
        self._server.export(_PEER_TO_PEER, [peer_to_peer(self._interface)])
        home = self._profiles.start()
        end = self._device.start()
        point = self._device.point_of(home.ssid)
        if point is not None:
            self._device.use(self._made(home, point), DeviceReason.NONE)
        return end

    def _activate(self, call: Call) -> tuple[str]:
        connection, device, point = call.arguments
        self._check(device)
        stored = self._profiles.at(connection)
        found = point if point != NOTHING else self._device.point_of(stored.ssid)
        if found is None:
            raise refused("UnknownConnection", "The network of this connection is not in sight")
        self._device.network_at(found)
        return (self._go(stored, found, call).path,)

    def _add(self, call: Call) -> tuple[str, str]:
        sections, device, point = call.arguments
        stored, active = self._added(call, sections, device, point, {})
        return stored.path, active.path

    def _add_2(self, call: Call) -> tuple[str, str, dict[str, Any]]:
        sections, device, point, options = call.arguments
        stored, active = self._added(
            call, sections, device, point, {name: value.value for name, value in options.items()}
        )
        return stored.path, active.path, {}

    def _added(
        self, call: Call, sections: dict[str, Any], device: str, point: str, options: dict[str, Any]
    ) -> tuple[StoredConnection, ActiveConnection]:
        self._check(device)
        persist, bind = options.pop("persist", "disk"), options.pop("bind-activation", "none")
        if options or persist not in _PERSIST or bind not in _BINDS:
            raise refused("InvalidArguments", "Unknown extra option passed")
        if bind == "dbus-client" and persist != "volatile":
            raise refused("InvalidArguments", "bind-activation needs persist to be volatile")
        network = self._device.network_at(point)
        stored = self._profiles.add(sections, network, volatile=persist == "volatile")
        return stored, self._go(stored, point, call, bound=bind == "dbus-client")

    def _deactivate(self, call: Call) -> None:
        active = self._actives.get(call.arguments[0])
        if active is None or not self._device.is_on(active):
            raise refused("ConnectionNotActive", "The connection was not active.")
        self._device.use(None, DeviceReason.USER_REQUESTED)

    def _go(
        self, stored: StoredConnection, point: str, call: Call, *, bound: bool = False
    ) -> ActiveConnection:
        active = self._made(stored, point)
        if bound:
            active.forget = self._server.watch(call.sender, lambda: self._owner_gone(active))
        self._device.device.update(Autoconnect=True)
        self._device.use(active, DeviceReason.NEW_ACTIVATION)
        return active

    def _made(self, stored: StoredConnection, point: str) -> ActiveConnection:
        self._count += 1
        path = f"{ROOT}/ActiveConnection/{self._count}"
        network = self._device.network_at(point)
        active = ActiveConnection(path, stored, network, point, wifi.PATH)
        self._actives[path] = active
        self._server.export(path, [active.interface])
        self._list_actives()
        return active

    def _ended(self, active: ActiveConnection) -> None:
        active.forget()
        self._actives.pop(active.path, None)
        self._server.remove(active.path)
        self._list_actives()
        if active.stored.volatile:
            self._profiles.remove(active.stored)

    def _list_actives(self) -> None:
        paths = list(self._actives)
        self.interface.update(ActiveConnections=paths, PrimaryConnection=paths[0] if paths else NOTHING)

    def _owner_gone(self, active: ActiveConnection) -> None:
        if self._device.is_on(active):
            self._device.use(None, DeviceReason.USER_REQUESTED)

    def _profile_removed(self, stored: StoredConnection) -> None:
        for active in tuple(self._actives.values()):
            if active.stored is stored and self._device.is_on(active):
                self._device.use(None, DeviceReason.CONNECTION_REMOVED)

    def _automatic(self) -> ActiveConnection | None:
        """Return the connection that the device goes back to by itself."""
        for stored in self._profiles.automatic():
            point = self._device.point_of(stored.ssid)
            if point is not None:
                return self._made(stored, point)
        return None

    def _device_named(self, call: Call) -> tuple[str]:
        if call.arguments[0] != self._interface:
            raise refused("UnknownDevice", "No device found for the requested iface.")
        return (wifi.PATH,)

    def _check(self, device: str) -> None:
        if device != wifi.PATH:
            raise refused("UnknownDevice", "Device not found")
