"""Live view ingest: CPU a frame and age of a frame at the consumer, against readers that do less.

The floor is aiohttp's own `iter_any` loop that parses nothing. Source and readers speak over loopback; each
reader is a process of its own, so that its CPU time is its own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from benchmarks.harness import Figure, own_cpu_s, tell
from remotelens.transport.http import HttpClient
from remotelens.transport.stream import live_view_stream

ROUNDS = 5
FLAT_OUT_FRAMES = 20_000
PACED_FRAMES = 150
FRAME_ON_WIRE_BYTES = 42_000 + 8 + 136


async def read_nothing(url: str, frames: int) -> dict[str, float]:
    """Count the bytes of that many frames with aiohttp alone."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        left = 10 * FRAME_ON_WIRE_BYTES
        async for chunk in answer.content.iter_any():
            left -= len(chunk)
            if left <= 0:
                break
        left = frames * FRAME_ON_WIRE_BYTES
        started = own_cpu_s()
        async for chunk in answer.content.iter_any():
            left -= len(chunk)
            if left <= 0:
                break
        return {"cpu_us": 1e6 * (own_cpu_s() - started) / frames}


async def read_packets(url: str, frames: int) -> dict[str, float]:
    """Cut that many frames out of the stream as the client does, and take their age on arrival."""
    ages_ms: list[float] = []
    async with HttpClient() as http, live_view_stream(http, url) as stream:
        started = 0.0
        seen = -10
        async for payload in stream:
            now_ns = time.monotonic_ns()
            if seen == 0:
                started = own_cpu_s()
            if seen >= 0:
                ages_ms.append((now_ns - int.from_bytes(payload.data[-8:], "big")) / 1e6)
            seen += 1
            if seen > frames:
                break
        cpu_us = 1e6 * (own_cpu_s() - started) / frames
    cuts = statistics.quantiles(ages_ms, n=100)
    return {"cpu_us": cpu_us, "age_p50_ms": cuts[49], "age_p99_ms": cuts[98]}


READERS = {"aiohttp iter_any, nothing parsed": read_nothing, "remotelens, packets out": read_packets}


@contextmanager
def source(rate: float) -> Iterator[str]:
    """Run a source of packets; give its URL."""
    command = [sys.executable, "-m", "benchmarks.packet_source", str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/liveview.JPG"
        finally:
            process.kill()


def in_own_process(reader: str, url: str, frames: int) -> dict[str, float]:
    """Run one reader in a fresh process and return what it measured."""
    command = [sys.executable, "-m", "benchmarks.liveview_ingest", reader, url, str(frames)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(answer.stdout)
    return measured


def compare(title: str, rate: float, frames: int) -> None:
    """Alternate the readers and tell their figures."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in READERS}
    with source(rate) as url:
        for _ in range(ROUNDS):
            for name in READERS:
                rounds[name].append(in_own_process(name, url, frames))
    figures = [Figure(name, "us", tuple(one["cpu_us"] for one in taken)) for name, taken in rounds.items()]
    tell(title, figures, next(iter(READERS)))
    if rate:
        ours = rounds["remotelens, packets out"]
        ages = [
            Figure(f"age of a frame, {cut}", "ms", tuple(one[f"age_{cut}_ms"] for one in ours))
            for cut in ("p50", "p99")
        ]
        tell("Age of a frame at the consumer (aim: p99 <= 15 ms)", ages)


def main() -> None:
    """Measure flat out and at camera pace."""
    compare("Live view ingest flat out: CPU a frame of 42 kB (aim <= 1.3 x)", 0, FLAT_OUT_FRAMES)
    compare("Live view ingest at 30 frames a second: CPU a frame (aim <= 1.3 x)", 30, PACED_FRAMES)


if __name__ == "__main__":
    _, chosen, address, amount = sys.argv
    sys.stdout.write(json.dumps(asyncio.run(READERS[chosen](address, int(amount)))))
