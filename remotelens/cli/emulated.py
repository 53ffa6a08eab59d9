"""An emulated camera as a process of its own, for the commands that need no hardware.

The emulator is never imported: it is started with this interpreter, says in one line where everything is, and
ends with the block whatever happens in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from remotelens.clock import REAL_CLOCK
from remotelens.errors import MissingComponent, RemoteLensError

START_LIMIT_S = 60.0
END_LIMIT_S = 10.0
READY_VARIABLE = "REMOTELENS_EMULATOR_READY"


class EmulatorFailed(RemoteLensError):
    """The emulated camera did not start, or ended by itself."""


def check_installed() -> None:
    """See that an emulator can be started.

    Raises:
        MissingComponent: a plain installation has none.
    """
    if any(find_spec(name) is None for name in ("emulator", "bumble", "h11")):
        raise MissingComponent(
            "this installation has no emulated cameras", remedy="pip install 'remotelens[demo]'"
        )


class EmulatedCamera:
    """A running emulator: what it said when it was ready."""

    def __init__(self, ready: dict[str, Any], ready_file: Path, process: asyncio.subprocess.Process) -> None:
        self.ready = ready
        self.ready_file = ready_file
        self.process = process

    @property
    def adapter(self) -> str:
        """The Bluetooth controller that reaches it."""
        return str(self.ready["air"]["adapter"])

    @property
    def ble_address(self) -> str:
        """Its address there."""
        return str(self.ready["cameras"][0]["ble"]["address"])

    @property
    def description_url(self) -> str:
        """Where its description stands."""
        return str(self.ready["cameras"][0]["description_url"])

    @property
    def join_command(self) -> str:
        """The program that stands for its access point, as `--join` takes it."""
        return f"command:{_quoted(sys.executable)} -m emulator join"


@asynccontextmanager
async def emulated(
    arguments: Sequence[str], folder: Path, *, quiet: bool = False
) -> AsyncIterator[EmulatedCamera]:
    """Run an emulator while the block runs.

    Args:
        arguments: what `remotelens-emulator run` takes.
        folder: where its ready file is written.
        quiet: keep what it has to say off the terminal, which shows something else.

    Raises:
        MissingComponent: there is none installed.
        EmulatorFailed: it did not start.
    """
    check_installed()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    ready_file = folder / "ready.json"
    command = ["-m", "emulator", "run", "--json", "--ready-file", str(ready_file), *arguments]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL if quiet else None,
    )
    try:
        ready = await _ready(process)
        os.environ[READY_VARIABLE] = str(ready_file)
        yield EmulatedCamera(ready, ready_file, process)
    finally:
        os.environ.pop(READY_VARIABLE, None)
        await asyncio.shield(_end(process))


async def _ready(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        async with REAL_CLOCK.timeout(START_LIMIT_S):
            line = await process.stdout.readline()
    except TimeoutError as error:
        raise EmulatorFailed(f"the emulated camera was not ready within {START_LIMIT_S:g} s") from error
    if not line:
        code = await process.wait()
        raise EmulatorFailed(
            f"the emulated camera did not start (exit code {code})",
            remedy="run 'remotelens-emulator run' to see why",
        )
    ready: dict[str, Any] = json.loads(line)
    return ready


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if os.name == "nt":
                process.terminate()
            else:
                process.send_signal(signal.SIGTERM)
        try:
            async with REAL_CLOCK.timeout(END_LIMIT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _quoted(path: str) -> str:
    if os.name == "nt":
        return f'"{path}"' if " " in path else path
    from shlex import quote

    return quote(path)
