"""What a desktop has running: an agent that says yes to every bond with nothing to compare."""

import asyncio
import sys

from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method


class Agent(ServiceInterface):
    @dbus_method()
    def RequestAuthorization(self, device: "o"):  # type: ignore[name-defined, no-untyped-def]  # noqa: F821, N802
        pass


async def main() -> None:
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    bus.export("/desktop", Agent("org.bluez.Agent1"))
    await bus.call(
        Message(
            destination="org.bluez",
            path="/org/bluez",
            interface="org.bluez.AgentManager1",
            member="RegisterAgent",
            signature="os",
            body=["/desktop", "KeyboardDisplay"],
        )
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main())
