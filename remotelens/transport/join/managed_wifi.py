"""This host's Wi-Fi as NetworkManager manages it: its devices, what is in sight of them, what they are on.

What is joined, and what has to be undone of it, does not belong here.

Source: NetworkManager's D-Bus reference (states, reasons, AddAndActivateConnection2).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Self

from dbus_fast import Variant

from remotelens.clock import Clock
from remotelens.errors import LinkTimeout, MissingComponent, WifiJoinFailed
from remotelens.transport.join.joiner import Credentials
from remotelens.transport.join.system_bus import CallRefused, SystemBus

SERVICE = "org.freedesktop.NetworkManager"
NOTHING = "/"
NEAR = "see that the camera is on, near, and its Wi-Fi on"
BY_HAND = "join the network by hand and say --join already"
SCAN_TIMEOUT_S = 20.0
_ROOT = "/org/freedesktop/NetworkManager"
_DEVICE = f"{SERVICE}.Device"
_WIRELESS = f"{SERVICE}.Device.Wireless"
_ACCESS_POINT = f"{SERVICE}.AccessPoint"
_ACTIVE = f"{SERVICE}.Connection.Active"

_WIFI_DEVICE = 2
_DEVICE_UNAVAILABLE, _DEVICE_DISCONNECTED, _DEVICE_ACTIVATED, _DEVICE_FAILED = 20, 30, 100, 120
_ACTIVE_ACTIVATED, _ACTIVE_DEACTIVATED = 2, 4
_NO_IP, _NO_SECRETS, _TOO_LATE = 5, 7, 11
_ACTIVE_REASONS = {5: _NO_IP, 6: _TOO_LATE, 9: _NO_SECRETS}  # an active connection counts its reasons anew

_CHECK_KEY = "check the key: it is printed inside the camera's battery cover or in its menu"
_REASONS = {
    _NO_IP: ("it gave this computer no usable address", "switch the camera off and on"),
    _NO_SECRETS: ("the key was not accepted", _CHECK_KEY),
    8: ("its access point broke off", NEAR),
    9: ("this computer's Wi-Fi security could not be set up", BY_HAND),
    10: ("its access point did not complete the key exchange", _CHECK_KEY),
    _TOO_LATE: ("its access point did not answer in time", NEAR),
    15: ("this computer's address service did not start", BY_HAND),
    16: ("it gave this computer no address", "switch the camera off and on"),
    17: ("it gave this computer no address", "switch the camera off and on"),
    53: ("it is not in sight any more", NEAR),
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Device:
    """A Wi-Fi device of NetworkManager's, as it was when it was asked for."""

    path: str
    interface: str
    state: int

    @property
    def is_on_something(self) -> bool:
        """It is on some network."""
        return self.state == _DEVICE_ACTIVATED

    @property
    def is_free(self) -> bool:
        """It could be on a network, and is on none."""
        return self.state == _DEVICE_DISCONNECTED


class ManagedWifi:
    """NetworkManager, asked over a connection of our own to the system bus; made by `connect`.

    Every call raises CallRefused, LinkTimeout and MissingComponent as `SystemBus.call` does.
    """

    def __init__(self, bus: SystemBus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    @classmethod
    async def connect(cls, clock: Clock) -> Self:
        """Connect to the system bus; nobody is asked yet.

        Raises:
            MissingComponent: this host has no system bus, or does not let us on it.
        """
        return cls(await SystemBus.connect(SERVICE, clock), clock)

    async def close(self) -> None:
        """End the connection; profiles that were bound to it end with it."""
        await self._bus.close()

    async def listen(self) -> None:
        """Hear what changes from now on: to be called before what `activated` or `find` wait for."""
        await self._bus.listen()

    async def ignore(self) -> None:
        """Hear nothing more."""
        await self._bus.ignore()

    # devices

    async def device(self, interface: str) -> Device | None:
        """Return the Wi-Fi device of a network interface."""
        return next((device for device in await self._devices() if device.interface == interface), None)

    async def pick(self, interface: str | None, network: Credentials) -> Device:
        """Return the device to join a network with: the one that is named, else a free one, else the first.

        Raises:
            MissingComponent: there is none.
        """
        found = [device for device in await self._devices() if interface in {None, device.interface}]
        ready = [device for device in found if device.state > _DEVICE_UNAVAILABLE]
        if ready:
            return min(ready, key=lambda device: abs(device.state - _DEVICE_DISCONNECTED))
        which = f"the interface {interface}" if interface else "any Wi-Fi interface"
        reason = "it is switched off or unavailable" if found else "NetworkManager manages none"
        raise MissingComponent(
            f"{which} cannot be used to join {network.ssid}: {reason}",
            remedy="see `nmcli device`, or join by hand and say --join already",
        )

    async def _devices(self) -> list[Device]:
        """Return the Wi-Fi devices that NetworkManager manages."""
        found: list[Device] = []
        for path in (await self._bus.call(_ROOT, SERVICE, "GetDevices"))[0]:
            if await self._bus.get(path, _DEVICE, "DeviceType") != _WIFI_DEVICE:
                continue
            if not await self._bus.get(path, _DEVICE, "Managed"):
                continue
            name = str(await self._bus.get(path, _DEVICE, "Interface"))
            found.append(Device(path, name, int(await self._bus.get(path, _DEVICE, "State"))))
        return found

    async def is_on(self, device: Device, network: Credentials) -> bool:
        """Whether a device is on that network."""
        access_point = await self._bus.get(device.path, _WIRELESS, "ActiveAccessPoint")
        return bool(access_point != NOTHING and await self._ssid_of(access_point) == ssid_bytes(network))

    # access points

    async def find(self, device: Device, network: Credentials) -> str:
        """Wait until a network is in sight and return its access point; put `listen` before.

        Raises:
            WifiJoinFailed: it did not come in sight.
        """
        try:
            async with self._clock.timeout(SCAN_TIMEOUT_S):
                await self._scan(device)
                while (found := await self._access_point(device, network)) is None:
                    signal = await self._bus.signal()
                    if signal.path == device.path and "LastScan" in str(signal.values):
                        await self._scan(device)
                return found
        except LinkTimeout:
            raise
        except TimeoutError as error:
            raise WifiJoinFailed(
                f"the network {network.ssid} is not in sight of {device.interface}", remedy=NEAR
            ) from error

    async def _scan(self, device: Device) -> None:
        try:
            await self._bus.call(device.path, _WIRELESS, "RequestScan", "a{sv}", [{}])
        except CallRefused as refusal:  # one is running or has just been
            _log.debug("no new scan on %s: %s", device.interface, refusal)

    async def _access_point(self, device: Device, network: Credentials) -> str | None:
        """Return a network's access point; the one with its BSSID, where there are several."""
        ours: list[str] = []
        for path in (await self._bus.call(device.path, _WIRELESS, "GetAllAccessPoints"))[0]:
            try:
                if await self._ssid_of(path) != ssid_bytes(network):
                    continue
                address = str(await self._bus.get(path, _ACCESS_POINT, "HwAddress"))
            except CallRefused:  # it went out of sight meanwhile
                continue
            at_front = network.bssid is not None and address.upper() == network.bssid.upper()
            ours.insert(0 if at_front else len(ours), str(path))
        return ours[0] if ours else None

    async def _ssid_of(self, access_point: str) -> bytes:
        return bytes(await self._bus.get(access_point, _ACCESS_POINT, "Ssid"))

    # connections: stored ones and active ones

    async def connection_of(self, device: Device) -> str:
        """Return the stored connection that a device is on; `NOTHING` for none."""
        active = str(await self._bus.get(device.path, _DEVICE, "ActiveConnection"))
        return active if active == NOTHING else str(await self._bus.get(active, _ACTIVE, "Connection"))

    async def connection_with(self, uuid: str) -> str:
        """Return the stored connection with a UUID; refused where there is none."""
        answer = await self._bus.call(
            f"{_ROOT}/Settings", f"{SERVICE}.Settings", "GetConnectionByUuid", "s", [uuid]
        )
        return str(answer[0])

    async def uuid_of(self, connection: str) -> str:
        """Return the UUID of a stored connection."""
        answer = await self._bus.call(connection, f"{SERVICE}.Settings.Connection", "GetSettings")
        return str(answer[0]["connection"]["uuid"])

    async def add_and_activate(
        self, profile: dict[str, dict[str, Any]], device: Device, access_point: str
    ) -> str:
        """Begin to activate a connection that is kept in memory for as long as ours to the bus lasts."""
        options = {"persist": Variant("s", "volatile"), "bind-activation": Variant("s", "dbus-client")}
        answer = await self._bus.call(
            _ROOT,
            SERVICE,
            "AddAndActivateConnection2",
            "a{sa{sv}}ooa{sv}",
            [profile, device.path, access_point, options],
        )
        return str(answer[1])

    async def activate(self, connection: str, device: Device) -> str:
        """Begin to activate a stored connection; return it as an active one."""
        answer = await self._bus.call(
            _ROOT, SERVICE, "ActivateConnection", "ooo", [connection, device.path, NOTHING]
        )
        return str(answer[0])

    async def deactivate(self, active: str) -> None:
        """Take an active connection down."""
        await self._bus.call(_ROOT, SERVICE, "DeactivateConnection", "o", [active])

    async def activated(self, device: Device, active: str, name: str) -> None:
        """Follow the signals until a connection stands; put `listen` before.

        The reason of a failure is told in a signal and nowhere afterwards.

        Args:
            device: the device that it is activated on.
            active: the connection.
            name: what it is called in messages.

        Raises:
            WifiJoinFailed: it does not come up; says why.
        """
        if await self.stands(active):
            return
        while True:
            signal = await self._bus.signal()
            if signal.member != "StateChanged":
                continue
            if signal.path == device.path and signal.values[0] == _DEVICE_FAILED:
                reason = int(signal.values[2])
                break
            if signal.path == active and signal.values[0] == _ACTIVE_ACTIVATED:
                return
            if signal.path == active and signal.values[0] == _ACTIVE_DEACTIVATED:
                reason = _ACTIVE_REASONS.get(int(signal.values[1]), 0)
                break
        what, remedy = _REASONS.get(reason, (f"NetworkManager gave up (reason {reason})", NEAR))
        raise WifiJoinFailed(f"could not join {name}: {what}", remedy=remedy)

    async def stands(self, active: str) -> bool:
        """Whether a connection is up."""
        try:
            return int(await self._bus.get(active, _ACTIVE, "State")) == _ACTIVE_ACTIVATED
        except CallRefused:  # it is gone already: its signals tell why
            return False


def ssid_bytes(network: Credentials) -> bytes:
    """Return a network's name as its access point sends it."""
    return network.ssid.encode("utf-8", "surrogateescape")
