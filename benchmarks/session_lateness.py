"""How late the runner's triggers are, with live view on, against a bare timer in the same loop and run.

The journal is the real one, on disk; the camera is a stand-in that answers after 10 ms, so that what is
measured is ours. A live view of 30 frames a second is read and cut into packets in the same loop meanwhile.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import AsyncGenerator, Collection, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, tell
from benchmarks.liveview_ingest import source
from remotelens.clock import REAL_CLOCK
from remotelens.errors import RemoteLensError
from remotelens.plans.expand import Shoot
from remotelens.plans.steps import Capture, Interval, Plan, SettingValue
from remotelens.sessions.engine import About, Baseline, Evidence, KeptFile, Snap
from remotelens.sessions.journal import Journal, read_journal
from remotelens.sessions.progress import FrameStanding
from remotelens.sessions.records import Done
from remotelens.sessions.runner import Runner
from remotelens.transport.http import HttpClient
from remotelens.transport.stream import live_view_stream

TRIGGERS = 1000
EVERY_S = 0.05
CAPTURE_S = 0.01


class StandIn:
    """A camera that takes 10 ms for a picture and keeps it to itself."""

    async def about(self) -> About:
        return About("stand-in", "stand-in", "A", clock_trusted=True)

    async def baseline(self) -> Baseline:
        return Baseline()

    async def apply(self, values: Sequence[tuple[str, SettingValue]]) -> None:
        return None

    async def shoot(self, task: Shoot) -> Snap:
        await asyncio.sleep(CAPTURE_S)
        return Snap((f"http://stand-in/{task.n}.JPG",), on_card=True)

    async def keep(
        self, frame: FrameStanding, session: Collection[FrameStanding], folder: Path, stem: str, size: str
    ) -> tuple[KeptFile, ...]:
        return ()

    async def raws(
        self, pictures: Sequence[Path], wanted: Collection[Path], folder: Path
    ) -> AsyncGenerator[tuple[Path, KeptFile | RemoteLensError], None]:
        for _ in ():
            yield _

    async def evidence(
        self, frames: Sequence[FrameStanding], known_urls: Collection[str]
    ) -> dict[int, Evidence]:
        return {}

    async def reconnect(self) -> None:
        return None

    def requested(self) -> dict[str, Any]:
        return {}


async def bare() -> list[float]:
    """Return how late a bare timer on the same grid is, in ms."""
    loop = asyncio.get_running_loop()
    start_s = loop.time() + EVERY_S
    late_ms = []
    for number in range(TRIGGERS):
        await asyncio.sleep(start_s + number * EVERY_S - loop.time())
        late_ms.append(1000 * (loop.time() - start_s - number * EVERY_S))
    return late_ms


async def session(folder: Path) -> list[float]:
    """Return how late the runner's triggers are, in ms."""
    plan = Plan("bench", (Interval(EVERY_S, TRIGGERS, (Capture(download=False),)),))
    path = folder / "journal.jsonl"
    async with Journal(path) as journal:
        await Runner(plan, journal, StandIn(), folder, REAL_CLOCK, None).run()
    done = (record for record in read_journal(path).records if isinstance(record, Done))
    return [1000 * record.late_s for record in done if record.late_s is not None]


async def watch(url: str, frames: set[int]) -> None:
    """Read live view until cancelled, and keep the frames' numbers."""
    async with HttpClient() as http, live_view_stream(http, url) as stream:
        async for payload in stream:
            frames.add(payload.sequence)


async def measure(url: str) -> tuple[list[float], list[float], int]:
    """Measure both ways with the live view running."""
    frames: set[int] = set()
    watching = asyncio.create_task(watch(url, frames))
    try:
        floor = await bare()
        with tempfile.TemporaryDirectory() as folder:
            ours = await session(Path(folder))
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    return floor, ours, len(frames)


def main() -> None:
    """Measure and tell."""
    with source(30) as url:
        floor, ours, frames = asyncio.run(measure(url))
    figures = []
    for name, values in (("bare timer", floor), ("session", ours)):
        cuts = statistics.quantiles(values, n=100)
        figures += [Figure(f"{name}, p50", "ms", (cuts[49],)), Figure(f"{name}, p99", "ms", (cuts[98],))]
    tell(
        f"Lateness of {len(ours)} of {TRIGGERS} triggers, {frames} live view frames beside"
        " (aim p50 <= 2 ms, p99 <= 20 ms)",
        figures,
    )
