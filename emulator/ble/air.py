"""The virtual air: cameras and hosts attach to it, in this process or over TCP, each with a radio of its own.

A host that brings its own stack connects to the TCP port and speaks HCI, as to a serial controller; it gets
a virtual controller to itself. When its connection ends, its links end at the peers as they do when a host
dies: with a supervision time-out.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass
from itertools import count

from bumble import hci
from bumble.core import InvalidPacketError
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink, PacketParser

from emulator.ble.address import controller_address
from emulator.ble.controller import Ether, LeController
from emulator.ble.ether import RoomEther
from emulator.ble.snoop import HciLog
from emulator.ble.space import Space
from emulator.clock import Clock, RealClock
from emulator.journal import Journal

LOG = logging.getLogger(__name__)

WRITE_LIMIT_BYTES = 1 << 20
"""A host that leaves so much unread has stopped reading, and is cut off."""

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - told apart, not bound


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """A radio on the air, and the in-process stack that drives it.

    Args:
        ether: the air it is on.
        controller: its virtual controller.
        host: Bumble's host side of the HCI, for `bumble.device.Device`.
    """

    ether: Ether
    controller: LeController
    host: Host

    def leave(self) -> None:
        """Take the radio off the air; its peers see a supervision time-out."""
        self.ether.remove_controller(self.controller)
        self.controller.host = None


class Air:
    """The air around the emulated cameras.

    Args:
        journal: where hosts that come and go are written down.
        clock: the cameras' time, in which radios move and links time out.
        seed: what the chances of lost packets are drawn from.

    Attributes:
        space: where the radios are; cameras by their address, hosts by theirs.
    """

    def __init__(self, journal: Journal | None = None, *, clock: Clock | None = None, seed: int = 0) -> None:
        self.space = Space(clock or RealClock(), seed)
        self.ether = RoomEther(self.space)
        self.hci = HciLog(journal.now if journal is not None else None)
        self.ether.snoop = self.hci.watch
        self._journal = journal
        self._server: asyncio.Server | None = None
        self._where: tuple[str, int] | None = None
        self._connections: set[_HciConnection] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Serve HCI over TCP; returns the port.

        Raises:
            OSError: the port is taken, or the address is not this machine's.
        """
        if self._server is not None:
            raise RuntimeError("the air is already served")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _HciConnection(self), host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        self._where = (_ANY_ADDRESS.get(host, host), bound)
        return bound

    async def close(self) -> None:
        """Cut off every host and stop serving; what is attached in this process stays."""
        self.ether.close()
        server, self._server = self._server, None
        if server is None:
            return
        self._where = None
        server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.abort()
        await asyncio.gather(*(connection.closed.wait() for connection in connections))
        await server.wait_closed()

    @property
    def adapter(self) -> str:
        """What a client gives as its adapter: ``hci:tcp:127.0.0.1:PORT``."""
        if self._where is None:
            raise RuntimeError("the air is not served")
        host, port = self._where
        return f"hci:tcp:{host}:{port}"

    @property
    def hosts(self) -> int:
        """How many hosts are attached over TCP."""
        return len(self._connections)

    def attach(self, name: str, *, of_camera: bool = False) -> Station:
        """Put a radio on the air for a stack in this process."""
        controller = self.controller(name, of_camera=of_camera)
        return Station(self.ether, controller, Host(controller, AsyncPipeSink(controller)))

    def controller(self, name: str, *, of_camera: bool = False) -> LeController:
        """Make a virtual controller on the air, with the lowest public address that is free."""
        taken = {item.public_address.to_string(with_type_qualifier=False) for item in self.ether.controllers}
        addresses = (controller_address(number, of_camera=of_camera) for number in count(1))
        free = next(address for address in addresses if address not in taken)
        return LeController(name, self.ether, free)

    def drop(self, address: str) -> None:
        """End every link of an address as lost radio contact does; both ends see 0x08."""
        for kind in (hci.Address.RANDOM_DEVICE_ADDRESS, hci.Address.PUBLIC_DEVICE_ADDRESS):
            self.ether.drop(hci.Address(address, kind))

    def note(self, kind: str, *, camera: str = "", **data: object) -> None:
        """Write something down in the journal, where there is one."""
        if self._journal is not None:
            self._journal.add(camera, "ble", kind, **data)

    def enter(self, connection: _HciConnection) -> LeController:
        """Give a host that has just connected its controller."""
        self._connections.add(connection)
        controller = self.controller(f"host {connection.peer}")
        self.note("host attached", host=connection.peer)
        return controller

    def leave(self, connection: _HciConnection, controller: LeController) -> None:
        """Take a host that has gone off the air."""
        self._connections.discard(connection)
        controller.host = None
        self.ether.remove_controller(controller)
        self.note("host detached", host=connection.peer)


class _HciConnection(asyncio.Protocol):
    """One host's TCP connection: packets in both directions between its stack and its controller."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._transport: asyncio.Transport | None = None
        self._controller: LeController | None = None
        self._parser = PacketParser()
        self.peer = ""
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.peer = "{}:{}".format(*transport.get_extra_info("peername")[:2])
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._controller = self._air.enter(self)
        self._controller.host = self
        self._parser.set_packet_sink(self._controller)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except InvalidPacketError as error:
            LOG.warning("the host at %s does not speak HCI and is cut off: %s", self.peer, error)
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._controller is not None:
            self._air.leave(self, self._controller)
        self.closed.set()

    def on_packet(self, packet: bytes) -> None:
        """Send the host a packet of its controller's."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        transport.write(packet)
        if transport.get_write_buffer_size() > WRITE_LIMIT_BYTES:
            LOG.warning("the host at %s has stopped reading and is cut off", self.peer)
            self.abort()

    def abort(self) -> None:
        """Cut the host off."""
        if self._transport is not None:
            self._transport.abort()
