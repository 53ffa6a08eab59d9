"""What NetworkManager asks of the world: which networks are on the air, and to be let onto one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Network:
    """A Wi-Fi network on the air, secured by WPA2 with a key.

    Args:
        ssid: its name.
        bssid: its access point's radio address.
        strength: 0 to 100.
    """

    ssid: bytes
    bssid: str
    strength: int = 80


class Admission(Enum):
    """What came of the wish to be let onto a network."""

    GRANTED = auto()
    WRONG_KEY = auto()
    GONE = auto()


class Networks(Protocol):
    """The air."""

    def on_air(self) -> Sequence[Network]:
        """Return every network that an adapter here would see now."""
        ...

    async def join(self, bssid: str, key: str) -> Admission:
        """Ask an access point to let this host on."""
        ...

    async def leave(self, bssid: str) -> None:
        """Tell it that this host goes."""
        ...

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called when a network has come or gone; returns what ends that."""
        ...


HOME = Network(b"Home", "02:00:00:00:00:01", 60)
HOME_KEY = "home sweet home"


@dataclass(frozen=True, slots=True)
class WithHome:
    """The air with one network more: the one that the host is on before it ever meets a camera.

    Args:
        others: the other networks.
    """

    others: Networks

    def on_air(self) -> Sequence[Network]:
        """Return every network that an adapter here would see now."""
        return (HOME, *self.others.on_air())

    async def join(self, bssid: str, key: str) -> Admission:
        """Ask an access point to let this host on."""
        if bssid != HOME.bssid:
            return await self.others.join(bssid, key)
        return Admission.GRANTED if key == HOME_KEY else Admission.WRONG_KEY

    async def leave(self, bssid: str) -> None:
        """Tell it that this host goes."""
        if bssid != HOME.bssid:
            await self.others.leave(bssid)

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called when a network has come or gone; returns what ends that."""
        return self.others.subscribe(changed)
