"""Sockets that leave by a chosen interface, and a UDP port with a bounded queue."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from remotelens.errors import ConnectFailed
from remotelens.transport.interfaces import Interface, interface_index

Address = tuple[str, int]
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]
_QUEUE_LIMIT = 1024
_MULTICAST_HOPS = 4
_LINUX_MULTICAST_ALL = 49  # IP_MULTICAST_ALL of <linux/in.h>
_MACOS_BOUND_IF = 25  # IP_BOUND_IF of <netinet/in.h>
_WINDOWS_UNICAST_IF = 31  # IP_UNICAST_IF of <ws2ipdef.h>
_IDLE_S, _PROBE_S, _PROBES = 5, 2, 3


def bind_to_interface(sock: socket.socket, name: str) -> None:
    """Make a socket send and receive through one interface only, whatever the routes say.

    Two cameras may both be 10.0.0.1, each on a network of its own: the interface tells them apart.

    Raises:
        OSError: there is no such interface, or the system does not allow it.
    """
    if sys.platform == "linux":
        socket.if_nametoindex(name)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode() + b"\0")
    elif sys.platform == "win32":
        sock.setsockopt(socket.IPPROTO_IP, _WINDOWS_UNICAST_IF, struct.pack("!I", interface_index(name)))
    else:
        sock.setsockopt(socket.IPPROTO_IP, _MACOS_BOUND_IF, interface_index(name))


def watch_for_silence(sock: socket.socket) -> None:
    """Have the system notice within about ten seconds that the other end of an idle connection is gone.

    A camera that is switched off says nothing, and a long poll waits for a minute without a byte.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    idle = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))
    for option, value in (
        (idle, _IDLE_S),
        (getattr(socket, "TCP_KEEPINTVL", None), _PROBE_S),
        (getattr(socket, "TCP_KEEPCNT", None), _PROBES),
    ):
        if option is not None:
            with contextlib.suppress(OSError):  # older systems take fewer of them
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def socket_factory(interface: str | None) -> Callable[[AddressInfo], socket.socket]:
    """Return what makes TCP sockets for an interface; any, when it is None."""

    def make(info: AddressInfo) -> socket.socket:
        sock = socket.socket(info[0], info[1], info[2])
        try:
            watch_for_silence(sock)
            if interface is not None:
                bind_to_interface(sock, interface)
        except OSError:
            sock.close()
            raise
        return sock

    return make


class UdpPort:
    """One UDP socket: sends, and keeps what arrives until it is taken."""

    def __init__(self, transport: asyncio.DatagramTransport, receiver: _Receiver) -> None:
        self._transport = transport
        self._receiver = receiver

    @property
    def address(self) -> Address:
        """Where others reach this port."""
        host, port = self._transport.get_extra_info("sockname")[:2]
        return str(host), int(port)

    def send(self, data: bytes, to: Address) -> None:
        """Send one datagram.

        Raises:
            OSError: the system refuses it at once, for want of a route for example.
        """
        self._receiver.refusal = None
        self._transport.sendto(data, to)
        if self._receiver.refusal is not None:
            raise self._receiver.refusal

    async def receive(self) -> tuple[bytes, Address]:
        """Wait for a datagram; return it and its sender."""
        return await self._receiver.arrived.get()


class _Receiver(asyncio.DatagramProtocol):
    """Queues datagrams, the newest dropped when nobody takes them; keeps why the last one did not leave."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue(_QUEUE_LIMIT)
        self.refusal: OSError | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.arrived.put_nowait((data, (addr[0], addr[1])))

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self.refusal = exc


@asynccontextmanager
async def udp_port(interface: Interface, *, only_this_interface: bool = False) -> AsyncIterator[UdpPort]:
    """Open a UDP port on an interface's own address; its multicasts leave by that interface.

    Args:
        interface: where to send from.
        only_this_interface: bind to the interface itself as well, not just to its address.

    Raises:
        ConnectFailed: the system does not give such a socket.
    """

    def prepare(sock: socket.socket) -> None:
        sock.bind((interface.host, 0))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface.address.ip.packed)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _MULTICAST_HOPS)
        if only_this_interface:
            bind_to_interface(sock, interface.name)

    async with _udp_port(interface, prepare) as port:
        yield port


@asynccontextmanager
async def group_port(interface: Interface, group: Address) -> AsyncIterator[UdpPort]:
    """Open a UDP port that hears what is sent to a multicast group on one interface, beside other programs.

    Raises:
        ConnectFailed: the system does not give such a socket.
    """
    host, number = group

    def prepare(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_IP, _LINUX_MULTICAST_ALL, 0)
        sock.bind(("" if sys.platform == "win32" else host, number))
        membership = socket.inet_aton(host) + interface.address.ip.packed
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)

    async with _udp_port(interface, prepare) as port:
        yield port


@asynccontextmanager
async def _udp_port(interface: Interface, prepare: Callable[[socket.socket], None]) -> AsyncIterator[UdpPort]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        prepare(sock)
        transport, receiver = await asyncio.get_running_loop().create_datagram_endpoint(_Receiver, sock=sock)
    except OSError as error:
        sock.close()
        raise ConnectFailed(
            f"cannot use interface {interface}: {error.strerror or error}",
            remedy="see that the interface is up and that its address is this host's",
        ) from error
    except BaseException:
        sock.close()
        raise
    try:
        yield UdpPort(transport, receiver)
    finally:
        transport.close()
