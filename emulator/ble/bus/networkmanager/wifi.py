"""The Wi-Fi device: what it sees, what it is on, and the states in between.

The reason of a failure is told in the moment and nowhere afterwards, and a device that is left on nothing
goes back by itself to a network that it knows, as NetworkManager's does.

Source: ble-stack.md 6; NetworkManager's D-Bus reference, `NMDeviceState`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from emulator.ble.bus.interface import Call, Interface, Method, Property
from emulator.ble.bus.networkmanager.active import ActiveConnection
from emulator.ble.bus.networkmanager.networks import Admission, Network, Networks
from emulator.ble.bus.networkmanager.numbers import (
    NOTHING,
    ROOT,
    SERVICE,
    ActiveReason,
    ActiveState,
    DeviceReason,
    DeviceState,
    DeviceType,
    refused,
)
from emulator.ble.bus.server import Server
from emulator.clock import Clock, Handle

PATH = f"{ROOT}/Devices/1"
STEP_S = 0.02
SCAN_S = 0.1
WRONG_KEY_S = 0.3
"""Real adapters take about 12 s over it; all these are shorter than life, and only their order is kept."""

_HARDWARE_ADDRESS = "02:00:00:00:01:00"
_INFRASTRUCTURE = 2
_PRIVACY = 0x1
_WPA2_KEY = 0x188  # CCMP for pair and group, pre-shared key
_CHANNEL_6_MHZ = 2437
_BITRATE_KBIT_S = 65000
_DBUS_MS = 1000
_UP = (DeviceState.IP_CONFIG, DeviceState.IP_CHECK, DeviceState.SECONDARIES, DeviceState.ACTIVATED)
_ACTIVE_REASONS = {
    DeviceReason.USER_REQUESTED: ActiveReason.USER_DISCONNECTED,
    DeviceReason.CONNECTION_REMOVED: ActiveReason.CONNECTION_REMOVED,
}


class WifiDevice:
    """The device.

    Args:
        server: the service that exports it.
        networks: the air.
        interface: what the system calls the interface that leads to the cameras.
        clock: measures how long things take.
        ended: told of a connection that is no longer in use.
        again: returns the connection to go back to when the device is left on nothing.
    """

    def __init__(
        self,
        server: Server,
        networks: Networks,
        interface: str,
        clock: Clock,
        *,
        ended: Callable[[ActiveConnection], None],
        again: Callable[[], ActiveConnection | None],
    ) -> None:
        self._server = server
        self._networks = networks
        self._clock = clock
        self._ended = ended
        self._again = again
        self._active: ActiveConnection | None = None
        self._next: ActiveConnection | None = None
        self._work: asyncio.Task[None] | None = None
        self._associated = False
        self._scan: Handle | None = None
        self._points: dict[str, Network] = {}
        self._count = 0
        self.device = _device(
            interface, DeviceType.WIFI, (Method("Disconnect", self._disconnect),), self._set_autoconnect
        )
        self.wireless = Interface(
            f"{SERVICE}.Device.Wireless",
            {
                "HwAddress": Property("s", _HARDWARE_ADDRESS),
                "PermHwAddress": Property("s", _HARDWARE_ADDRESS),
                "Mode": Property("u", _INFRASTRUCTURE),
                "Bitrate": Property("u", _BITRATE_KBIT_S),
                "AccessPoints": Property("ao", []),
                "ActiveAccessPoint": Property("o", NOTHING),
                "WirelessCapabilities": Property("u", 0x7F),
                "LastScan": Property("x", -1),
            },
            (
                Method("GetAccessPoints", lambda _: (list(self._points),), gives="ao"),
                Method("GetAllAccessPoints", lambda _: (list(self._points),), gives="ao"),
                Method("RequestScan", self._request_scan, takes="a{sv}"),
            ),
            {"AccessPointAdded": "o", "AccessPointRemoved": "o"},
        )

    @property
    def state(self) -> DeviceState:
        """How far it has come."""
        return DeviceState(self.device["State"])

    def start(self) -> Callable[[], None]:
        """Export it with what it sees; returns what ends its looking."""
        self._server.export(PATH, [self.device, self.wireless])
        self._look()
        unsubscribe = self._networks.subscribe(self._air_changed)

        def end() -> None:
            unsubscribe()
            if self._scan is not None:
                self._scan.cancel()

        return end

    def network_at(self, path: str) -> Network:
        """Return the network of an access point.

        Raises:
            BusError: there is none at that path.
        """
        if path not in self._points:
            raise refused("UnknownConnection", f"No access point at '{path}'")
        return self._points[path]

    def point_of(self, ssid: bytes) -> str | None:
        """Return the path of the strongest access point of a network."""
        points = [(network.strength, path) for path, network in self._points.items() if network.ssid == ssid]
        return max(points)[1] if points else None

    # using a connection

    def use(self, active: ActiveConnection | None, reason: DeviceReason) -> None:
        """Change over to a connection; to none, or one that is known, when None."""
        overtaken, self._next = self._next, active
        if overtaken is not None:
            overtaken.become(ActiveState.DEACTIVATED, ActiveReason.DEVICE_DISCONNECTED)
            self._ended(overtaken)
        self._work = self._server.start(self._change_over(self._work, active, reason))

    def is_on(self, active: ActiveConnection) -> bool:
        """Tell whether it is the one in use or on its way there."""
        return active in (self._active, self._next)

    async def _change_over(
        self, before: asyncio.Task[None] | None, active: ActiveConnection | None, reason: DeviceReason
    ) -> None:
        if before is not None and not before.done():
            before.cancel()
            await asyncio.wait({before})
        if self._active is not None:
            await self._take_down(self._active, reason)
        if active is None and self.device["Autoconnect"]:
            active = self._again()
        while active is not None and not await self._bring_up(active):
            active = self._again() if self.device["Autoconnect"] else None

    async def _bring_up(self, active: ActiveConnection) -> bool:
        """Walk from disconnected to activated; tell whether it got there."""
        self._active, self._next = active, None
        self.device.update(ActiveConnection=active.path)
        await self._become(DeviceState.PREPARE)
        await self._become(DeviceState.CONFIG)
        self._associated = True
        admission = await self._networks.join(active.network.bssid, active.stored.key)
        self._associated = admission is Admission.GRANTED
        if admission is Admission.WRONG_KEY:
            await self._clock.sleep(WRONG_KEY_S)
            await self._become(DeviceState.NEED_AUTH, DeviceReason.SUPPLICANT_DISCONNECT)
            await self._fail(active, DeviceReason.NO_SECRETS)
            return False
        if admission is Admission.GONE:
            await self._fail(active, DeviceReason.SSID_NOT_FOUND)
            return False
        self.wireless.update(ActiveAccessPoint=active.access_point)
        for state in _UP:
            await self._become(state)
        active.become(ActiveState.ACTIVATED, ActiveReason.NONE)
        return True

    async def _fail(self, active: ActiveConnection, reason: DeviceReason) -> None:
        await self._become(DeviceState.FAILED, reason)
        self._drop(active, ActiveReason.DEVICE_DISCONNECTED)
        await self._become(DeviceState.DISCONNECTED)

    async def _take_down(self, active: ActiveConnection, reason: DeviceReason) -> None:
        """End the use of a connection; it may be half-way there, or half-way back."""
        if self._associated:
            self._associated = False
            await self._networks.leave(active.network.bssid)
        if reason is DeviceReason.SSID_NOT_FOUND:
            await self._fail(active, reason)
            return
        told = _ACTIVE_REASONS.get(reason, ActiveReason.DEVICE_DISCONNECTED)
        active.become(ActiveState.DEACTIVATING, told)
        if self.state is not DeviceState.DISCONNECTED:
            await self._become(DeviceState.DEACTIVATING, reason)
        self._drop(active, told)
        await self._become(DeviceState.DISCONNECTED, reason)

    def _drop(self, active: ActiveConnection, reason: ActiveReason) -> None:
        self._active = None
        self.wireless.update(ActiveAccessPoint=NOTHING)
        self.device.update(ActiveConnection=NOTHING)
        active.become(ActiveState.DEACTIVATED, reason)
        self._ended(active)

    async def _become(self, state: DeviceState, reason: DeviceReason = DeviceReason.NONE) -> None:
        """Change the state, tell so, and stay in it for a moment."""
        before = self.state
        if state is before:
            return
        self.device.update(State=int(state), StateReason=[int(state), int(reason)])
        self.device.signal("StateChanged", int(state), int(before), int(reason))
        await self._clock.sleep(STEP_S)

    def _set_autoconnect(self, on: bool) -> None:
        self.device.update(Autoconnect=on)

    def _disconnect(self, _: Call) -> None:
        if self._active is None:
            raise refused("Device.NotActive", "This device is not active")
        self.device.update(Autoconnect=False)
        self.use(None, DeviceReason.USER_REQUESTED)

    # seeing networks

    def _request_scan(self, _: Call) -> None:
        if self._scan is not None:
            raise refused("Device.NotAllowed", "Scanning not allowed while already scanning")
        self._scan = self._clock.call_later(SCAN_S, self._scanned)

    def _scanned(self) -> None:
        self._scan = None
        self._look()

    def _look(self) -> None:
        """Bring the access points to what is on the air."""
        seen = {network.bssid for network in self._points.values()}
        for network in self._networks.on_air():
            if network.bssid not in seen:
                self._add_point(network)
        self._remove_gone()
        self.wireless.update(LastScan=int(self._clock.monotonic() * _DBUS_MS))

    def _air_changed(self) -> None:
        """A network that goes is missed at once; one that comes is seen by the next scan."""
        self._remove_gone()
        if self._active is not None and self._active.access_point not in self._points:
            self.use(None, DeviceReason.SSID_NOT_FOUND)

    def _add_point(self, network: Network) -> None:
        self._count += 1
        path = f"{ROOT}/AccessPoint/{self._count}"
        self._points[path] = network
        self._server.export(path, [_access_point(network)])
        self.wireless.update(AccessPoints=list(self._points))
        self.wireless.signal("AccessPointAdded", path)

    def _remove_gone(self) -> None:
        on_air = {network.bssid for network in self._networks.on_air()}
        for path, network in tuple(self._points.items()):
            if network.bssid not in on_air:
                del self._points[path]
                self._server.remove(path)
                self.wireless.update(AccessPoints=list(self._points))
                self.wireless.signal("AccessPointRemoved", path)


def peer_to_peer(interface: str) -> Interface:
    """Return the second device that every modern Wi-Fi adapter shows, and that no camera is on."""
    return _device(f"p2p-dev-{interface}", DeviceType.WIFI_P2P)


def _device(
    interface: str,
    kind: DeviceType,
    methods: tuple[Method, ...] = (),
    set_autoconnect: Callable[[bool], None] | None = None,
) -> Interface:
    return Interface(
        f"{SERVICE}.Device",
        {
            "Udi": Property("s", f"/sys/class/net/{interface}"),
            "Interface": Property("s", interface),
            "IpInterface": Property("s", interface),
            "Driver": Property("s", "virtual"),
            "DeviceType": Property("u", int(kind)),
            "State": Property("u", int(DeviceState.DISCONNECTED)),
            "StateReason": Property("(uu)", [int(DeviceState.DISCONNECTED), int(DeviceReason.NONE)]),
            "ActiveConnection": Property("o", NOTHING),
            "Ip4Config": Property("o", NOTHING),
            "Managed": Property("b", True),
            "Autoconnect": Property("b", True, set_autoconnect),
            "HwAddress": Property("s", _HARDWARE_ADDRESS),
            "Real": Property("b", True),
        },
        methods,
        {"StateChanged": "uuu"},
    )


def _access_point(network: Network) -> Interface:
    return Interface(
        f"{SERVICE}.AccessPoint",
        {
            "Flags": Property("u", _PRIVACY),
            "WpaFlags": Property("u", 0),
            "RsnFlags": Property("u", _WPA2_KEY),
            "Ssid": Property("ay", network.ssid),
            "Frequency": Property("u", _CHANNEL_6_MHZ),
            "HwAddress": Property("s", network.bssid.upper()),
            "Mode": Property("u", _INFRASTRUCTURE),
            "MaxBitrate": Property("u", _BITRATE_KBIT_S),
            "Strength": Property("y", network.strength),
            "LastSeen": Property("i", 1),
        },
    )
