"""What the emulator's own instruments cost: start-up, the journal, an unused fault engine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks.harness import alternate, own_cpu_s, tell
from emulator.faults.rules import parse_rule
from emulator.rack import Emulator

CALLS = 400
FRAMES = 60


def main() -> None:
    """Measure and tell."""
    figures = alternate({"run, until the ready file is there": startup_ms}, unit="ms", rounds=5)
    tell("Start-up: wall time of a process", figures)
    ways = {
        "no journal of exchanges": lambda: asyncio.run(calls_us(journal=False)),
        "with the journal": lambda: asyncio.run(calls_us(journal=True)),
        "with a fault rule that never strikes": lambda: asyncio.run(calls_us(journal=True, rule=True)),
    }
    tell(
        "A call of getApplicationInfo: CPU, both ends (aim < 1.03 x)",
        alternate(ways, unit="us", rounds=7),
        "no journal of exchanges",
    )
    live = {
        "no journal of exchanges": lambda: asyncio.run(frames_us(journal=False)),
        "with the journal": lambda: asyncio.run(frames_us(journal=True)),
        "with a fault rule that never strikes": lambda: asyncio.run(frames_us(journal=True, rule=True)),
    }
    tell(
        "A frame of live view, of a scene that stands still: CPU, both ends (aim < 1.03 x)",
        alternate(live, unit="us", rounds=5),
        "no journal of exchanges",
    )


def startup_ms() -> float:
    """Return how long a process takes to its ready file."""
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        words = [sys.executable, "-m", "emulator", "run", "--no-ssdp", "--json", "--ready-file", str(ready)]
        started = time.perf_counter()
        with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            took = time.perf_counter() - started
            assert ready.exists()
            process.terminate()
        return 1000 * took


def _untapped(handler: Any, *_: object) -> Any:
    return handler


async def _camera(stack: Any, *, journal: bool, rule: bool) -> Any:
    with nullcontext() if journal else patch("emulator.wifi.server.tapped", _untapped):
        emulator = await stack.enter_async_context(Emulator(control=False, scene="flat"))
    if rule:
        emulator.faults.add(parse_rule("rpc:delay=1,match=nothing"))
        emulator.faults.add(parse_rule("liveview:drop,match=nothing"))
    return emulator.cameras[0]


async def calls_us(*, journal: bool, rule: bool = False) -> float:
    """Return the CPU time of a call in microseconds."""
    from tests.emulator.wire import call

    async with AsyncExitStack() as stack:
        camera = await _camera(stack, journal=journal, rule=rule)
        for _ in range(20):
            await call(camera.port, "getApplicationInfo")
        started = own_cpu_s()
        for _ in range(CALLS):
            await call(camera.port, "getApplicationInfo")
        return 1e6 * (own_cpu_s() - started) / CALLS


async def frames_us(*, journal: bool, rule: bool = False) -> float:
    """Return the CPU time of a live view frame in microseconds."""
    from urllib.parse import urlsplit

    from tests.emulator.wire import call, wire

    async with AsyncExitStack() as stack:
        camera = await _camera(stack, journal=journal, rule=rule)
        url = urlsplit((await call(camera.port, "startLiveview")).json["result"][0])
        connection = await stack.enter_async_context(wire(camera.port))
        connection.send("GET", f"{url.path}?{url.query}")
        await connection.head()
        await connection.chunk()
        started = own_cpu_s()
        for _ in range(2 * FRAMES):
            await connection.chunk()
        return 1e6 * (own_cpu_s() - started) / FRAMES


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", ".")
    main()
