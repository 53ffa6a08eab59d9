"""SSDP: the sockets on which searches arrive, the answers' pace, and the announcements.

One responder serves all cameras of one network. It shares UDP port 1900 with whatever else is there; a port
of its own always answers too, for tests and for hosts without multicast.

Source: protocol/wifi.md 2.1 to 2.3; protocol/clients.md rows 5, 8, 9.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import random
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, cast

from emulator.clock import Clock, Handle, RealClock
from emulator.journal import REQUEST, Journal
from emulator.wifi.advertisement import ALIVE, BYEBYE, MAX_AGE_S, Advertiser, Datagram
from emulator.wifi.place import Inside
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.ssdp import MULTICAST_HOST, MULTICAST_PORT, SearchRequest, parse

ANSWER_WITHIN_S = 0.1
"""How long an answer to the group may take, where MX allows it: real cameras are well under a second."""

ALIVE_AT_S = (0.0, 0.3, 1.0)
"""When a camera that has come announces itself; then at every half of its announcements' lifetime."""

_IP_MULTICAST_ALL = 49
_Address = tuple[str, int]


class SsdpResponder:
    """Answers searches for the cameras that are to be found, and announces them.

    Args:
        host: the cameras' address. On loopback the group is joined on every interface and only this host's
            own searches are answered; else on that interface only, and all are. Announcements leave by the
            address's own interface, those of a loopback address never leave the host.
        journal: where searches and answers are written.
        clock: the time that announcements and answers take; it is the clients', not the cameras'.
        seed: what the answers' delays come from.
        inside: enters the network of the address.
        port: the port for searches that are sent to that address alone; 0 leaves it to the host.
    """

    def __init__(
        self,
        host: str,
        journal: Journal,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        inside: Inside = nullcontext,
        port: int = 0,
    ) -> None:
        self._host = host
        self._journal = journal
        self._clock = clock or RealClock()
        self._chance = random.Random(f"ssdp/{seed}")  # noqa: S311 - repeatable by intent
        self._inside = inside
        self._port = port
        self._local_only = ipaddress.ip_address(host).is_loopback
        self._advertisers: list[Advertiser] = []
        self._listening: list[tuple[asyncio.DatagramTransport, _Ear]] = []
        self._group: asyncio.DatagramTransport | None = None
        self._due: dict[str, Handle] = {}
        self.unicast = ""
        self.multicast = False
        self.why: str | None = "not started"

    def add(self, advertiser: Advertiser) -> None:
        """Let this one be found, too."""
        self._advertisers.append(advertiser)
        if self._group is not None:
            self._announce_again(advertiser, 0)

    def remove(self, advertiser: Advertiser) -> None:
        """Let this one be found no longer; it takes its leave."""
        if advertiser not in self._advertisers:
            return
        self._advertisers.remove(advertiser)
        if advertiser.name in self._due:
            self._due.pop(advertiser.name).cancel()
            self._announce(advertiser, BYEBYE)

    async def start(self, *, multicast: bool = True) -> None:
        """Open the private port and, where the host lets us, the shared one.

        `multicast` and `why` say afterwards whether the group was joined and what stood against it.

        Raises:
            OSError: the address is not this host's, or its port is taken.
        """
        with self._inside():
            private = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            private.bind((self._host, self._port))
        except OSError:
            private.close()
            raise
        await self._listen(private, _Ear(self, grouped=False))
        self.unicast = "{}:{}".format(*private.getsockname())
        if not multicast:
            self.why = "switched off"
            return
        with self._inside():
            shared = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
            try:
                self._share(shared)
            except OSError as error:
                shared.close()
                self.why = (
                    f"the SSDP group {MULTICAST_HOST}:{MULTICAST_PORT} cannot be joined: {error.strerror}"
                )
                return
        self._group = await self._listen(shared, _Ear(self, grouped=True, own_only=self._local_only))
        self.multicast, self.why = True, None
        for advertiser in self._advertisers:
            self._announce_again(advertiser, 0)

    async def close(self) -> None:
        """Close the sockets; nobody is found any more."""
        for advertiser in tuple(self._advertisers):
            self.remove(advertiser)
        self._group = None
        for transport, ear in self._listening:
            transport.close()
            await ear.closed.wait()
        self._listening.clear()
        self.multicast, self.why = False, "closed"

    def received(
        self, transport: asyncio.DatagramTransport, datagram: bytes, source: _Address, *, grouped: bool
    ) -> None:
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
            answers = advertiser.answers(search)
            wait_s = self._chance.uniform(0, min(ANSWER_WITHIN_S, search.mx)) if grouped and answers else 0.0
            for answer in answers:
                self._send(transport, answer, source, wait_s, of=advertiser)
                self._journal.add(advertiser.name, "ssdp", "answer", st=search.st, bytes=len(answer.data))

    def _send(
        self,
        transport: asyncio.DatagramTransport,
        datagram: Datagram,
        to: _Address,
        wait_s: float = 0.0,
        *,
        of: Advertiser | None,
    ) -> None:
        """Send a datagram when it is time, if that camera can then still be found; of None, in any case."""

        def send() -> None:
            if not transport.is_closing() and (of is None or of in self._advertisers):
                transport.sendto(datagram.data, to)

        after_s = wait_s + datagram.after_s
        if after_s <= 0:
            send()
        else:
            self._clock.call_later(after_s, send)

    def _announce_again(self, advertiser: Advertiser, number: int) -> None:
        """Announce one, or arrange for its next announcement where that is not due at once."""
        self._announce(advertiser, ALIVE)
        following = number + 1
        early = following < len(ALIVE_AT_S)
        pause_s = ALIVE_AT_S[following] - ALIVE_AT_S[number] if early else MAX_AGE_S / 2
        self._due[advertiser.name] = self._clock.call_later(
            pause_s, lambda: self._announce_again(advertiser, min(following, len(ALIVE_AT_S) - 1))
        )

    def _announce(self, advertiser: Advertiser, kind: str) -> None:
        announcements: Sequence[Datagram] = advertiser.announcements(kind)
        if self._group is None or not announcements:
            return
        of = advertiser if kind == ALIVE else None
        for announcement in announcements:
            self._send(self._group, announcement, (MULTICAST_HOST, MULTICAST_PORT), of=of)
        self._journal.add(advertiser.name, "ssdp", "notify", nts=kind, count=len(announcements))

    async def _listen(self, opened: socket.socket, ear: _Ear) -> asyncio.DatagramTransport:
        opened.setblocking(False)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: ear, sock=opened)
        self._listening.append((transport, ear))
        return transport

    def _share(self, shared: socket.socket) -> None:
        """Bind to the group's port beside others and join the group."""
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if sys.platform == "linux":
            shared.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
        # Bound to the group itself, it takes nobody's unicast datagrams away; Windows cannot do that.
        shared.bind(("" if sys.platform == "win32" else MULTICAST_HOST, MULTICAST_PORT))
        group, own = socket.inet_aton(MULTICAST_HOST), socket.inet_aton(self._host)
        shared.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
        if not self._local_only:
            shared.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + own)
            return
        joined = [_joined(shared, group, index) for index, _ in socket.if_nameindex()]
        if not any(joined):
            raise OSError(None, "no interface takes part in multicast")


class _Ear(asyncio.DatagramProtocol):
    """Hands datagrams to the responder, which may bear only this host's own."""

    def __init__(self, responder: SsdpResponder, *, grouped: bool, own_only: bool = False) -> None:
        self._responder = responder
        self._grouped = grouped
        self._own_only = own_only
        self._transport: asyncio.DatagramTransport | None = None
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if self._transport is not None and (not self._own_only or is_own_address(addr[0])):
            self._responder.received(self._transport, data, addr, grouped=self._grouped)


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
