"""Networks on an air of the test's own, NetworkManager on a bus, and a program that speaks to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Variant

from emulator.ble.bus.networkmanager.networks import Admission, Network
from emulator.ble.bus.networkmanager.service import serving_networkmanager
from emulator.clock import RealClock
from tests.emulator.ble.bus.caller import LIMIT_S, PROPERTIES, Caller, calling

NM = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
DEVICE = f"{ROOT}/Devices/1"
CAMERA = Network('DIRECT-qd Q0:"DSC"-QX10 é'.encode(), "AA:BB:CC:DD:EE:01", 90)
KEY = "aB3dE5gH"
CLIENTS = {"persist": "volatile", "bind-activation": "dbus-client"}
WIRELESS = f"{NM}.Device.Wireless"
ACTIVE = f"{NM}.Connection.Active"


@dataclass
class Air:
    """The networks: a camera's, when it is up."""

    up: bool = True
    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def on_air(self) -> Sequence[Network]:
        return [CAMERA] if self.up else []

    async def join(self, bssid: str, key: str) -> Admission:
        if not self.up:
            return Admission.GONE
        if key != KEY:
            return Admission.WRONG_KEY
        self.joined.append(bssid)
        return Admission.GRANTED

    async def leave(self, bssid: str) -> None:
        self.left.append(bssid)

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def switch(self, up: bool) -> None:
        self.up = up
        for listener in self._listeners:
            listener()


class Rig:
    """What a test of NetworkManager touches."""

    def __init__(self, air: Air, caller: Caller, address: str) -> None:
        self.air = air
        self.caller = caller
        self.address = address

    async def point(self) -> str:
        """Return the path of the camera's access point."""
        for path in await self.caller.call(DEVICE, WIRELESS, "GetAllAccessPoints"):
            if await self.caller.get(path, f"{NM}.AccessPoint", "HwAddress") == CAMERA.bssid:
                return str(path)
        raise AssertionError("the camera's network is not seen")

    async def join(
        self, key: str = KEY, caller: Caller | None = None, options: Mapping[str, str] = CLIENTS
    ) -> str:
        """Begin to join the camera's network as the client does; return the active connection."""
        profile: dict[str, dict[str, Variant]] = {
            "connection": {"id": Variant("s", "camera"), "autoconnect": Variant("b", False)},
            "802-11-wireless-security": {"key-mgmt": Variant("s", "wpa-psk"), "psk": Variant("s", key)},
        }
        answer = await (caller or self.caller).call(
            ROOT,
            NM,
            "AddAndActivateConnection2",
            "a{sa{sv}}ooa{sv}",
            profile,
            DEVICE,
            await self.point(),
            {name: Variant("s", value) for name, value in options.items()},
        )
        return str(answer[1])

    async def states(self, last: int) -> list[tuple[int, int]]:
        """Return the device's states with their reasons, up to one."""
        seen: list[tuple[int, int]] = []
        while not seen or seen[-1][0] != last:
            new, _, reason = await self.caller.hear("StateChanged", DEVICE)
            seen.append((new, reason))
        return seen

    async def at_home(self) -> None:
        """Return once the device is on the network at home."""
        await self.caller.until(DEVICE, f"{NM}.Device", "State", 100)
        active = await self.caller.get(DEVICE, f"{NM}.Device", "ActiveConnection")
        assert await self.caller.get(active, ACTIVE, "Id") == "Home"

    async def set_autoconnect(self, on: bool) -> None:
        """Let the device use networks by itself, or not."""
        await self.caller.call(
            DEVICE, PROPERTIES, "Set", "ssv", f"{NM}.Device", "Autoconnect", Variant("b", on)
        )

    async def get(self, name: str, interface: str = f"{NM}.Device") -> Any:
        return await self.caller.get(DEVICE, interface, name)


@asynccontextmanager
async def rigged(bus_address: str) -> AsyncIterator[Rig]:
    """Set everything up for a block; the host is at home then."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(LIMIT_S))
        air = Air()
        await stack.enter_async_context(serving_networkmanager(bus_address, air, "lo", RealClock()))
        caller = await stack.enter_async_context(calling(bus_address, NM))
        rig = Rig(air, caller, bus_address)
        await rig.at_home()
        yield rig
