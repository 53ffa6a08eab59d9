"""SSDP: who answers a search, with which bytes, and the sockets on which searches arrive.

One responder serves all cameras of a rack. It shares UDP port 1900 with whatever else is there; a port of
its own always answers too, for tests and for hosts without multicast.

Source: protocol/wifi.md 2.1, 2.2; protocol/clients.md rows 1-9.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any, Protocol, cast

from emulator.journal import REQUEST, Journal
from emulator.wifi.description import device_type, upnp_services
from emulator.wifi.face import SERVER_INFO, UNIT_INFO
from emulator.wifi.urls import CameraUrls
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.ssdp import (
    MULTICAST_HOST,
    MULTICAST_PORT,
    SearchRequest,
    encode_message,
    parse,
)

MAX_AGE_S = 1800
_IP_MULTICAST_ALL = 49
_Address = tuple[str, int]


class Advertiser(Protocol):
    """Something that can be found."""

    @property
    def name(self) -> str:
        """Who it is, in the journal."""
        ...

    def answers(self, search: SearchRequest) -> list[bytes]:
        """Return the datagrams that answer a search; none when it is not the one searched for."""
        ...


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What one camera answers.

    Attributes:
        name: the camera's id.
        urls: its addresses.
        uuid: its id in USN, without `uuid:`.
        ext: the EXT line's value; None leaves the line out.
    """

    name: str
    urls: CameraUrls
    uuid: str
    ext: str | None = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The search targets that are answered, in the order in which `ssdp:all` lists them."""
        family = self.urls.face.family
        services = tuple(service.type for service in upnp_services(family))
        return ("upnp:rootdevice", f"uuid:{self.uuid}", device_type(family), *services)

    def answers(self, search: SearchRequest) -> list[bytes]:
        """Return one answer, one for each target to `ssdp:all`, or none."""
        wanted = self.targets if search.st == "ssdp:all" else (search.st,)
        return [self.reply(target) for target in wanted if target in self.targets]

    def reply(self, target: str) -> bytes:
        """Return the answer for one target."""
        plain = f"uuid:{self.uuid}"
        headers = [
            ("CACHE-CONTROL", f"max-age={MAX_AGE_S}"),
            *([("EXT", self.ext)] if self.ext is not None else []),
            ("LOCATION", self.urls.description),
            ("SERVER", self.urls.face.server),
            ("ST", target),
            ("USN", plain if target == plain else f"{plain}::{target}"),
        ]
        if self.urls.face.info:
            headers += [("X-AV-Physical-Unit-Info", UNIT_INFO), ("X-AV-Server-Info", SERVER_INFO)]
        return encode_message("HTTP/1.1 200 OK", headers)


class SsdpResponder:
    """Answers searches for the cameras that are to be found.

    Args:
        host: the cameras' address. On loopback the group is joined on every interface and only this host's
            own searches are answered; else on that interface only, and all are.
        journal: where searches and answers are written.
    """

    def __init__(self, host: str, journal: Journal) -> None:
        self._host = host
        self._journal = journal
        self._local_only = ipaddress.ip_address(host).is_loopback
        self._advertisers: list[Advertiser] = []
        self._listening: list[tuple[asyncio.DatagramTransport, _Ear]] = []
        self.unicast = ""
        self.multicast = False
        self.why: str | None = "not started"

    def add(self, advertiser: Advertiser) -> None:
        """Let this one be found, too."""
        self._advertisers.append(advertiser)

    def remove(self, advertiser: Advertiser) -> None:
        """Let this one be found no longer."""
        if advertiser in self._advertisers:
            self._advertisers.remove(advertiser)

    async def start(self, *, multicast: bool = True) -> None:
        """Open the private port and, where the host lets us, the shared one.

        `multicast` and `why` say afterwards whether the group was joined and what stood against it.

        Raises:
            OSError: the address is not this host's.
        """
        private = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            private.bind((self._host, 0))
        except OSError:
            private.close()
            raise
        await self._listen(private, restricted=False)
        self.unicast = "{}:{}".format(*private.getsockname())
        if not multicast:
            self.why = "switched off"
            return
        shared = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
        try:
            self._share(shared)
        except OSError as error:
            shared.close()
            self.why = f"the SSDP group {MULTICAST_HOST}:{MULTICAST_PORT} cannot be joined: {error.strerror}"
            return
        await self._listen(shared, restricted=self._local_only)
        self.multicast, self.why = True, None

    async def close(self) -> None:
        """Close the sockets; nobody is found any more."""
        for transport, ear in self._listening:
            transport.close()
            await ear.closed.wait()
        self._listening.clear()
        self.multicast, self.why = False, "closed"

    def received(self, transport: asyncio.DatagramTransport, datagram: bytes, source: _Address) -> None:
        """Answer one datagram, if it is a search that anybody here answers."""
        try:
            search = parse(datagram)
        except RemoteProtocolError:
            return
        if not isinstance(search, SearchRequest):
            return
        host, port = source[:2]
        self._journal.add("", "ssdp", REQUEST, st=search.st, mx=search.mx, source=f"{host}:{port}")
        for advertiser in tuple(self._advertisers):
            for answer in advertiser.answers(search):
                transport.sendto(answer, source)
                self._journal.add(advertiser.name, "ssdp", "answer", st=search.st, bytes=len(answer))

    async def _listen(self, opened: socket.socket, *, restricted: bool) -> None:
        opened.setblocking(False)
        transport, ear = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Ear(self, restricted=restricted), sock=opened
        )
        self._listening.append((transport, ear))

    def _share(self, shared: socket.socket) -> None:
        """Bind to the group's port beside others and join the group."""
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if sys.platform == "linux":
            shared.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
        # Bound to the group itself, it takes nobody's unicast datagrams away; Windows cannot do that.
        shared.bind(("" if sys.platform == "win32" else MULTICAST_HOST, MULTICAST_PORT))
        group = socket.inet_aton(MULTICAST_HOST)
        if not self._local_only:
            own = socket.inet_aton(self._host)
            shared.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + own)
            shared.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
            return
        joined = [_joined(shared, group, index) for index, _ in socket.if_nameindex()]
        if not any(joined):
            raise OSError(None, "no interface takes part in multicast")


class _Ear(asyncio.DatagramProtocol):
    """Hands datagrams to the responder, which may bear only this host's own."""

    def __init__(self, responder: SsdpResponder, *, restricted: bool) -> None:
        self._responder = responder
        self._restricted = restricted
        self._transport: asyncio.DatagramTransport | None = None
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if self._transport is not None and (not self._restricted or is_own_address(addr[0])):
            self._responder.received(self._transport, data, addr)


def is_own_address(host: str) -> bool:
    """True when an address is one of this host's: then, and only then, a socket can be bound to it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return True
    return False


def _joined(shared: socket.socket, group: bytes, index: int) -> bool:
    """Join the group on one interface; False where the interface cannot."""
    if sys.platform == "win32":
        request = group + struct.pack("!I", index)
    else:
        request = group + struct.pack("=4si", b"", index)
    try:
        shared.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    except OSError:
        return False
    return True
