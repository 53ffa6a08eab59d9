"""A night in virtual time: a plan shot with an emulated camera over real HTTP, against a floor of bare HTTP.

The floor makes as many requests a frame in the same kind of loop, between the client's HTTP library and a
server of a few lines.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from unittest.mock import patch

import aiohttp

from benchmarks.harness import alternate, own_cpu_s, tell
from remotelens.sessions.rehearsal import rehearsal
from remotelens.sessions.shooting import begin
from remotelens.virtual_loop import VirtualLoop

FRAMES = int(os.environ.get("FRAMES", "300"))
REQUESTS = 9  # a frame: six polls, the shutter, the picture, a sign of life
EVERY_S = 10.0
NIGHT_FRAMES = 6480
FULL_FRAMES = 5


def main() -> None:
    """Measure and tell; FRAMES=6480 for the whole night."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REMOTELENS_STATE_DIR"] = os.environ["REMOTELENS_CONFIG_DIR"] = str(Path(folder))
        run(_session)
        figures = alternate(
            {
                f"{REQUESTS} requests a frame, bare": lambda: run(_floor),
                "a session with an emulated camera": lambda: run(_session),
            },
            unit="ms",
            rounds=3,
        )
    tell(f"Rehearsal: CPU ms a frame, {FRAMES} frames", figures, f"{REQUESTS} requests a frame, bare")
    night_s = figures[1].median * NIGHT_FRAMES / 1000
    print(f"  a night of {NIGHT_FRAMES} frames: {night_s:.0f} s of CPU; virtual seconds in one of CPU:"
          f" {EVERY_S * 1000 / figures[1].median:.0f}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, patch("emulator.worlds.STILL_SCALE", 1):
        os.environ["REMOTELENS_STATE_DIR"] = os.environ["REMOTELENS_CONFIG_DIR"] = str(Path(folder))
        full_ms = run(_session, FULL_FRAMES)
    print(f"  at the camera's full size {full_ms:.0f} ms a frame, which is what rendering and encoding cost;"
          f" a night: {full_ms * NIGHT_FRAMES / 60_000:.0f} min")  # fmt: skip


def run(work: Callable[[int], Awaitable[None]], frames: int = FRAMES) -> float:
    """Return the CPU milliseconds a frame."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=False)) as runner:
        started = own_cpu_s()
        runner.run(work(frames))  # type: ignore[arg-type]  # coroutines all
        return 1000 * (own_cpu_s() - started) / frames


async def _session(frames: int) -> None:
    interval = f"{{every: {EVERY_S:g}s, count: {frames}, do: [{{capture: {{}}}}]}}"
    plan = f"version: 1\nname: night\nsteps:\n  - interval: {interval}\n"
    async with rehearsal() as stage:
        await begin(plan, file="n", folder=stage.folder, way=stage.way, clock=stage.clock, remembered=False)


async def _floor(frames: int) -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, aiohttp.ClientSession() as session:
        for _ in range(frames):
            for number in range(REQUESTS):
                async with session.request("POST" if number else "GET", url, data=b"{}") as answer:
                    await answer.read()
            await asyncio.sleep(EVERY_S)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(2)
    await asyncio.sleep(0.02)
    body = bytes(18_000 if head.startswith(b"GET") else 5_000)
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"  ({time.perf_counter() - began:.0f} s)")
