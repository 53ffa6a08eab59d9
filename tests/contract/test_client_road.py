"""The client's whole road over a Linux host's own Bluetooth and NetworkManager."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.components import need_program
from tests.programs import Ended, Here

if sys.platform != "linux":
    pytest.skip("BlueZ and NetworkManager are Linux only", allow_module_level=True)

from dbus_fast import Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus

NM = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"


@pytest.fixture
def here(tmp_path: Path) -> Here:
    need_program("dbus-daemon")
    return Here(tmp_path)


class Desk:
    """A host with an emulated camera on its air."""

    def __init__(self, here: Here, ready: Mapping[str, Any], bus: MessageBus) -> None:
        self.here = here
        self.ready = ready
        self._bus = bus
        self._heard: asyncio.Queue[Message] = asyncio.Queue()
        bus.add_message_handler(self._hear)

    @property
    def camera(self) -> dict[str, Any]:
        entry: dict[str, Any] = self.ready["cameras"][0]
        return entry

    async def remotelens(self, *words: str, stdin: str | None = None) -> Ended:
        """Run the client on this host's own Bluetooth and Wi-Fi."""
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": self.ready["air"]["dbus"]}
        return await asyncio.to_thread(self.here.remotelens, *words, stdin=stdin, **bus)

    async def setup(self, *words: str) -> Ended:
        """Add the camera; it is named, so that nobody listens for others."""
        return await self.remotelens(*SETUP, f"ble:{self.camera['ble']['address']}", *words)

    async def shoot(self) -> Path:
        """Take a picture from Python, joined through the host's own Wi-Fi; return where it is."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SHOOT,
            cwd=self.here.folder,
            env={**self.here.environment, "DBUS_SYSTEM_BUS_ADDRESS": self.ready["air"]["dbus"]},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return self.here.folder / out.decode().strip()

    def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.ready["control"]["url"] + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.ready['control']['token']}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            value: dict[str, Any] = json.loads(answer.read())
        return value

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.control("/v1/journal")["items"]]

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        answer = await self._bus.call(
            Message(
                destination=NM,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        assert answer.message_type is MessageType.METHOD_RETURN, answer.body
        return unpack_variants(answer.body[0]) if answer.body else None

    async def bluez(self, interface: str, member: str, signature: str, *body: Any) -> None:
        """Call the host's Bluetooth adapter."""
        answer = await self._bus.call(
            Message(
                destination="org.bluez",
                path="/org/bluez/hci0",
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        assert answer.message_type is MessageType.METHOD_RETURN, answer.body

    async def get(self, path: str, interface: str, name: str) -> Any:
        return await self.call(path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)

    async def network(self) -> str:
        """Return what the host's Wi-Fi is on once it has settled."""
        while True:
            for active in await self.get(ROOT, NM, "ActiveConnections"):
                if await self.get(active, f"{NM}.Connection.Active", "State") == 2:
                    return str(await self.get(active, f"{NM}.Connection.Active", "Id"))
            await self._heard.get()

    async def profiles(self) -> int:
        return len(await self.call(f"{ROOT}/Settings", f"{NM}.Settings", "ListConnections"))

    def _hear(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and message.member == "StateChanged":
            self._heard.put_nowait(message)


@asynccontextmanager
async def desk(here: Here, *words: str) -> AsyncIterator[Desk]:
    """Run an emulator with a host's bus for the length of a block."""
    with here.emulator(*RUN, "--seed", here.seed, *words) as ready:
        bus = await MessageBus(bus_address=ready["air"]["dbus"]).connect()
        made = Desk(here, ready, bus)
        await bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[f"type='signal',sender='{NM}'"],
            )
        )
        try:
            yield made
        finally:
            bus.disconnect()


SHOOT = """
import asyncio, pathlib, sys, remotelens
async def main():
    async with remotelens.connect(ble_adapter="system", join="system") as camera:
        shot = await camera.capture(size="postview")
        kept = await shot.download(pathlib.Path("pictures"))
        sys.stdout.write(str(kept.files[0].path))
asyncio.run(main())
"""
RUN = ("--ble", "--dbus", "--still-scale", "8", "--clock", "scaled:20")
SETUP = ("setup", "--ble", "--join", "system", "--json")


async def test_the_whole_road_is_walked_and_the_host_is_left_as_it_was(here: Here) -> None:
    async with asyncio.timeout(50), desk(here) as host:
        assert await host.network() == "Home"
        found = await host.remotelens("discover", "--ble", "--for", "1", "--json")
        assert found.json["items"][0]["ble_address"] == host.camera["ble"]["address"]

        ended = await host.remotelens(*SETUP)

        assert ended.code == 0, ended.stderr
        assert ended.json["ssid"] == host.camera["ssid"]
        assert host.camera["key"] not in ended.stdout + ended.stderr
        assert host.kinds().count("pairing asked") == 1
        assert "joined" in host.kinds()
        assert await host.network() == "Home"
        assert await host.profiles() == 1
        assert host.control("/v1/cameras")["items"][0]["joined"] is False


async def test_a_picture_is_taken_over_the_hosts_own_bluetooth_and_wifi(here: Here) -> None:
    async with asyncio.timeout(50), desk(here) as host:
        assert (await host.setup()).code == 0
        picture = await host.shoot()
        assert picture.read_bytes()[:2] == b"\xff\xd8"
        assert host.kinds().count("pairing asked") == 1


async def test_a_wrong_key_is_told_as_such_and_the_host_is_back_at_home(here: Here) -> None:
    async with asyncio.timeout(50), desk(here) as host:
        assert (await host.setup()).code == 0
        (here.folder / "key").write_text("wr0ngKey!")
        ended = await host.remotelens(
            "setup", "--ssid", host.camera["ssid"], "--key-file", "key", "--join", "system", "--name", "other"
        )
        assert ended.code == 4
        assert "the key was not accepted" in ended.stderr
        assert "wr0ngKey!" not in ended.stderr
        assert await host.network() == "Home"
        assert await host.profiles() == 1
        assert "join refused" in host.kinds()


async def test_a_closed_pairing_screen_is_told_with_what_to_press(here: Here) -> None:
    async with asyncio.timeout(50), desk(here, "--pairing", "closed") as host:
        ended = await host.setup()
        assert ended.code == 4
        assert "the camera is switched off, so it takes no new bond" in ended.stderr
        assert "MENU, Network, Bluetooth, Pairing" in ended.stderr


async def test_a_bond_is_made_anew_when_asked_to(here: Here) -> None:
    async with asyncio.timeout(55), desk(here) as host:
        assert (await host.setup()).code == 0
        host.control(f"/v1/cameras/{host.camera['id']}/pairing", {"screen": True})
        ended = await host.setup("--again")
        assert ended.code == 0, ended.stderr
        assert host.kinds().count("pairing asked") == 2


async def test_a_bond_that_the_host_itself_has_lost_is_explained(here: Here) -> None:
    async with asyncio.timeout(55), desk(here) as host:
        assert (await host.setup()).code == 0
        host.control(f"/v1/cameras/{host.camera['id']}/pairing", {"screen": False})
        device = "dev_" + host.camera["ble"]["address"].replace(":", "_")
        await host.bluez("org.bluez.Adapter1", "RemoveDevice", "o", f"/org/bluez/hci0/{device}")
        ended = await host.setup()
        assert ended.code == 4
        assert "or another Bluetooth adapter has it" in ended.stderr
        assert "--again" in ended.stderr


async def test_setup_is_told_when_the_hosts_bluetooth_is_off(here: Here) -> None:
    async with asyncio.timeout(50), desk(here) as host:
        properties = "org.freedesktop.DBus.Properties"
        await host.bluez(properties, "Set", "ssv", "org.bluez.Adapter1", "Powered", Variant("b", False))
        ended = await host.remotelens("discover", "--ble", "--timeout", "20")
        assert ended.code != 0
        assert "Turn on Bluetooth" in ended.stderr
