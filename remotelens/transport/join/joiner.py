"""What every way of joining takes and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

JOIN_TIMEOUT_S = 60.0


class Credentials(Protocol):
    """A Wi-Fi network and what opens it."""

    @property
    def ssid(self) -> str:
        """The network's name."""
        ...

    @property
    def key(self) -> str | None:
        """Its key; None for a network without one."""
        ...

    @property
    def bssid(self) -> str | None:
        """The radio address of its access point, where known."""
        ...


@dataclass(frozen=True, slots=True)
class WifiCredentials:
    """A Wi-Fi network and what opens it; its repr keeps the key to itself."""

    ssid: str
    key: str | None = field(default=None, repr=False)
    bssid: str | None = None


class Joined(Protocol):
    """The host is on the network."""

    @property
    def interface(self) -> str | None:
        """The network interface that leads there; None when it is not known."""
        ...

    async def stands(self) -> bool:
        """Whether the host is still on the network; true where that cannot be told."""
        ...

    async def leave(self) -> None:
        """Put the host's network back as it was; leaving twice is allowed."""
        ...


class Joiner(Protocol):
    """One way to get onto a network."""

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        """Join, or leave everything as it was.

        Raises:
            WifiJoinFailed: the host did not get onto it; says why where that can be known.
            MissingComponent: this host lacks what this way needs.
        """
        ...


@dataclass(frozen=True, slots=True)
class JoinedByOthers:
    """The network was joined by someone else, who alone may leave it."""

    interface: str | None = None

    async def stands(self) -> bool:
        """Take it as it is: whoever joined it knows."""
        return True

    async def leave(self) -> None:
        """Do nothing."""
