"""Where the scenarios play: a peripheral on the virtual air, and the host's way to it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bumble.device import Device

from emulator.ble.air import Air
from emulator.ble.bus.bluez.service import serving_bluez
from emulator.ble.bus.daemon import Daemon
from emulator.clock import RealClock
from tests.remotelens.transport.ble.gadget import Gadget

LIMIT_S = 50.0


@dataclass
class Stage:
    """A peripheral that does what the scenario's program asks of it.

    Args:
        air: the air it is on.
        gadget: the peripheral.
        adapter: what the program is given as its adapter.
        environment: what the program sees besides.
    """

    air: Air
    gadget: Gadget
    adapter: str
    environment: dict[str, str] = field(default_factory=dict)

    async def play(self, module: str, *words: str) -> None:
        """Run a program to its end, which has to be a good one."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-X",
            "dev",
            "-W",
            "ignore::DeprecationWarning",
            "-m",
            module,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self.environment},
        )
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stderr is not None
        complaining = asyncio.create_task(process.stderr.read())
        try:
            async with asyncio.timeout(LIMIT_S):
                while line := (await process.stdout.readline()).decode():
                    process.stdin.write(f"{await self._do(*line.split())}\n".encode())
                    await process.stdin.drain()
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
            complaint = (await complaining).decode()
            await process.wait()
            process.stdin.close()
        assert process.returncode == 0, complaint

    async def _do(self, what: str, *words: str) -> str:
        gadget = self.gadget
        match what, words:
            case "advertise", (data,):
                await gadget.advertise(bytes.fromhex(data))
            case "close-screen", ():
                gadget.pairing_open = False
            case "open-screen", ():
                gadget.pairing_open = True
            case "drop", ():
                self.air.drop(gadget.address)
            case "drop-next", ():
                gadget.device.once(Device.EVENT_CONNECTION, lambda _: self.air.drop(gadget.address))
            case "vanish", ():
                await gadget.device.stop_advertising()
            case "appear", ():
                await gadget.advertise()
            case "forget", ():
                assert gadget.device.keystore is not None
                await gadget.device.keystore.delete_all()
            case "slow-asked", ():
                await gadget.slow_asked.wait()
            case "slow-go", ():
                gadget.slow_gate.set()
            case "tick", (value,):
                await gadget.device.notify_subscribers(gadget.ticks, bytes.fromhex(value))
            case "alarm", (value,):
                await gadget.device.indicate_subscribers(gadget.alarms, bytes.fromhex(value))
            case "written", (uuid,):
                while not gadget.written.get(uuid):
                    await gadget.wrote.wait()
                    gadget.wrote.clear()
                return gadget.written[uuid].pop(0).hex()
            case _:
                raise AssertionError(f"the scenario asks for {what} {words}")
        return "done"


@asynccontextmanager
async def staged(folder: Path, *, on_bus: bool) -> AsyncIterator[Stage]:
    """Set the stage; at the end nothing of it may be left running."""
    before = asyncio.all_tasks()
    async with AsyncExitStack() as stack:
        air = Air()
        await air.start()
        stack.push_async_callback(air.close)
        gadget = Gadget(air)
        await gadget.start()
        stack.push_async_callback(gadget.close)
        environment = {"REMOTELENS_STATE_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        adapter = air.adapter
        if on_bus:
            daemon = await Daemon.start(RealClock())
            stack.push_async_callback(daemon.close)
            await stack.enter_async_context(serving_bluez(daemon.address, air, RealClock()))
            environment["DBUS_SYSTEM_BUS_ADDRESS"] = daemon.address
            adapter = "system"
        yield Stage(air, gadget, adapter, environment)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:  # what has been let go last may still be on its way out
        _, left = await asyncio.wait(left, timeout=5)
    assert not left, left
