"""Zoom and focus jogs over Bluetooth: direction, time, speed, and rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.errors import InvalidValue
from tests.remotelens.camera.ble.bench import Bench, bench_on


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


async def test_the_zoom_is_pushed_for_a_time_at_a_speed(bench: Bench) -> None:
    moved = await bench.remote.lens.zoom("tele", 0.05, speed=1.0)
    assert (moved.direction, moved.step) == ("tele", 0x7F)
    assert moved.seconds >= 0.05
    assert bench.commands() == ["02 45 7f", "02 44 00"]


async def test_the_focus_is_pulled_both_ways(bench: Bench) -> None:
    await bench.remote.lens.focus("near", 0.01, speed=0.5)
    await bench.remote.lens.focus("far", 0.01, speed=0.001)
    assert bench.commands() == ["02 6b 40", "02 6a 00", "02 6d 00", "02 6c 00"]


async def test_a_cancelled_push_stops(bench: Bench) -> None:
    pushing = asyncio.create_task(bench.remote.lens.zoom("wide", 50.0))
    while not bench.body.pressed:  # noqa: ASYNC110 - the double tells nobody
        await asyncio.sleep(0)
    pushing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pushing
    assert bench.body.released == ["zoom_wide"]


@pytest.mark.parametrize(
    ("direction", "seconds", "speed"),
    [("up", 1.0, 0.5), ("near", 1.0, 0.5), ("tele", 0.0, 0.5), ("tele", 61.0, 0.5), ("tele", 1.0, 2.0)],
)
async def test_what_is_no_movement_is_refused_before_anything_is_sent(
    bench: Bench, direction: str, seconds: float, speed: float
) -> None:
    with pytest.raises(InvalidValue):
        await bench.remote.lens.zoom(direction, seconds, speed=speed)
    assert bench.commands() == []
