"""Agents: who is asked, who comes first, and what happens when one is gone."""

from __future__ import annotations

import pytest

from tests.emulator.ble.bus.bluez.rig import DEVICE_PATH, rigged
from tests.emulator.ble.bus.caller import Refused, calling
from tests.remotelens.transport.ble.gadget import SECRET

MANAGER = ("/org/bluez", "org.bluez.AgentManager1")


async def test_the_first_agent_is_asked_until_another_wants_to_be(bus_address: str) -> None:
    async with rigged(bus_address) as rig, calling(bus_address, "org.bluez") as second:
        await rig.agent()
        await rig.agent(caller=second)
        await second.call(*MANAGER, "RequestDefaultAgent", "o", "/agent")
        await rig.find()
        await rig.connect()
        assert await rig.read(SECRET) == b"secret"
        assert await second.asked.get() == ("RequestAuthorization", [DEVICE_PATH])
        assert rig.caller.asked.empty()


async def test_an_agent_is_gone_with_its_program(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        async with calling(bus_address, "org.bluez") as other:
            await rig.agent(caller=other)
        await rig.find()
        await rig.connect()
        with pytest.raises(Refused, match="AuthenticationFailed"):
            await rig.device("Pair")


async def test_an_unregistered_agent_is_not_asked(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.agent()
        await rig.caller.call(*MANAGER, "UnregisterAgent", "o", "/agent")
        await rig.find()
        await rig.connect()
        with pytest.raises(Refused, match="AuthenticationFailed"):
            await rig.device("Pair")


@pytest.mark.parametrize(
    ("member", "signature", "body", "error"),
    [
        ("RegisterAgent", "os", ("/agent", "Telepathy"), "InvalidArguments"),
        ("UnregisterAgent", "o", ("/agent",), "DoesNotExist"),
        ("RequestDefaultAgent", "o", ("/agent",), "DoesNotExist"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    bus_address: str, member: str, signature: str, body: tuple[str, ...], error: str
) -> None:
    async with rigged(bus_address) as rig:
        with pytest.raises(Refused, match=error):
            await rig.caller.call(*MANAGER, member, signature, *body)


async def test_a_program_has_one_agent(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.agent("")
        with pytest.raises(Refused, match="AlreadyExists"):
            await rig.agent()
