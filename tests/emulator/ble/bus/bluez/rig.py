"""A peripheral on the air, BlueZ on a bus, and a program that speaks to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bumble.device import Connection, Device
from bumble.pairing import PairingConfig, PairingDelegate

from emulator.ble.air import Air
from emulator.ble.bus.bluez.service import serving_bluez
from emulator.clock import Clock, RealClock
from tests.emulator.ble.bus.caller import LIMIT_S, Caller, calling
from tests.remotelens.transport.ble.gadget import ADDRESS, Gadget

ADAPTER_PATH = "/org/bluez/hci0"
DEVICE_PATH = f"{ADAPTER_PATH}/dev_{ADDRESS.replace(':', '_')}"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
PASSKEY = 123456


class Rig:
    """What a test of BlueZ touches."""

    def __init__(self, air: Air, gadget: Gadget, caller: Caller, address: str) -> None:
        self.air = air
        self.gadget = gadget
        self.caller = caller
        self.address = address

    async def adapter(self, member: str, signature: str = "", *body: object) -> object:
        return await self.caller.call(ADAPTER_PATH, ADAPTER, member, signature, *body)

    async def device(self, member: str) -> object:
        return await self.caller.call(DEVICE_PATH, DEVICE, member)

    async def find(self) -> None:
        """Return once the device has been heard."""
        await self.adapter("StartDiscovery")
        await self.caller.until(DEVICE_PATH, DEVICE, "Name", "gadget")
        await self.adapter("StopDiscovery")

    async def connect(self) -> None:
        """Return once the device is connected and its services are there."""
        await self.device("Connect")
        await self.caller.until(DEVICE_PATH, DEVICE, "ServicesResolved", True)

    async def path_of(self, uuid: str) -> str:
        """Return the path of a characteristic."""
        objects = await self.caller.objects()
        return next(
            path for path, items in objects.items() if items.get(CHARACTERISTIC, {}).get("UUID") == uuid
        )

    async def read(self, uuid: str) -> bytes:
        value = await self.caller.call(await self.path_of(uuid), CHARACTERISTIC, "ReadValue", "a{sv}", {})
        assert isinstance(value, bytes)
        return value

    async def agent(self, capability: str = "NoInputNoOutput", caller: Caller | None = None) -> None:
        """Register an agent."""
        await (caller or self.caller).call(
            "/org/bluez", "org.bluez.AgentManager1", "RegisterAgent", "os", "/agent", capability
        )

    def show_passkey(self) -> None:
        """Have the device show a number that has to be typed on the host."""

        class Shows(PairingDelegate):
            async def generate_passkey(self) -> int:
                return PASSKEY

        def config(_: Connection) -> PairingConfig:
            return PairingConfig(
                sc=True,
                mitm=True,
                identity_address_type=PairingConfig.AddressType.RANDOM,
                delegate=Shows(PairingDelegate.IoCapability.DISPLAY_OUTPUT_ONLY),
            )

        self.gadget.device.pairing_config_factory = config


@asynccontextmanager
async def rigged(
    bus_address: str, *, clock: Clock | None = None, state_dir: Path | None = None
) -> AsyncIterator[Rig]:
    """Set everything up for a block."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(LIMIT_S))
        air = Air()
        gadget = Gadget(air)
        stack.push_async_callback(gadget.close)
        await gadget.start()
        await stack.enter_async_context(serving_bluez(bus_address, air, clock or RealClock(), state_dir))
        caller = await stack.enter_async_context(calling(bus_address, "org.bluez"))
        gadget.device.on(Device.EVENT_CONNECTION, _answer_again)
        yield Rig(air, gadget, caller, bus_address)


def _answer_again(connection: Connection) -> None:
    """Have a second pairing on a link answered, as devices do and Bumble by itself does not."""

    def failed(_: int) -> None:
        session = connection.device.smp_manager.sessions.get(connection.handle)
        if session is not None:
            asyncio.get_running_loop().call_soon(session.on_disconnection, 0)

    connection.on(Connection.EVENT_PAIRING_FAILURE, failed)


async def begun(work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    """Begin a call, and return once it was sent."""
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    return task
