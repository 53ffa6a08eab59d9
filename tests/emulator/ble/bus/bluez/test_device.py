"""One device: connecting, pairing with and without an agent, and what a protected value brings about."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.emulator.ble.bus.bluez.rig import DEVICE, DEVICE_PATH, PASSKEY, begun, rigged
from tests.emulator.ble.bus.caller import Refused, calling
from tests.remotelens.transport.ble.gadget import PLAIN, SECRET


async def test_connecting_is_answered_before_the_services_are_there(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Connected") is True
        await rig.device("Connect")
        assert await rig.read(PLAIN) == b"plain"


async def test_objects_of_the_services_come_before_it_says_so(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.device("Connect")
        path, _ = await rig.caller.hear("InterfacesAdded", "/", lambda body: "service" in body[0])
        assert path.startswith(f"{DEVICE_PATH}/service")
        await rig.caller.hear("PropertiesChanged", DEVICE_PATH, lambda body: "ServicesResolved" in body[1])


async def test_a_lost_link_is_told_and_the_services_stay_known(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        rig.air.drop(rig.gadget.address)
        _, changed, _ = await rig.caller.hear(
            "PropertiesChanged", DEVICE_PATH, lambda body: "Connected" in body[1] and not body[1]["Connected"]
        )
        assert changed == {"ServicesResolved": False, "Connected": False}
        with pytest.raises(Refused, match="Not connected"):
            await rig.read(PLAIN)
        await rig.connect()
        assert await rig.read(PLAIN) == b"plain"


async def test_disconnecting_ends_a_connection_that_is_not_made_yet(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.gadget.device.stop_advertising()
        connecting = await begun(rig.device("Connect"))
        with pytest.raises(Refused, match="InProgress"):
            await rig.device("Connect")
        await rig.device("Disconnect")
        with pytest.raises(Refused, match="br-connection-canceled"):
            await connecting
        await rig.gadget.advertise()
        await rig.connect()


async def test_without_an_agent_not_even_a_bond_with_nothing_to_compare_is_made(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        with pytest.raises(Refused, match=r"AuthenticationFailed: Authentication Failed"):
            await rig.device("Pair")
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Connected") is True


async def test_with_an_agent_a_bond_that_was_asked_for_is_made_without_asking_it(bus_address: str) -> None:
    async with rigged(bus_address) as rig, calling(bus_address, "org.bluez") as other:
        await rig.agent(caller=other)
        await rig.find()
        await rig.connect()
        await rig.device("Pair")
        assert other.asked.empty()
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Paired") is True
        assert await rig.read(SECRET) == b"secret"
        with pytest.raises(Refused, match="AlreadyExists"):
            await rig.device("Pair")


async def test_pairing_connects_and_returns_with_the_services_there(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.agent()
        await rig.find()
        await rig.device("Pair")
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "ServicesResolved") is True
        assert await rig.read(SECRET) == b"secret"


async def test_a_protected_value_makes_the_bond_by_itself_when_the_agent_authorizes_it(
    bus_address: str,
) -> None:
    async with rigged(bus_address) as rig:
        await rig.agent()
        await rig.find()
        await rig.connect()
        assert await rig.read(SECRET) == b"secret"
        assert await rig.caller.asked.get() == ("RequestAuthorization", [DEVICE_PATH])
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Paired") is True


async def test_a_protected_value_is_never_answered_without_an_agent_until_paired_after_all(
    bus_address: str,
) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        refused = asyncio.Event()
        reading = await begun(rig.read(SECRET))
        behind = await begun(rig.read(PLAIN))
        rig.gadget.connections.get_nowait().on("pairing_failure", lambda _: refused.set())
        await refused.wait()
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Connected") is True
        assert not reading.done()
        assert not behind.done()
        await rig.agent()
        await rig.device("Pair")
        assert await reading == b"secret"
        assert await behind == b"plain"


async def test_what_never_gets_an_answer_ends_with_the_link(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        refused = asyncio.Event()
        rig.gadget.connections.get_nowait().on("pairing_failure", lambda _: refused.set())
        reading = await begun(rig.read(SECRET))
        await refused.wait()
        rig.air.drop(rig.gadget.address)
        with pytest.raises(Refused, match="Operation failed"):
            await reading


async def test_a_number_that_the_device_shows_is_asked_of_the_agent(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.show_passkey()
        rig.caller.answers["RequestPasskey"] = ("u", [PASSKEY])
        await rig.agent("KeyboardDisplay")
        await rig.find()
        await rig.connect()
        await rig.device("Pair")
        assert await rig.caller.asked.get() == ("RequestPasskey", [DEVICE_PATH])
        assert await rig.read(SECRET) == b"secret"


async def test_a_wrong_number_is_refused_and_the_link_stays_for_another_try(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.show_passkey()
        rig.caller.answers["RequestPasskey"] = ("u", [PASSKEY + 1])
        await rig.agent("KeyboardOnly")
        await rig.find()
        await rig.connect()
        with pytest.raises(Refused, match="AuthenticationFailed"):
            await rig.device("Pair")
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Connected") is True
        assert await rig.read(PLAIN) == b"plain"


async def test_an_agent_that_types_nothing_refuses_the_number(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.show_passkey()
        rig.caller.answers["RequestPasskey"] = None
        await rig.agent("KeyboardDisplay")
        await rig.find()
        await rig.connect()
        with pytest.raises(Refused, match="AuthenticationFailed"):
            await rig.device("Pair")


async def test_an_agent_that_can_do_nothing_gets_a_bond_with_nothing_to_compare(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.show_passkey()
        await rig.agent("NoInputNoOutput")
        await rig.find()
        await rig.connect()
        await rig.device("Pair")
        assert rig.caller.asked.empty()


async def test_a_device_that_refuses_is_told_as_such(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.gadget.pairing_open = False
        await rig.agent()
        await rig.find()
        with pytest.raises(Refused, match="AuthenticationFailed"):
            await rig.device("Pair")
        await rig.caller.until(DEVICE_PATH, DEVICE, "Connected", False)


async def test_pairing_is_cancelled_by_the_caller_and_by_the_end_of_the_link(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.gadget.accept_gate.clear()
        await rig.agent()
        await rig.find()
        for end in ("CancelPairing", "Disconnect"):
            await rig.connect()
            pairing = await begun(rig.device("Pair"))
            with pytest.raises(Refused, match="InProgress"):
                await rig.device("Pair")
            await rig.device(end)
            with pytest.raises(Refused, match="AuthenticationCanceled"):
                await pairing
        with pytest.raises(Refused, match="DoesNotExist"):
            await rig.device("CancelPairing")


async def test_nobody_wants_a_bond_whose_program_has_left(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.gadget.accept_gate.clear()
        await rig.agent()
        await rig.find()
        async with calling(bus_address, "org.bluez") as other:
            pairing = await begun(other.call(DEVICE_PATH, DEVICE, "Pair"))
            await rig.caller.until(DEVICE_PATH, DEVICE, "Connected", True)
        await rig.caller.until(DEVICE_PATH, DEVICE, "Connected", False)
        pairing.cancel()


async def test_bonds_outlive_the_service(bus_address: str, tmp_path: Path) -> None:
    async with rigged(bus_address, state_dir=tmp_path) as rig:
        await rig.agent()
        await rig.find()
        await rig.device("Pair")
        keys = rig.gadget.device.keystore
    async with rigged(bus_address, state_dir=tmp_path) as rig:
        rig.gadget.device.keystore = keys
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Paired") is True
        await rig.connect()
        assert await rig.read(SECRET) == b"secret"


async def test_a_device_that_has_forgotten_the_bond_is_not_connected_to(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.agent()
        await rig.find()
        await rig.device("Pair")
        await rig.device("Disconnect")
        assert rig.gadget.device.keystore is not None
        await rig.gadget.device.keystore.delete_all()
        with pytest.raises(Refused, match="le-connection-abort-by-local"):
            await rig.device("Connect")
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Paired") is True
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Connected") is False
