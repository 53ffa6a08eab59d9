"""What is served beside the cameras of a rack: the virtual air, a host's D-Bus, and the control API.

Each is loaded where it is wanted only.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.access_points import AccessPoints
from emulator.clock import Clock
from emulator.journal import Journal
from emulator.sites import told
from remotelens.errors import MissingComponent

if TYPE_CHECKING:
    from emulator.ble.air import Air
    from emulator.control import ControlServer
    from emulator.control.desk import Controlled


@asynccontextmanager
async def open_air(journal: Journal, clock: Clock, seed: int, host: str, port: int) -> AsyncIterator[Air]:
    """Have a virtual air that hosts attach to.

    Raises:
        RemoteLensError: its port is taken.
    """
    from emulator.ble.air import Air

    air = Air(journal, clock=clock, seed=seed)
    with told(host, port, "the virtual air"):
        await air.start(host, port)
    try:
        yield air
    finally:
        await air.close()


@asynccontextmanager
async def open_bus(
    air: Air, access_points: AccessPoints, host: str, clock: Clock, state_dir: Path | None
) -> AsyncIterator[str]:
    """Serve the host's Bluetooth and network manager on a private D-Bus; gives its address.

    Raises:
        MissingComponent: not on this system, or not installed.
    """
    if sys.platform != "linux":
        raise MissingComponent("--dbus is for programs that know a Linux host's own Bluetooth")
    try:
        from emulator.ble.bus.private import private_bus
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("dbus_fast"):
            raise
        raise MissingComponent(
            f"--dbus needs dbus-fast, which is not installed ({error.name} is missing)",
            remedy="pip install 'remotelens[emulator]'",
        ) from error
    async with private_bus(air, access_points, host=host, clock=clock, state_dir=state_dir) as address:
        yield address


@asynccontextmanager
async def serve_control(rack: Controlled, host: str, port: int) -> AsyncIterator[ControlServer]:
    """Serve the control API of a rack.

    Raises:
        RemoteLensError: its port is taken.
    """
    from emulator.control import ControlServer

    control = ControlServer(rack)
    with told(host, port, "the control API"):
        await control.start(port, host)
    try:
        yield control
    finally:
        await control.close()
