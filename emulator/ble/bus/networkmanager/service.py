"""org.freedesktop.NetworkManager as a whole: the name on the bus, and what is exported under it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from emulator.ble.bus.networkmanager.manager import NetworkManager
from emulator.ble.bus.networkmanager.networks import Networks, WithHome
from emulator.ble.bus.networkmanager.numbers import MANAGER_ROOT, SERVICE
from emulator.ble.bus.server import Server
from emulator.clock import Clock


@contextlib.asynccontextmanager
async def serving_networkmanager(
    address: str, networks: Networks, interface: str, clock: Clock
) -> AsyncIterator[None]:
    """Serve org.freedesktop.NetworkManager for the length of a block.

    Args:
        address: the bus.
        networks: the networks of the cameras.
        interface: what the system calls the interface that leads to them.
        clock: measures how long things take.
    """
    async with contextlib.AsyncExitStack() as stack:
        server = await Server.connect(address, SERVICE, MANAGER_ROOT)
        stack.push_async_callback(server.close)
        stack.callback(NetworkManager(server, WithHome(networks), interface, clock).start())
        yield
