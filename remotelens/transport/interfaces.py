"""The host's network interfaces and their IPv4 addresses; these cameras speak no IPv6."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import ifaddr

_UP = 0x1  # IFF_UP of <net/if.h>
_SSID_MAX_BYTES = 32
_GET_SSID = 0x8B1B  # SIOCGIWESSID of <linux/wireless.h>


@dataclass(frozen=True, slots=True)
class Interface:
    """One IPv4 address of one interface.

    Args:
        name: what the system calls the interface.
        address: the host's own address on it, with the length of the network's prefix.
        loopback: whether it leads nowhere but to this host.
    """

    name: str
    address: IPv4Interface
    loopback: bool = False

    @property
    def host(self) -> str:
        """The host's own address on this interface, as text."""
        return str(self.address.ip)

    @property
    def network(self) -> IPv4Network:
        """The network on this interface."""
        return self.address.network

    def __str__(self) -> str:
        return f"{self.name} ({self.address})" if self.name != self.host else str(self.address)


def interfaces() -> tuple[Interface, ...]:
    """Return every IPv4 address of every interface that is up, loopback last."""
    return tuple(sorted(_addresses(), key=lambda item: item.loopback))


def interface_index(name: str) -> int:
    """Return the number that the system knows an interface by, from the name that `interfaces` gives it.

    Raises:
        OSError: there is no such interface.
    """
    for adapter in ifaddr.get_adapters():
        if adapter.index is not None and any(ip.nice_name == name for ip in adapter.ips):
            return adapter.index
    return socket.if_nametoindex(name)


def interfaces_to(host: str) -> tuple[Interface, ...]:
    """Return the interfaces on whose networks a host's address is; none for a name."""
    try:
        address = IPv4Address(host)
    except ValueError:
        return ()
    return tuple(item for item in interfaces() if address in item.network)


def own_addresses() -> frozenset[IPv4Address]:
    """Return the host's own IPv4 addresses."""
    return frozenset(item.address.ip for item in interfaces())


def is_own(host: str, own: frozenset[IPv4Address]) -> bool:
    """Tell whether an address given as text is this host's, the whole of 127.0.0.0/8 included."""
    try:
        address = IPv4Address(host)
    except ValueError:
        return False
    return address.is_loopback or address in own


def wifi_name(interface: str) -> str | None:
    """Return the name of the Wi-Fi network an interface is on; None when on none, or not to be learnt."""
    if sys.platform != "linux":
        return None
    import array
    import fcntl
    import struct

    text = array.array("B", bytes(_SSID_MAX_BYTES + 1))
    address, length = text.buffer_info()
    request = struct.pack("16sPHH", interface.encode()[:15], address, length, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking, _GET_SSID, request)
        except OSError:
            return None
    size = struct.unpack_from("16sPH", answer)[2]
    return text.tobytes()[:size].decode("utf-8", "replace").rstrip("\0") or None


def _addresses() -> Iterator[Interface]:
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if ip.is_IPv4 and _is_up(ip.nice_name):
                address = IPv4Interface(f"{ip.ip}/{ip.network_prefix}")
                yield Interface(ip.nice_name, address, loopback=address.ip.is_loopback)


def _is_up(name: str) -> bool:
    """Tell whether an interface is switched on; one of which the system does not tell that counts as such."""
    try:
        flags = Path("/sys/class/net", name, "flags").read_text("ascii")
    except (OSError, ValueError):
        return True
    return bool(int(flags, 16) & _UP)
