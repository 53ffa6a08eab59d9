"""A service: what it answers by itself, how its calls run, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from dbus_fast import Variant

from emulator.ble.bus.interface import BusError, Call, Interface, Method, Property, Reply
from emulator.ble.bus.server import Server
from remotelens.errors import RemoteLensError
from tests.emulator.ble.bus.caller import LIMIT_S, PROPERTIES, Caller, Refused, calling

NAME = "org.example.Service"
THING = "org.example.Thing"
ROOT = "/"
ERROR = "org.freedesktop.DBus.Error"


class Thing:
    def __init__(self) -> None:
        self.waiting = asyncio.Event()
        self.ended: list[str] = []
        self.interface = Interface(
            THING,
            {
                "Name": Property("s"),
                "Size": Property("u", 3, lambda value: self.interface.update(Size=value)),
            },
            (
                Method("Double", lambda call: (call.arguments[0] * 2,), takes="u", gives="u"),
                Method("Refuse", self.refuse),
                Method("Wait", self.wait),
                Method("Wrong", lambda call: ("text",), gives="u"),
                Method("Open", self.open, gives="h"),
            ),
        )

    def refuse(self, call: Call) -> None:
        raise BusError("org.example.Error.No", f"not for {call.sender}")

    async def wait(self, _: Call) -> None:
        self.waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.append("wait")

    def open(self, _: Call) -> Reply:
        reading, writing = os.pipe()
        os.write(writing, b"through the bus")
        os.close(writing)
        return Reply((0,), (reading,))


@asynccontextmanager
async def served(address: str) -> AsyncIterator[tuple[Server, Thing, Caller]]:
    server = await Server.connect(address, NAME, ROOT)
    thing = Thing()
    async with asyncio.timeout(LIMIT_S), calling(address, NAME) as caller:
        server.export("/thing", [thing.interface])
        yield server, thing, caller
        await server.close()


async def test_methods_are_called_and_refuse(bus_address: str) -> None:
    async with served(bus_address) as (_, _, caller):
        assert await caller.call("/thing", THING, "Double", "u", 21) == 42
        with pytest.raises(Refused, match=r"org\.example\.Error\.No: not for :1\."):
            await caller.call("/thing", THING, "Refuse")


@pytest.mark.parametrize(
    ("path", "interface", "member", "signature", "body", "error"),
    [
        ("/nothing", THING, "Double", "u", (1,), "UnknownObject"),
        ("/thing", "org.example.Other", "Double", "u", (1,), "UnknownMethod"),
        ("/thing", THING, "Halve", "u", (1,), "UnknownMethod"),
        ("/thing", THING, "Double", "s", ("1",), "InvalidArgs"),
        ("/thing", PROPERTIES, "Get", "ss", (THING, "Colour"), "InvalidArgs"),
        ("/thing", PROPERTIES, "Get", "ss", (THING, "Name"), "InvalidArgs"),
        ("/thing", PROPERTIES, "Set", "ssv", (THING, "Name", Variant("s", "x")), "PropertyReadOnly"),
        ("/thing", PROPERTIES, "Set", "ssv", (THING, "Size", Variant("s", "x")), "InvalidArgs"),
        ("/thing", PROPERTIES, "Set", "ssv", (THING, "Colour", Variant("s", "x")), "InvalidArgs"),
        ("/nothing", "org.freedesktop.DBus.Introspectable", "Introspect", "", (), "UnknownObject"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name(
    bus_address: str,
    path: str,
    interface: str,
    member: str,
    signature: str,
    body: tuple[object, ...],
    error: str,
) -> None:
    async with served(bus_address) as (_, _, caller):
        with pytest.raises(Refused) as caught:
            await caller.call(path, interface, member, signature, *body)
        assert caught.value.name == f"{ERROR}.{error}"


async def test_properties_are_read_set_and_told(bus_address: str) -> None:
    async with served(bus_address) as (_, _, caller):
        assert await caller.call("/thing", PROPERTIES, "GetAll", "s", THING) == {"Size": 3}
        await caller.call("/thing", PROPERTIES, "Set", "ssv", THING, "Size", Variant("u", 9))
        assert await caller.hear("PropertiesChanged", "/thing") == [THING, {"Size": 9}, []]
        assert await caller.get("/thing", THING, "Size") == 9


async def test_objects_come_and_go_by_signals_of_the_root(bus_address: str) -> None:
    async with served(bus_address) as (server, _, caller):
        server.export("/thing/part", [Interface("org.example.Part", {"Of": Property("o", "/thing")})])
        added = await caller.hear("InterfacesAdded", ROOT, lambda body: body[0] == "/thing/part")
        assert added == ["/thing/part", {"org.example.Part": {"Of": "/thing"}}]
        assert set(await caller.objects()) == {"/thing", "/thing/part"}
        server.remove("/thing/part")
        server.remove("/thing/part")
        assert await caller.hear("InterfacesRemoved", ROOT) == ["/thing/part", ["org.example.Part"]]


async def test_it_describes_itself_from_the_root_down(bus_address: str) -> None:
    async with served(bus_address) as (_, _, caller):
        standard = "org.freedesktop.DBus.Introspectable"
        root = ET.fromstring(await caller.call("/", standard, "Introspect"))
        assert [node.get("name") for node in root.findall("node")] == ["thing"]
        thing = ET.fromstring(await caller.call("/thing", standard, "Introspect"))
        assert THING in [item.get("name") for item in thing.findall("interface")]
        assert await caller.call("/thing", "org.freedesktop.DBus.Peer", "Ping") is None


async def test_a_file_descriptor_goes_through(bus_address: str) -> None:
    async with served(bus_address) as (_, _, caller):
        answer = await caller.message("/thing", THING, "Open")
        with os.fdopen(answer.unix_fds[0], "rb") as file:
            assert file.read() == b"through the bus"


async def test_an_answer_that_does_not_fit_is_an_error_and_the_service_lives(
    bus_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(bus_address) as (_, _, caller):
        with caplog.at_level(logging.CRITICAL), pytest.raises(Refused, match="Failed"):
            await caller.call("/thing", THING, "Wrong")
        assert await caller.call("/thing", THING, "Double", "u", 1) == 2


async def test_one_that_waits_does_not_hold_up_the_others_and_ends_with_the_service(bus_address: str) -> None:
    async with served(bus_address) as (server, thing, caller):
        waiting = asyncio.ensure_future(caller.call("/thing", THING, "Wait"))
        await thing.waiting.wait()
        assert await caller.call("/thing", THING, "Double", "u", 2) == 4
        await server.close()
        assert thing.ended == ["wait"]
        waiting.cancel()


async def test_a_program_that_leaves_is_told_to_those_who_watch_it(bus_address: str) -> None:
    async with served(bus_address) as (server, _, caller):
        gone = asyncio.Event()
        async with calling(bus_address, NAME) as other:
            assert other.bus.unique_name is not None
            server.watch(other.bus.unique_name, gone.set)
            end = server.watch(other.bus.unique_name, lambda: pytest.fail("the watch had ended"))
            end()
            end()
        await gone.wait()
        assert await caller.call("/thing", THING, "Double", "u", 1) == 2


async def test_a_name_that_is_taken_is_told(bus_address: str) -> None:
    async with served(bus_address):
        with pytest.raises(RemoteLensError, match="is taken"):
            await Server.connect(bus_address, NAME, ROOT)
