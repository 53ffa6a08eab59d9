"""Values of a device: reading, writing, being told, and the sockets that go past the bus."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest
from dbus_fast import Variant

from tests.emulator.ble.bus.bluez.rig import CHARACTERISTIC, DEVICE, DEVICE_PATH, Rig, rigged
from tests.emulator.ble.bus.caller import Refused, calling
from tests.remotelens.transport.ble.gadget import ALARMS, COMMANDS, ECHO, PLAIN, REFUSING, TICKS

DESCRIPTOR = "org.bluez.GattDescriptor1"


async def connected(rig: Rig) -> None:
    await rig.agent()
    await rig.find()
    await rig.device("Pair")


async def write(rig: Rig, uuid: str, value: bytes, **options: Variant) -> None:
    path = await rig.path_of(uuid)
    await rig.caller.call(path, CHARACTERISTIC, "WriteValue", "aya{sv}", value, options)


async def test_generic_access_is_bluez_own_affair(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        objects = await rig.caller.objects()
        services = [
            items["org.bluez.GattService1"] for items in objects.values() if "GattService1" in str(items)
        ]
        assert "00001800-0000-1000-8000-00805f9b34fb" not in [service["UUID"] for service in services]
        assert {service["Device"] for service in services} == {DEVICE_PATH}


async def test_a_read_is_told_as_a_value_too(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        path = await rig.path_of(PLAIN)
        assert await rig.read(PLAIN) == b"plain"
        _, changed, _ = await rig.caller.hear("PropertiesChanged", path, lambda body: "Value" in body[1])
        assert changed == {"Value": b"plain"}
        part = await rig.caller.call(path, CHARACTERISTIC, "ReadValue", "a{sv}", {"offset": Variant("q", 3)})
        assert part == b"in"
        with pytest.raises(Refused, match="Invalid offset"):
            await rig.caller.call(path, CHARACTERISTIC, "ReadValue", "a{sv}", {"offset": Variant("q", 9)})


@pytest.mark.parametrize(
    ("uuid", "options", "error"),
    [
        (PLAIN, {}, "NotSupported"),
        (ECHO, {"type": Variant("s", "command")}, "NotSupported"),
        (COMMANDS, {"type": Variant("s", "request")}, "NotSupported"),
    ],
)
async def test_a_write_that_cannot_be_is_refused(
    bus_address: str, uuid: str, options: dict[str, Variant], error: str
) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        with pytest.raises(Refused, match=error):
            await write(rig, uuid, b"x", **options)


async def test_a_vendors_att_error_keeps_its_number(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        with pytest.raises(Refused, match=r"Error\.Failed: Operation failed with ATT error: 0x9d"):
            await rig.read(REFUSING)


async def test_descriptors_are_read_and_subscriptions_are_not_written_by_hand(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        objects = await rig.caller.objects()
        ticks = await rig.path_of(TICKS)
        descriptors = {
            items[DESCRIPTOR]["UUID"][4:8]: path
            for path, items in objects.items()
            if DESCRIPTOR in items and path.startswith(ticks)
        }
        assert set(descriptors) == {"2901", "2902"}
        text = await rig.caller.call(descriptors["2901"], DESCRIPTOR, "ReadValue", "a{sv}", {})
        assert text == b"ticks of a clock"
        with pytest.raises(Refused, match="Write not permitted"):
            await rig.caller.call(descriptors["2902"], DESCRIPTOR, "WriteValue", "aya{sv}", b"\1\0", {})


async def test_each_program_is_told_until_it_stops_or_leaves(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        path = await rig.path_of(TICKS)
        async with calling(bus_address, "org.bluez") as other:
            await other.call(path, CHARACTERISTIC, "StartNotify")
            await rig.caller.call(path, CHARACTERISTIC, "StartNotify")
            await rig.caller.call(path, CHARACTERISTIC, "StartNotify")
            await rig.gadget.device.notify_subscribers(rig.gadget.ticks, b"\1")
            for program in (other, rig.caller):
                await program.hear("PropertiesChanged", path, lambda body: body[1].get("Value") == b"\1")
            await rig.caller.call(path, CHARACTERISTIC, "StopNotify")
            with pytest.raises(Refused, match="No notify session started"):
                await rig.caller.call(path, CHARACTERISTIC, "StopNotify")
            assert await rig.caller.get(path, CHARACTERISTIC, "Notifying") is True
        await rig.caller.until(path, CHARACTERISTIC, "Notifying", False)


async def test_those_who_listen_are_told_again_after_a_lost_link(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        path = await rig.path_of(ALARMS)
        await rig.caller.call(path, CHARACTERISTIC, "StartNotify")
        subscribed = asyncio.Event()
        rig.gadget.alarms.on("subscription", lambda *_: subscribed.set())
        rig.air.drop(rig.gadget.address)
        await rig.caller.hear(
            "PropertiesChanged", DEVICE_PATH, lambda body: body[1].get("Connected") is False
        )
        await rig.connect()
        await subscribed.wait()
        await rig.gadget.device.indicate_subscribers(rig.gadget.alarms, b"\2")
        await rig.caller.hear("PropertiesChanged", path, lambda body: body[1].get("Value") == b"\2")


async def test_what_does_not_tell_cannot_be_listened_to(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        with pytest.raises(Refused, match="NotSupported"):
            await rig.caller.call(await rig.path_of(PLAIN), CHARACTERISTIC, "StartNotify")


async def test_values_come_through_an_acquired_socket(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        path = await rig.path_of(TICKS)
        answer = await rig.caller.message(path, CHARACTERISTIC, "AcquireNotify", "a{sv}", {})
        assert answer.body[1] == 517
        with pytest.raises(Refused, match="Notify acquired"):
            await rig.caller.call(path, CHARACTERISTIC, "StartNotify")
        with socket.socket(fileno=answer.unix_fds[0]) as values:
            values.setblocking(False)
            await rig.gadget.device.notify_subscribers(rig.gadget.ticks, b"\7")
            assert await asyncio.get_running_loop().sock_recv(values, 512) == b"\7"
        await rig.caller.until(path, CHARACTERISTIC, "NotifyAcquired", False)


async def test_values_are_written_through_an_acquired_socket(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        path = await rig.path_of(COMMANDS)
        answer = await rig.caller.message(path, CHARACTERISTIC, "AcquireWrite", "a{sv}", {})
        with pytest.raises(Refused, match="Write acquired"):
            await write(rig, COMMANDS, b"x", type=Variant("s", "command"))
        with socket.socket(fileno=answer.unix_fds[0]) as values:
            values.send(b"go")
            await rig.gadget.wrote.wait()
        assert rig.gadget.written[COMMANDS] == [b"go"]
        await rig.caller.until(path, CHARACTERISTIC, "WriteAcquired", False)


async def test_acquired_sockets_end_with_the_link(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await connected(rig)
        answer = await rig.caller.message(
            await rig.path_of(COMMANDS), CHARACTERISTIC, "AcquireWrite", "a{sv}", {}
        )
        descriptor = answer.unix_fds[0]
        await rig.device("Disconnect")
        assert await asyncio.to_thread(os.read, descriptor, 1) == b""
        os.close(descriptor)
        assert await rig.caller.get(DEVICE_PATH, DEVICE, "Connected") is False
