"""Cameras under a mix of faults, and clients that bear it, in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emulator.clock import ScaledClock
from emulator.device import Device
from emulator.faults.chaos import parse_rules
from emulator.rack import Emulator
from remotelens.virtual_loop import VirtualLoop
from tests.emulator.wire import Answer, call, wire

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = ("DSC-QX10", "ILCE-QX1")
RECOVERY_S = 600.0
TROUBLE = (
    OSError,
    asyncio.IncompleteReadError,
    ValueError,
    KeyError,
    asyncio.LimitOverrunError,
    TimeoutError,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was left after a soak."""

    pictures: int
    strikes: int
    tasks_before: int
    tasks_after: int
    files_before: int
    files_after: int
    grown_objects: int


def soak(hours: float, mix: str = "chaos:rough", seed: int = 0) -> Outcome:
    """Let time pass under a mix of faults, then without; every camera must be usable in the end."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=False)) as runner:
        return runner.run(_soak(hours * 3600.0, mix, seed))


async def _soak(seconds: float, mix: str, seed: int) -> Outcome:
    async with Emulator(
        MODELS, clock=ScaledClock(1.0, EPOCH), still_scale=16, scene="chart", seed=seed, control=False
    ) as emulator:
        await _use_for(emulator, 300.0)
        before = _standing()
        objects = len(gc.get_objects())
        for rule in parse_rules(mix):
            emulator.faults.add(rule)
        await _use_for(emulator, seconds)
        strikes = sum(struck for _, struck in emulator.faults.rules().values())
        emulator.faults.clear()
        await asyncio.sleep(RECOVERY_S)
        taken = [await _take(camera) for camera in emulator.cameras]
        assert all(taken), [camera.state for camera in emulator.cameras]
        after = _standing()
        grown = len(gc.get_objects()) - objects
        pictures = emulator.journal.count("actTakePicture")
        return Outcome(pictures, strikes, before[0], after[0], before[1], after[1], grown)


def _standing() -> tuple[int, int]:
    """How many tasks there are, and how many files are open."""
    gc.collect()
    return len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir()))


async def _use_for(emulator: Emulator, seconds: float) -> None:
    users = [asyncio.create_task(_use(camera)) for camera in emulator.cameras]
    await asyncio.sleep(seconds)
    for user in users:
        user.cancel()
    for ended in await asyncio.gather(*users, return_exceptions=True):
        assert isinstance(ended, asyncio.CancelledError), ended


async def _use(camera: Device) -> None:
    """Poll, take a picture a minute, look at the live view now and then; whatever fails is tried again."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_again(lambda: _ask(camera, "getEvent", True, limit_s=60), 1.0))
        group.create_task(_again(lambda: _take(camera), 60.0))
        group.create_task(_again(lambda: _watch(camera), 600.0))


async def _again(work: Any, pause_s: float) -> None:
    while True:
        with contextlib.suppress(*TROUBLE):
            await work()
        await asyncio.sleep(pause_s)


async def _ask(camera: Device, method: str, *params: Any, limit_s: float = 40.0) -> Answer:
    async with asyncio.timeout(limit_s):
        return await call(camera.port, method, *params)


async def _take(camera: Device) -> bool:
    """Take a picture and fetch it."""
    answer = (await _ask(camera, "actTakePicture")).json
    if "result" not in answer:
        return False
    parts = urlsplit(answer["result"][0][0])
    async with asyncio.timeout(40), wire(camera.port) as connection:
        got = await connection.ask("GET", f"{parts.path}?{parts.query}")
    return got.body.startswith(b"\xff\xd8")


async def _watch(camera: Device) -> None:
    """Look at the live view for a second."""
    url = urlsplit((await _ask(camera, "startLiveview")).json["result"][0])
    async with wire(camera.port) as connection:
        connection.send("GET", f"{url.path}?{url.query}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while await connection.reader.read(65536):
                    pass
    await _ask(camera, "stopLiveview")
