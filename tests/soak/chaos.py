"""Cameras under a mix of faults, and clients that bear it, in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bumble import hci
from bumble.core import BaseBumbleError
from bumble.keys import KeyStore, MemoryKeyStore

from emulator.clock import ScaledClock
from emulator.device import Device
from emulator.faults.chaos import parse_rules
from emulator.rack import Emulator
from remotelens.errors import RemoteLensError
from remotelens.virtual_loop import VirtualLoop
from tests.emulator.ble.central import host_on
from tests.emulator.wire import Answer, call, wire

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = ("DSC-QX10", "ILCE-QX1")
RECOVERY_S = 600.0
SETTLE_S = 100.0
Visit = Callable[[Device], Awaitable[bool]]
TROUBLE = (
    OSError,
    asyncio.IncompleteReadError,
    ValueError,
    KeyError,
    asyncio.LimitOverrunError,
    TimeoutError,
    BaseBumbleError,
    hci.HCI_Error,
    RemoteLensError,
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


def soak(hours: float, mix: str = "chaos:rough", seed: int = 0, *, ble: bool = False) -> Outcome:
    """Let time pass under a mix of faults, then without; every camera must be usable in the end.

    With `ble` the cameras are behind Bluetooth, and each is found, bonded, woken and joined again and again.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=False)) as runner:
        return runner.run(_soak(hours * 3600.0, mix, seed, ble))


async def _soak(seconds: float, mix: str, seed: int, ble: bool) -> Outcome:
    async with Emulator(
        MODELS,
        clock=ScaledClock(1.0, EPOCH),
        still_scale=16,
        scene="chart",
        seed=seed,
        ble=ble,
        control=False,
    ) as emulator:
        for camera in emulator.cameras:
            emulator.hands.card(camera, capacity_bytes=1e12)
            emulator.hands.battery(camera, plugged=True)
        visit = partial(_visit, emulator, {}) if ble else None
        await _use_for(emulator, 300.0, visit)
        set_so = [camera.body.settings.state for camera in emulator.cameras]
        before = await _standing()
        objects = len(gc.get_objects())
        for rule in parse_rules(mix):
            emulator.faults.add(rule)
        await _use_for(emulator, seconds, visit)
        strikes = sum(struck for _, struck in emulator.faults.rules().values())
        emulator.faults.clear()
        await asyncio.sleep(RECOVERY_S)
        for camera, settings in zip(emulator.cameras, set_so, strict=True):
            camera.body.settings.state = (
                settings  # in continuous drive, where it drifted to, is no single picture
            )
        taken = [await (visit or _take)(camera) for camera in emulator.cameras]
        assert all(taken), [camera.state for camera in emulator.cameras]
        for camera in emulator.cameras:
            emulator.hands.card(camera, format=True)  # what is on the cards is no leak
        after = await _standing()
        grown = len(gc.get_objects()) - objects
        pictures = emulator.journal.count("actTakePicture")
        return Outcome(pictures, strikes, before[0], after[0], before[1], after[1], grown)


async def _standing() -> tuple[int, int]:
    """How many tasks there are, and how many files are open, once everybody has taken their leave."""
    await asyncio.sleep(SETTLE_S)
    gc.collect()
    return len(asyncio.all_tasks()), _open_files()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def _use_for(emulator: Emulator, seconds: float, visit: Visit | None) -> None:
    use = _use if visit is None else partial(_call_on, visit)
    users = [asyncio.create_task(use(camera)) for camera in emulator.cameras]
    await asyncio.sleep(seconds)
    for user in users:
        user.cancel()
    for ended in await asyncio.gather(*users, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise AssertionError("a client gave up") from ended


async def _use(camera: Device) -> None:
    """Poll, take a picture a minute, look at the live view now and then; whatever fails is tried again."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_again(lambda: _ask(camera, "getEvent", True, limit_s=60), 1.0))
        group.create_task(_again(lambda: _take(camera), 60.0))
        group.create_task(_again(lambda: _watch(camera), 600.0))


async def _call_on(visit: Visit, camera: Device) -> None:
    """Visit a camera every half minute."""
    await _again(lambda: visit(camera), 30.0)


async def _visit(emulator: Emulator, bonds: dict[int, KeyStore], camera: Device) -> bool:
    """Bond the first time, wake the camera, join its network, and take a picture."""
    assert emulator.air is not None
    keys = bonds.setdefault(camera.index, MemoryKeyStore())
    async with (
        asyncio.timeout(200),
        host_on(emulator.air, f"C1:00:00:00:00:{camera.index:02X}", keys) as host,
    ):
        link = await host.connect(camera.radio().address)
        if not link.connection.is_encrypted:
            await link.pair()
        status = await link.subscribe(0xCC09)
        await link.write(0xEE01, "06 08 01 00 00 00 00")
        await link.write(0xCC08, "01")
        while camera.body.wifi != "launched":
            await status.get()
        ssid, key = (await link.read(0xCC06))[3:], (await link.read(0xCC07))[3:]
        await emulator.hands.join(ssid.decode(), key.decode(), camera)
        return await _take(camera)


async def _again(work: Any, pause_s: float) -> None:
    me = asyncio.current_task()
    assert me is not None
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            if me.cancelling():
                raise  # else it was Bumble, which cancels who waits for a link that ends
        except TROUBLE:
            pass
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
