"""The ground that cameras stand on when they own their real addresses.

Each camera has a namespace of its own, named as asked for, the second with ``-2`` behind it. All are linked
to one more namespace, with ``-clients`` behind the name: programs that run there are hosts that have joined
the cameras' networks, on ``wlan0``, ``wlan1`` and so on. The host's own network is never touched.

::

    NETNS    ap0 10.0.0.1 ------ wlan0 10.0.1.1   NETNS-clients
    NETNS-2  ap0 10.0.0.1 ------ wlan1 10.0.1.2

Source: protocol/wifi.md 1.3.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from types import TracebackType
from typing import Self

from emulator.clock import Clock
from emulator.network.dhcp import DhcpServer, Leases, is_installed
from emulator.network.netns import entered, exists, ip

CAMERA_INTERFACE = "ap0"
_REVERSE_PATH = Path("/proc/sys/net/ipv4/conf")


@dataclass(frozen=True, slots=True)
class Subnet:
    """The network of one kind of camera.

    Attributes:
        prefix: its length.
        client: the address of the first client; the following cameras' clients have those that follow.
        first: the first address that is given out.
        last: the last one.
    """

    prefix: int
    client: str
    first: str
    last: str


_WIDE = Subnet(8, "10.0.1.1", "10.0.2.1", "10.0.2.100")  # [R] /8 and 10.0.1.1; the range is assumed
SUBNETS = {
    "10.0.0.1": _WIDE,
    "192.168.122.1": Subnet(24, "192.168.122.10", "192.168.122.100", "192.168.122.199"),
}
"""By the camera's address; that B gives out .100 and up is inferred."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one camera stands.

    Attributes:
        namespace: the camera's.
        clients: that of the programs which have joined its network.
        interface: what leads to the camera from there.
        dhcp: whether the camera gives out addresses.
    """

    namespace: str
    clients: str
    interface: str
    dhcp: bool

    @property
    def ready(self) -> dict[str, object]:
        """Its entry in the ready file."""
        return {
            "camera": self.namespace,
            "clients": self.clients,
            "interface": self.interface,
            "dhcp": self.dhcp,
        }


class Ground:
    """Makes what is not there yet, and removes that, and only that, in the end.

    Args:
        name: of the first camera's namespace.
        clock: limits the waiting for helpers.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._exit = contextlib.AsyncExitStack()
        self._spots: list[Spot] = []

    async def __aenter__(self) -> Self:
        """Make the clients' namespace."""
        try:
            await self._make(self.clients)
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was made."""
        await self._exit.aclose()

    @property
    def clients(self) -> str:
        """The namespace that programs run in."""
        return f"{self._name}-clients"

    async def spot(self, address: str) -> Spot:
        """Make the place of the next camera, which owns that address there.

        A namespace that somebody has made, and given the address, is taken as it is.

        Raises:
            RemoteLensError: the system does not let us.
        """
        number = len(self._spots)
        name = self._name if number == 0 else f"{self._name}-{number + 1}"
        await self._make(name)
        there = await ip(self._clock, "-n", name, "-o", "-4", "address", "show")
        if f" {address}/" in there:
            spot = Spot(name, name, there.split()[1], dhcp=False)
        else:
            spot = await self._link(name, number, address, SUBNETS[address])
        self._spots.append(spot)
        return spot

    async def _link(self, name: str, number: int, address: str, subnet: Subnet) -> Spot:
        """Join a camera's namespace to that of the clients by a cable that stands for the radio."""
        peer = f"wlan{number}"
        camera = IPv4Interface(f"{address}/{subnet.prefix}")
        client = IPv4Interface(f"{IPv4Address(subnet.client) + number}/{subnet.prefix}")
        await ip(
            self._clock,
            *("link", "add", CAMERA_INTERFACE, "netns", name),
            *("type", "veth", "peer", "name", peer, "netns", self.clients),
        )
        for namespace, interface, own in (
            (name, CAMERA_INTERFACE, camera),
            (self.clients, peer, client),
        ):
            await ip(self._clock, "-n", namespace, "address", "add", str(own), "dev", interface)
            await ip(self._clock, "-n", namespace, "link", "set", interface, "up")
        if number == 0:
            await ip(self._clock, "-n", self.clients, "route", "add", "default", "via", address, "dev", peer)
        _bear_the_same_address_twice(self.clients, peer)
        dhcp = is_installed()
        if dhcp:
            server = DhcpServer(name, CAMERA_INTERFACE, Leases(camera, subnet.first, subnet.last))
            self._exit.push_async_callback(server.close)
            await server.start()
        return Spot(name, self.clients, peer, dhcp=dhcp)

    async def _make(self, name: str) -> None:
        if not exists(name):
            self._exit.push_async_callback(self._remove, name)
            await ip(self._clock, "netns", "add", name)
        await ip(self._clock, "-n", name, "link", "set", "lo", "up")

    async def _remove(self, name: str) -> None:
        if exists(name):
            await ip(self._clock, "netns", "delete", name)


def _bear_the_same_address_twice(namespace: str, interface: str) -> None:
    """Let answers in that come from an address to which the routes lead elsewhere."""
    with entered(namespace):
        for name in ("all", interface):
            (_REVERSE_PATH / name / "rp_filter").write_text("0", "ascii")
