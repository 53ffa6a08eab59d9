"""Lanes: one thing at a time, the newest wish first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from remotelens.dashboard.lanes import Lane
from remotelens.errors import CameraBusy, RemoteLensError


class Bench:
    """A lane that runs, with a job that waits at a gate."""

    def __init__(self) -> None:
        self.failures: list[RemoteLensError] = []
        self.done: list[str] = []
        self.lane = Lane(self.failures.append)
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.last = asyncio.Event()

    async def slow(self) -> None:
        self.begun.set()
        await self.gate.wait()
        self.done.append("slow")

    def put(self, key: str, name: str) -> None:
        async def job() -> None:
            self.done.append(name)
            if name == "last":
                self.last.set()

        self.lane.put(key, job)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    running = asyncio.create_task(bench.lane.run())
    async with asyncio.timeout(10):
        yield bench
    running.cancel()


async def test_a_flood_of_wishes_becomes_the_one_under_way_and_the_newest(bench: Bench) -> None:
    bench.lane.put("zoom", bench.slow)
    await bench.begun.wait()
    for number in range(1000):
        bench.put("zoom", f"wish {number}")
    bench.put("zoom", "last")
    assert bench.lane.busy
    assert bench.lane.waits("zoom")
    bench.gate.set()
    await bench.last.wait()
    assert bench.done == ["slow", "last"]


async def test_wishes_of_other_keys_wait_beside_each_other_in_their_order(bench: Bench) -> None:
    bench.lane.put("a", bench.slow)
    await bench.begun.wait()
    bench.put("iso", "iso")
    bench.put("ev", "old")
    bench.put("ev", "ev")
    bench.put("z", "last")
    bench.gate.set()
    await bench.last.wait()
    assert bench.done == ["slow", "iso", "ev", "last"]


async def test_a_job_that_fails_is_told_and_the_next_one_done(bench: Bench) -> None:
    async def fail() -> None:
        raise CameraBusy("not now")

    bench.lane.put("a", fail)
    bench.put("b", "last")
    await bench.last.wait()
    assert [error.message for error in bench.failures] == ["not now"]
    assert bench.done == ["last"]


async def test_a_mistake_of_ours_ends_the_lane() -> None:
    async def mistake() -> None:
        raise ZeroDivisionError

    lane = Lane(lambda _: None)
    lane.put("a", mistake)
    with pytest.raises(ZeroDivisionError):
        await lane.run()
