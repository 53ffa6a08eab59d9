"""The pairing agent, asked by a stand-in for BlueZ on a private bus."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakDBusError

from remotelens.errors import MissingComponent
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.agent import bonding_agent
from remotelens.transport.ble.scan import scanning
from tests.components import need_program

if sys.platform != "linux":
    pytest.skip("BlueZ is Linux only", allow_module_level=True)

from dbus_fast import DBusError, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusObjectPath, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method

ADDRESS = "C4:00:00:00:00:01"
DEVICE = "/org/bluez/hci0/dev_C4_00_00_00_00_01"
OTHER_DEVICE = "/org/bluez/hci0/dev_C4_00_00_00_00_02"


class AgentManager(ServiceInterface):
    """BlueZ's side: notes what is registered."""

    def __init__(self) -> None:
        super().__init__("org.bluez.AgentManager1")
        self.calls: list[tuple[str, ...]] = []
        self.refuse = False

    @dbus_method()
    def RegisterAgent(self, agent: DBusObjectPath, capability: DBusStr) -> None:  # noqa: N802
        if self.refuse:
            raise DBusError("org.bluez.Error.AlreadyExists", "Already Exists")
        self.calls.append(("RegisterAgent", agent, capability))

    @dbus_method()
    def RequestDefaultAgent(self, agent: DBusObjectPath) -> None:  # noqa: N802
        self.calls.append(("RequestDefaultAgent", agent))

    @dbus_method()
    def UnregisterAgent(self, agent: DBusObjectPath) -> None:  # noqa: N802
        self.calls.append(("UnregisterAgent", agent))


class Bluez:
    """The stand-in: asks the agent as bluetoothd does."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.manager = AgentManager()
        self.agent_owner: str | None = None
        bus.add_message_handler(self._spy)
        bus.export("/org/bluez", self.manager)

    def _spy(self, message: Message) -> None:
        if message.member == "RegisterAgent":
            self.agent_owner = message.sender

    async def ask(self, member: str, signature: str, *body: Any) -> Message:
        agent = self.manager.calls[0][1]
        reply = await self.bus.call(
            Message(
                destination=self.agent_owner,
                path=agent,
                interface="org.bluez.Agent1",
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        assert isinstance(reply, Message)
        return reply


@pytest.fixture
async def bluez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bluez]:
    program = need_program("dbus-daemon")
    address = f"unix:path={tmp_path}/bus"
    daemon = await asyncio.create_subprocess_exec(
        program,
        "--session",
        f"--address={address}",
        "--nofork",
        "--print-address",
        stdout=asyncio.subprocess.PIPE,
    )
    assert daemon.stdout is not None
    await daemon.stdout.readline()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    bus = await MessageBus(bus_address=address).connect()
    await bus.request_name("org.bluez")
    yield Bluez(bus)
    bus.disconnect()
    daemon.terminate()
    await daemon.wait()


async def test_the_agent_is_there_for_the_block_and_no_longer(bluez: Bluez) -> None:
    async with bonding_agent(Adapter.parse("system"), ADDRESS):
        registered, asked_for = bluez.manager.calls
        assert registered[0::2] == ("RegisterAgent", "NoInputNoOutput")
        assert asked_for == ("RequestDefaultAgent", registered[1])
    assert bluez.manager.calls[2] == ("UnregisterAgent", registered[1])


async def test_the_agent_is_taken_back_when_pairing_fails(bluez: Bluez) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bonding_agent(Adapter.parse("system"), ADDRESS):
            raise ZeroDivisionError
    assert bluez.manager.calls[-1][0] == "UnregisterAgent"


async def test_the_agent_agrees_to_its_device_and_refuses_others(bluez: Bluez) -> None:
    async with bonding_agent(Adapter.parse("system"), ADDRESS.lower()):
        for member, signature, body in (
            ("RequestAuthorization", "o", ()),
            ("RequestConfirmation", "ou", (123456,)),
            ("AuthorizeService", "os", ("0000180f-0000-1000-8000-00805f9b34fb",)),
        ):
            agreed = await bluez.ask(member, signature, DEVICE, *body)
            assert agreed.message_type is MessageType.METHOD_RETURN, member
            refused = await bluez.ask(member, signature, OTHER_DEVICE, *body)
            assert refused.error_name == "org.bluez.Error.Rejected", member


async def test_the_agent_types_nothing_and_shows_nothing(bluez: Bluez) -> None:
    async with bonding_agent(Adapter.parse("system"), ADDRESS):
        for member in ("RequestPasskey", "RequestPinCode"):
            assert (await bluez.ask(member, "o", DEVICE)).error_name == "org.bluez.Error.Rejected"
        for member, signature, body in (
            ("DisplayPasskey", "ouq", (DEVICE, 1, 0)),
            ("DisplayPinCode", "os", (DEVICE, "0000")),
            ("Cancel", "", ()),
            ("Release", "", ()),
        ):
            reply = await bluez.ask(member, signature, *body)
            assert reply.message_type is MessageType.METHOD_RETURN, member


async def test_a_refused_agent_is_bleaks_own_error(bluez: Bluez) -> None:
    bluez.manager.refuse = True
    with pytest.raises(BleakDBusError, match="AlreadyExists"):
        async with bonding_agent(Adapter.parse("system"), ADDRESS):
            pass
    assert bluez.manager.calls == []


async def test_no_agent_where_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    async with bonding_agent(Adapter.parse("hci:usb:0"), ADDRESS):
        pass
    monkeypatch.setattr(sys, "platform", "darwin")
    async with bonding_agent(Adapter.parse("system"), ADDRESS):
        pass


async def test_a_host_without_bluez_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(MissingComponent) as caught:
        async with scanning(Adapter.parse("system")):
            pass
    assert "\n" not in str(caught.value)
