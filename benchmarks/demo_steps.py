"""`remotelens demo`, step by step, against what the emulated camera itself makes one wait.

What a camera takes to focus and to take a picture is measured by calls of a bare client beside the demos.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession

from benchmarks.harness import Figure, tell
from emulator import Emulator
from emulator.body.camera import Body

ROUNDS = 5
# What the emulated DSC-QX10 takes by its profile, and the live view that the demo watches.
CAMERA_S: Mapping[str, float] = {"pair": 0.3, "wake": 4.0, "live view": 5.0}
MODEL = "DSC-QX10@3.00"


def main() -> None:
    """Walk the demo a few times, each on a fresh state, and tell each step."""
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            for item in walk(Path(folder) / str(number)):
                taken.setdefault(str(item["name"]), []).append(float(str(item["seconds"])))
    figures = [Figure(name, "s", tuple(values)) for name, values in taken.items()]
    tell("remotelens demo, seconds by step", figures)
    camera = {**CAMERA_S, **asyncio.run(bare())}
    beyond = [
        sum(values[number] - camera.get(name, 0.0) for name, values in taken.items() if name != "start")
        for number in range(ROUNDS)
    ]
    figure = Figure("beyond what the camera makes one wait", "s", tuple(beyond))
    tell("All steps after the emulator's start (aim <= 0.5 s)", [figure])


async def bare() -> Mapping[str, float]:
    """Focus and take a picture without our client; the median of a few, in seconds."""
    focusing, shooting = [], []
    async with Emulator([MODEL], control=False) as emulator, ClientSession() as session:
        device = emulator.cameras[0]
        url = f"{device.urls.action_list}/camera"
        watching = await session.get(device.urls.liveview)
        reading = asyncio.create_task(_drain(watching))
        for _ in range(ROUNDS):
            started_s = time.perf_counter()
            await _call(session, url, "actHalfPressShutter")
            await _until(device.body, lambda: device.body.focus_status in ("Focused", "Failed"))
            focusing.append(time.perf_counter() - started_s)
            await _call(session, url, "cancelHalfPressShutter")
            started_s = time.perf_counter()
            answer = await _call(session, url, "actTakePicture")
            async with session.get(answer["result"][0][0]) as picture:
                await picture.read()
            shooting.append(time.perf_counter() - started_s)
            await _until(device.body, lambda: device.body.status == "IDLE")
        reading.cancel()
        watching.close()
    return {"half-press": statistics.median(focusing), "shoot and download": statistics.median(shooting)}


async def _until(body: Body, holds: Callable[[], bool]) -> None:
    """Return when something holds of the body itself: no client could know sooner."""
    changed = asyncio.Event()
    leave = body.subscribe(lambda _: changed.set())
    try:
        while not holds():
            changed.clear()
            await changed.wait()
    finally:
        leave()


async def _drain(stream: ClientResponse) -> None:
    async for _ in stream.content.iter_any():
        pass


async def _call(session: ClientSession, url: str, method: str) -> dict[str, Any]:
    request = {"method": method, "params": [], "id": 1, "version": "1.0"}
    async with session.post(url, data=json.dumps(request)) as answer:
        told: dict[str, Any] = json.loads(await answer.read())
    return told


def walk(folder: Path) -> list[Mapping[str, object]]:
    """Run one demo and return its items."""
    folder.mkdir()
    answer = subprocess.run(
        [sys.executable, "-m", "remotelens", "demo", "--json", "-o", str(folder / "pictures")],
        env={**os.environ, "REMOTELENS_STATE_DIR": str(folder / "state")},
        capture_output=True,
        text=True,
        check=True,
    )
    items: list[Mapping[str, object]] = json.loads(answer.stdout)["items"]
    return items
