"""org.bluez as a whole: the stack, the name on the bus, and the objects that are always there."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bumble.device import Advertisement

from emulator.ble.air import Air
from emulator.ble.bonds import BondStore
from emulator.ble.bus.bluez.adapter import PATH, Adapter
from emulator.ble.bus.bluez.agents import ROOT, Agents
from emulator.ble.bus.bluez.central import Central
from emulator.ble.bus.server import Server
from emulator.clock import Clock

NAME = "org.bluez"
BONDS_FILE = "bonds-bluez.json"


@contextlib.asynccontextmanager
async def serving_bluez(
    address: str, air: Air, clock: Clock, state_dir: Path | None = None
) -> AsyncIterator[None]:
    """Serve org.bluez for the length of a block.

    Args:
        address: the bus.
        air: what its one adapter hears.
        clock: measures its time limits.
        state_dir: where its bonds are kept over restarts.

    Raises:
        ConfigError: the file of bonds cannot be understood.
    """
    adapters: list[Adapter] = []

    def heard(advertisement: Advertisement) -> None:
        for adapter in adapters:
            adapter.heard(advertisement)

    bonds = BondStore(None if state_dir is None else state_dir / BONDS_FILE, clock)
    await bonds.load()
    async with contextlib.AsyncExitStack() as stack:
        central = Central(air.attach("BlueZ host"), bonds, clock, heard)
        stack.push_async_callback(bonds.flush)
        stack.push_async_callback(central.close)
        await central.start()
        server = await Server.connect(address, NAME, "/")
        stack.push_async_callback(server.close)
        agents = Agents(server)
        adapter = Adapter(server, central, agents)
        stack.push_async_callback(adapter.close)
        server.export(ROOT, [agents.interface])
        server.export(PATH, [adapter.interface])
        await adapter.load()
        adapters.append(adapter)
        yield
