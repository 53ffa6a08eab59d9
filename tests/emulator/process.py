"""The emulator as a process of its own, as users run it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


def _environment(ready_file: Path | None) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REMOTELENS_")}
    if ready_file is not None:
        environment["REMOTELENS_EMULATOR_READY"] = str(ready_file)
    return environment


async def _start(*words: str, ready_file: Path | None = None) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "emulator",
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(ready_file),
    )


async def command(*words: str, stdin: str = "", ready_file: Path | None = None) -> Outcome:
    """Run a command to its end."""
    process = await _start(*words, ready_file=ready_file)
    out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return Outcome(process.returncode, out.decode(), err.decode())


class Running:
    """A running emulator."""

    def __init__(self, process: asyncio.subprocess.Process, ready: dict[str, Any]) -> None:
        self.process = process
        self.ready = ready

    @property
    def camera(self) -> dict[str, Any]:
        """The first camera's entry."""
        entry: dict[str, Any] = self.ready["cameras"][0]
        return entry

    async def stop(self, number: int) -> Outcome:
        """Send a signal and tell how it ended."""
        self.process.send_signal(number)
        out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Outcome(self.process.returncode, out.decode(), err.decode())


@contextlib.asynccontextmanager
async def running(*words: str) -> AsyncIterator[Running]:
    """Run cameras; the process is ended in the end, whatever happens."""
    process = await _start("run", "--json", "--no-ssdp", *words)
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        assert line, (await process.communicate())[1].decode()
        yield Running(process, json.loads(line))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@contextlib.asynccontextmanager
async def started(*words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    """Run a command that says first, as a line of JSON, where it is; it is ended in the end."""
    process = await _start(*words)
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        assert line, (await process.communicate())[1].decode()
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def left_in(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(entry.name for entry in folder.iterdir())
