"""A pairing agent on BlueZ's D-Bus, for the moment in which one bond is made.

Imported on Linux only, where bleak depends on dbus-fast. That library reads the annotations of the methods as
they stand, so this module does not postpone them.

Source: BlueZ ``doc/org.bluez.Agent.rst`` and ``org.bluez.AgentManager.rst``; ble-stack.md 4.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any, Final

from bleak.exc import BleakDBusError
from dbus_fast import BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusObjectPath, DBusStr, DBusUInt16, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method

BLUEZ: Final = "org.bluez"
MANAGER_PATH: Final = "/org/bluez"
MANAGER_INTERFACE: Final = "org.bluez.AgentManager1"
CAPABILITY: Final = "NoInputNoOutput"
"""Sony cameras bond without a number to compare; with this, no stack asks for one."""


class BondingAgent(ServiceInterface):
    """Agrees to what concerns one device, refuses everything else.

    Args:
        address: the device's address.
    """

    def __init__(self, address: str) -> None:
        super().__init__("org.bluez.Agent1")
        self._device = "dev_" + address.upper().replace(":", "_")

    def _check(self, device: str) -> None:
        if device.rpartition("/")[2].upper() != self._device.upper():
            raise _rejected(f"{device} is not the camera that is being paired")

    @dbus_method()
    def Release(self) -> None:  # noqa: N802 - BlueZ's name
        """BlueZ no longer needs the agent."""

    @dbus_method()
    def Cancel(self) -> None:  # noqa: N802 - BlueZ's name
        """A question that was asked is void; each is answered at once, so there is none."""

    @dbus_method()
    def RequestAuthorization(self, device: DBusObjectPath) -> None:  # noqa: N802 - BlueZ's name
        """Agree to a bond with nothing to compare."""
        self._check(device)

    @dbus_method()
    def RequestConfirmation(  # noqa: N802 - BlueZ's name
        self, device: DBusObjectPath, passkey: DBusUInt32
    ) -> None:
        """Agree to a bond: the user has confirmed it on the camera, the only screen there is."""
        del passkey
        self._check(device)

    @dbus_method()
    def AuthorizeService(  # noqa: N802 - BlueZ's name
        self, device: DBusObjectPath, uuid: DBusStr
    ) -> None:
        """Agree to a service of the device."""
        del uuid
        self._check(device)

    @dbus_method()
    def RequestPasskey(self, device: DBusObjectPath) -> DBusUInt32:  # noqa: N802 - BlueZ's name
        """Refuse: there is nobody to type a number."""
        raise _rejected(f"{device} wants a number to be typed")

    @dbus_method()
    def RequestPinCode(self, device: DBusObjectPath) -> DBusStr:  # noqa: N802 - BlueZ's name
        """Refuse: there is nobody to type a code."""
        raise _rejected(f"{device} wants a code to be typed")

    @dbus_method()
    def DisplayPasskey(  # noqa: N802 - BlueZ's name
        self, device: DBusObjectPath, passkey: DBusUInt32, entered: DBusUInt16
    ) -> None:
        """Ignore a number to be shown: there is no screen."""

    @dbus_method()
    def DisplayPinCode(  # noqa: N802 - BlueZ's name
        self, device: DBusObjectPath, pincode: DBusStr
    ) -> None:
        """Ignore a code to be shown: there is no screen."""


def _rejected(text: str) -> DBusError:
    return DBusError("org.bluez.Error.Rejected", text)


@contextlib.asynccontextmanager
async def registered_agent(address: str) -> AsyncIterator[None]:
    """Have BlueZ ask us about a bond with that address, for the length of a block.

    Raises:
        OSError, EOFError: the system bus cannot be reached.
        BleakDBusError: BlueZ does not take the agent.
    """
    path = f"/org/remotelens/agent{os.getpid()}"
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        await bus.connect()
        bus.export(path, BondingAgent(address))
        await _call(bus, "RegisterAgent", "os", [path, CAPABILITY])
        try:
            # Beside a desktop's agent ours is asked only as the default one.
            await _call(bus, "RequestDefaultAgent", "o", [path])
            yield
        finally:
            with contextlib.suppress(BleakDBusError, OSError, EOFError):
                await _call(bus, "UnregisterAgent", "o", [path])
    finally:
        bus.disconnect()


async def _call(bus: MessageBus, member: str, signature: str, body: list[Any]) -> None:
    reply = await bus.call(
        Message(
            destination=BLUEZ,
            path=MANAGER_PATH,
            interface=MANAGER_INTERFACE,
            member=member,
            signature=signature,
            body=body,
        )
    )
    if reply.message_type is MessageType.ERROR:
        raise BleakDBusError(reply.error_name or "", [str(item) for item in reply.body])
