"""A small NetworkManager on a private bus: one Wi-Fi device, its access points, the real state sequences."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio.message_bus import MessageBus
from dbus_fast.unpack import unpack_variants

from remotelens.transport.join import WifiCredentials

NM = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
DEVICE = f"{ROOT}/Devices/2"
WIRED = f"{ROOT}/Devices/1"
HOME = f"{ROOT}/Settings/1"
HOME_ACTIVE = f"{ROOT}/ActiveConnection/1"
SSID = 'DIRECT-qd Q0:"DSC"-QX10 é'
NETWORK = WifiCredentials(SSID, "aB3dE5gH", "aa:bb:cc:dd:ee:ff")


class Refuse(Exception):
    """Answer with this D-Bus error."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


@dataclass
class FakeNetworkManager:
    """What a test sets and sees.

    Set `key` to what the access point takes, `failure` to (device reason, active reason) of another failure.
    """

    key: str = "aB3dE5gH"
    failure: tuple[int, int] | None = None
    refuse: dict[str, Refuse] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    scans_until_seen: int = 0
    calls: list[tuple[str, list[Any]]] = field(default_factory=list)
    properties: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    access_points: list[str] = field(default_factory=list)
    scans: int = 0
    called: asyncio.Event = field(default_factory=asyncio.Event)
    bus: MessageBus | None = None

    def __post_init__(self) -> None:
        for path, kind in ((WIRED, 1), (DEVICE, 2)):
            self.properties.update(
                {
                    (path, "DeviceType"): ("u", kind),
                    (path, "Managed"): ("b", True),
                    (path, "State"): ("u", 100),
                    (path, "Interface"): ("s", "wlan7" if kind == 2 else "eth0"),
                    (path, "ActiveConnection"): ("o", HOME_ACTIVE),
                    (path, "ActiveAccessPoint"): ("o", "/"),
                }
            )
        self.properties[HOME_ACTIVE, "Connection"] = ("o", HOME)

    def add_access_point(self, ssid: str, bssid: str) -> str:
        path = f"{ROOT}/AccessPoint/{len(self.access_points) + 1}"
        self.properties[path, "Ssid"] = ("ay", ssid.encode())
        self.properties[path, "HwAddress"] = ("s", bssid)
        self.access_points.append(path)
        return path

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def body(self, member: str) -> list[Any]:
        return next(body for name, body in self.calls if name == member)

    async def start(self) -> None:
        self.bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self.bus.add_message_handler(self._handle)
        await self.bus.request_name(NM)

    def close(self) -> None:
        if self.bus is not None:
            self.bus.disconnect()

    def _handle(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path == "/org/freedesktop/DBus":
            return None
        member = message.member or ""
        body = unpack_variants(message.body)
        if member == "Get":
            try:
                kind, value = self.properties[message.path or "", body[1]]
            except KeyError:
                return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "no such")
            return Message.new_method_return(message, "v", [Variant(kind, value)])
        self.calls.append((member, body))
        self.called.set()
        if member in self.silent:
            return True
        if member in self.refuse:
            return Message.new_error(message, self.refuse[member].name, str(self.refuse[member]))
        signature, answer = getattr(self, f"_on_{member}")(*body)
        return Message.new_method_return(message, signature, answer)

    def _on_GetDevices(self) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        return "ao", [[WIRED, DEVICE]]

    def _on_RequestScan(self, _: Any) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        self.scans += 1
        self._later(DEVICE, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
                    [f"{NM}.Device.Wireless", {"LastScan": Variant("x", self.scans)}, []])  # fmt: skip
        return "", []

    def _on_GetAllAccessPoints(self) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        return "ao", [self.access_points if self.scans > self.scans_until_seen else []]

    def _on_AddAndActivateConnection2(  # noqa: N802 - D-Bus spells it so
        self, profile: dict[str, Any], device: str, point: str, options: dict[str, Any]
    ) -> tuple[str, list[Any]]:
        active = f"{ROOT}/ActiveConnection/2"
        self.properties[active, "State"] = ("u", 1)
        right = profile.get("802-11-wireless-security", {}).get("psk") == self.key
        if self.failure or not right:
            device_reason, active_reason = self.failure or (7, 9)
            for new, old, reason in ((60, 50, 8), (120, 60, device_reason), (30, 120, 0)):
                if reason:
                    self._later(device, f"{NM}.Device", "StateChanged", "uuu", [new, old, reason])
            self._later(active, f"{NM}.Connection.Active", "StateChanged", "uu", [4, active_reason])
        else:
            self._later(device, f"{NM}.Device", "StateChanged", "uuu", [50, 30, 0])
            self._later(active, f"{NM}.Connection.Active", "StateChanged", "uu", [2, 0])
        return "ooa{sv}", [f"{ROOT}/Settings/9", active, {}]

    def _on_GetSettings(self) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        return "a{sa{sv}}", [{"connection": {"uuid": Variant("s", "11111111-2222-3333-4444-555555555555")}}]

    def _on_GetConnectionByUuid(self, _: str) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        return "o", [HOME]

    def _on_DeactivateConnection(self, active: str) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        return "", []

    def _on_ActivateConnection(self, *_: str) -> tuple[str, list[Any]]:  # noqa: N802 - D-Bus spells it so
        active = f"{ROOT}/ActiveConnection/3"
        self.properties[active, "State"] = ("u", 2)
        return "o", [active]

    def _later(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        """Send a signal after the answer that is being written."""
        assert self.bus is not None
        signal = Message.new_signal(path, interface, member, signature, body)
        asyncio.get_running_loop().call_soon(self.bus.send, signal)
