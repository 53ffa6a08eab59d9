"""What eight cameras cost at thirty frames a second, one of them shown; and a still of full size meanwhile.

The cameras are a process of their own; all streams are read by this one, through the client's own HTTP and
parser, and one is decoded.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import remotelens
from benchmarks.harness import own_cpu_s
from remotelens.protocol.wifi.description import parse_description
from remotelens.protocol.wifi.liveview import PayloadType, jpeg_of
from remotelens.transport.http import HttpClient
from remotelens.transport.stream import live_view_stream

MODEL, STILL_MODEL, COUNT = "SONY-FULL", "DSC-QX100", 8
SETTLING_S, LOOKING_S = 4.0, 10.0


class Rack:
    """Cameras in another process."""

    def __init__(self, process: asyncio.subprocess.Process, urls: list[str]) -> None:
        self._process = process
        self.urls = urls

    async def used(self) -> dict[str, float]:
        """What the process has used, and how late its loop was since this was asked last."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        answer: dict[str, float] = await _line(self._process)
        return answer


async def _line(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    return json.loads(await process.stdout.readline())


@contextlib.asynccontextmanager
async def rack(scene: str, model: str, count: int) -> AsyncIterator[Rack]:
    """Run that many cameras."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.world_rack", scene, model, str(count),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Rack(process, await _line(process))
    finally:
        process.kill()
        await process.wait()


async def _watch(http: HttpClient, description_url: str, arrived: list[float], *, shown: bool) -> None:
    """Read one camera's stream for ever, and note when each frame came."""
    import simplejpeg

    description = parse_description((await http.get(description_url)).body)
    address = description.liveview_url
    assert address is not None
    async with live_view_stream(http, address) as stream:
        async for payload in stream:
            if payload.type == PayloadType.LIVE:
                arrived.append(time.perf_counter())
                if shown:
                    simplejpeg.decode_jpeg(jpeg_of(payload))


async def alone_mb(scene: str) -> float:
    """Memory of a rack of one camera whose stream is read."""
    async with rack(scene, MODEL, 1) as camera, HttpClient() as http, asyncio.TaskGroup() as group:
        task = group.create_task(_watch(http, camera.urls[0], [], shown=False))
        await asyncio.sleep(SETTLING_S)
        used = await camera.used()
        task.cancel()
    return used["resident_mb"]


async def eight(scene: str) -> None:
    """Measure all streams at once."""
    one_mb = await alone_mb(scene)
    async with (
        rack(scene, MODEL, 1) as idle,
        rack(scene, MODEL, COUNT) as cameras,
        HttpClient() as http,
        asyncio.TaskGroup() as group,
    ):
        arrived: list[list[float]] = [[] for _ in cameras.urls]
        tasks = [
            group.create_task(_watch(http, url, times, shown=index == 0))
            for index, (url, times) in enumerate(zip(cameras.urls, arrived, strict=True))
        ]
        await asyncio.sleep(SETTLING_S)
        for times in arrived:
            times.clear()
        await idle.used()
        before, own, started = await cameras.used(), own_cpu_s(), time.perf_counter()
        await asyncio.sleep(LOOKING_S)
        after, lasted = await cameras.used(), time.perf_counter() - started
        beside = await idle.used()
        theirs, ours = (after["cpu_s"] - before["cpu_s"]) / lasted, (own_cpu_s() - own) / lasted
        for task in tasks:
            task.cancel()
    gaps = [1000 * (b - a) for times in arrived for a, b in itertools.pairwise(times)]
    cuts = statistics.quantiles(gaps, n=100)
    rate = statistics.fmean(len(times) for times in arrived) / lasted
    each_mb = (after["resident_mb"] - one_mb) / (COUNT - 1)
    print(f"  {scene}: {rate:.1f} frames a second each (aim 30, or as many as the host makes)")
    print(f"    {theirs:.2f} core for the cameras, {ours:.2f} for the client that reads all (aim: 1 in all)")
    print(f"    gaps p50 {cuts[49]:.1f}, p99 {cuts[98]:.1f}, max {max(gaps):.1f} ms (aim: p99 <= 45)")
    print(f"    loop of the cameras late by {after['late_ms']:.1f} ms at most, that of an idle camera beside")
    print(f"    them by {beside['late_ms']:.1f} ms; {each_mb:.1f} MB a camera")


async def still() -> None:
    """Measure the loop of a camera that makes a full-size still."""
    async with (
        rack("bench", STILL_MODEL, 1) as idle,
        rack("bench", STILL_MODEL, 1) as camera,
        remotelens.connect(camera.urls[0]) as connected,
    ):
        await asyncio.sleep(1.0)
        await asyncio.gather(camera.used(), idle.used())
        started = time.perf_counter()
        shot = await connected.capture(size="original")
        lasted, used, beside = time.perf_counter() - started, await camera.used(), await idle.used()
    assert shot is not None
    print(f"  {STILL_MODEL}, 20 megapixels, asked for until fetched: {lasted:.2f} s")
    print(f"    loop late by {used['late_ms']:.1f} ms at most (aim < 20), an idle camera's beside it")
    print(f"    by {beside['late_ms']:.1f} ms")
    print(f"    memory {used['resident_mb']:.0f} MB")


async def measure() -> None:
    """Measure one after the other."""
    print("\nEight cameras at thirty frames a second, all streams read")
    await eight("chart")
    await eight("bench")
    print("\nA still of full size")
    await still()


def main() -> None:
    """Measure, and tell."""
    asyncio.run(measure())


if __name__ == "__main__":
    main()
