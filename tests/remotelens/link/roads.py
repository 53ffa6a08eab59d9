"""Stand-ins for Bluetooth and for the host's Wi-Fi, to walk roads with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from remotelens.errors import RemoteLensError
from remotelens.transport.join import Credentials, Joined, WifiCredentials
from remotelens.transport.join.joiner import JOIN_TIMEOUT_S

if TYPE_CHECKING:
    from remotelens.link.ble_find import BleCamera
    from remotelens.link.pair import BleLink

NETWORK = WifiCredentials("DIRECT-owQ1:ILCE-QX1", "aB3dE5gH", "AA:BB:CC:DD:EE:FF")


@dataclass
class StandInBle:
    """Finds, pairs and hands over as told; `fail` names stages that raise, once each."""

    name: str = "ILCE-QX1"
    credentials: WifiCredentials = NETWORK
    network: WifiCredentials | None = NETWORK
    fail: dict[str, list[Exception]] = field(default_factory=dict)
    bonded: bool = False
    did: list[str] = field(default_factory=list)
    wanted: list[str | None] = field(default_factory=list)
    again: list[bool] = field(default_factory=list)
    connected: bool = False

    async def find(self, wanted: str | None, *, timeout_s: float) -> BleCamera:
        self._do("find")
        self.wanted.append(wanted)
        camera = SimpleNamespace(label=f"{self.name} (C0:01)", name=self.name, rssi=-40)
        return cast("BleCamera", camera)

    async def pair(self, camera: BleCamera, *, again: bool) -> BleLink:
        self._do("pair")
        self.again.append(again)
        new, self.bonded, self.connected = not self.bonded or again, True, True
        gatt = SimpleNamespace(is_connected=True, lost=asyncio.Event())

        async def close() -> None:
            self.did.append("hang up")
            self.connected = gatt.is_connected = False
            gatt.lost.set()

        return cast("BleLink", SimpleNamespace(bonded_now=new, gatt=gatt, close=close))

    async def hand_over(self, link: BleLink) -> Credentials:
        self._do("wake")
        return self.credentials

    async def network_now(self, link: BleLink) -> Credentials | None:
        if self.fail.get("network"):
            raise self.fail["network"].pop(0)
        return self.network

    def _do(self, what: str) -> None:
        self.did.append(what)
        if self.fail.get(what):
            raise self.fail[what].pop(0)


@dataclass
class StandInJoiner:
    """Joins as told."""

    fail: list[RemoteLensError] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    interface: str | None = None
    standing: bool = True

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        self.did.append(f"join {network.ssid}")
        if self.fail:
            raise self.fail.pop(0)
        return self

    async def stands(self) -> bool:
        return self.standing

    async def leave(self) -> None:
        self.did.append("leave")
