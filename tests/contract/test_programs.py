"""Programs written for bleak on a Linux host find, read and drive the emulated camera unmodified."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.rack import Emulator
from tests.components import need_program

if sys.platform != "linux":
    pytest.skip("BlueZ is Linux only", allow_module_level=True)

PROGRAMS = Path(__file__).with_name("programs")


@dataclass
class Desk:
    """A host with the camera on its air."""

    emulator: Emulator

    async def run(self, name: str, *words: str) -> list[str]:
        """Run a program to its end, which has to be a good one; return the lines it wrote."""
        async with self.started(name, *words) as process:
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode().splitlines()

    @asynccontextmanager
    async def started(self, name: str, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a program for the length of a block."""
        assert self.emulator.dbus is not None
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAMS / f"{name}.py"),
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.emulator.dbus},
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    def noted(self, kind: str) -> int:
        return sum(entry.kind == kind for entry in self.emulator.journal.entries())


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    need_program("dbus-daemon")
    async with (
        asyncio.timeout(50),
        Emulator(ble=True, dbus=True, control=False, still_scale=8, clock="scaled:10") as emulator,
    ):
        await emulator.cameras[0].body.power_on()
        yield Desk(emulator)


async def test_the_camera_is_discovered(desk: Desk) -> None:
    ble = desk.emulator.cameras[0].radio()
    assert await desk.run("discover") == [f"{ble.address} DSC-QX10 -50 0x012d"]


async def test_everything_that_can_be_read_is_read(desk: Desk) -> None:
    address = desk.emulator.cameras[0].radio().address
    async with desk.started("desktop_agent") as agent:
        assert agent.stdout is not None
        assert await agent.stdout.readline() == b"ready\n"
        lines = [line.split() for line in await desk.run("explorer", address)]
    values = {words[0]: words[2:] for words in lines if len(words) > 1}
    assert bytes.fromhex(values["cc0b"][0]) == b"DSC-QX10"
    assert values["cc06"] == ["refused", "0x9d"]
    assert ["2902", "0000"] in lines
    assert {words[1] for words in lines if words[0] == "cc0b"} == {"514"}
    assert desk.noted("pairing asked") == 1


async def test_a_cable_release_takes_a_picture(desk: Desk) -> None:
    async with desk.started("desktop_agent") as agent:
        assert agent.stdout is not None
        assert await agent.stdout.readline() == b"ready\n"
        assert await desk.run("release") == ["released"]
    requests = [
        entry.data["value"]
        for entry in desk.emulator.journal.entries()
        if entry.data.get("method") == "write FF01"
    ]
    assert requests == ["01 07", "01 09", "01 08", "01 06"]


async def test_without_anybody_to_agree_no_bond_is_made(desk: Desk) -> None:
    async with desk.started("release") as process:
        _, err = await process.communicate()
    assert process.returncode != 0
    assert b"AuthenticationFailed" in err
