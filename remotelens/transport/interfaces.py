"""The host's network interfaces and their IPv4 addresses; these cameras speak no IPv6.

Read from the C library where there is `getifaddrs` (Linux, macOS, BSD); elsewhere only the addresses of the
host's own name are known.
"""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

_UP = 0x1
_LOOPBACK = 0x8
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
    found = list(_by_name() if sys.platform == "win32" else _by_getifaddrs())
    return tuple(sorted(found, key=lambda item: item.loopback))


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


def _by_name() -> Iterator[Interface]:
    """Yield what the host's own name resolves to: no interface names, and networks of unknown size."""
    yield Interface("127.0.0.1", IPv4Interface("127.0.0.1/8"), loopback=True)
    try:
        entries = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        return
    for host in sorted({str(entry[4][0]) for entry in entries}):
        if not IPv4Address(host).is_loopback:
            yield Interface(host, IPv4Interface(f"{host}/24"))


class _IfAddrs(ctypes.Structure):
    """`struct ifaddrs` as far as it is read; the same on Linux, macOS and the BSDs."""

    _fields_ = (
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("flags", ctypes.c_uint),
        ("address", ctypes.c_void_p),
        ("netmask", ctypes.c_void_p),
    )


def _by_getifaddrs() -> Iterator[Interface]:
    library = ctypes.CDLL(None)
    first = ctypes.c_void_p()
    if library.getifaddrs(ctypes.byref(first)) != 0:
        return
    try:
        place: int | None = first.value
        while place:
            entry = _IfAddrs.from_address(place)
            if entry.flags & _UP and (host := _ipv4(entry.address)) is not None:
                mask = _ipv4(entry.netmask, checked=False) or IPv4Address("255.255.255.255")
                name = entry.name.decode("utf-8", "replace")
                yield Interface(name, IPv4Interface(f"{host}/{mask}"), bool(entry.flags & _LOOPBACK))
            place = entry.next
    finally:
        library.freeifaddrs(first)


def _ipv4(address: int | None, *, checked: bool = True) -> IPv4Address | None:
    """Read a `struct sockaddr`; None when it is of another family. BSD leaves a netmask's family empty."""
    if not address:
        return None
    data = ctypes.string_at(address, 8)
    family = data[1] if sys.platform != "linux" else int.from_bytes(data[:2], sys.byteorder)
    if checked and family != socket.AF_INET:
        return None
    return IPv4Address(data[4:8])
