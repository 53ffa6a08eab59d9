"""Procedures that run to their end."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.transport.ble.bumble_backend.errors import BleakLinkLostError
from remotelens.transport.ble.bumble_backend.tasks import TaskKeeper


async def test_a_cancelled_caller_leaves_the_procedure_running() -> None:
    keeper = TaskKeeper(REAL_CLOCK)
    gate, ended = asyncio.Event(), asyncio.Event()
    caller = asyncio.create_task(keeper.run(_through(gate), done=ended.set))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert not ended.is_set()
    gate.set()
    await asyncio.wait_for(ended.wait(), 5)


async def test_a_procedure_that_is_cancelled_from_inside_is_a_lost_link() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        await future

    running = asyncio.create_task(TaskKeeper(REAL_CLOCK).run(wait()))
    await asyncio.sleep(0)
    future.cancel()
    with pytest.raises(BleakLinkLostError):
        await running


async def test_settling_waits_and_then_cancels() -> None:
    keeper = TaskKeeper(REAL_CLOCK)
    open_gate, shut_gate = asyncio.Event(), asyncio.Event()
    open_gate.set()
    quick, stuck = keeper.start(_through(open_gate)), keeper.start(_through(shut_gate))
    await keeper.settle(0.01)
    assert quick.result() is None
    assert stuck.cancelled()


async def test_settling_with_nothing_to_do_returns_at_once() -> None:
    await TaskKeeper(REAL_CLOCK).settle(60)


async def _through(gate: asyncio.Event) -> None:
    await gate.wait()


async def test_ending_a_task_gets_past_a_cancellation_that_is_forgotten() -> None:
    keeper = TaskKeeper(REAL_CLOCK)
    forgotten = 0

    async def forget() -> None:
        nonlocal forgotten
        while forgotten < 3:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                forgotten += 1

    task = keeper.start(forget())
    await asyncio.sleep(0)
    keeper.end(task)
    await asyncio.wait_for(asyncio.wait({task}), 5)
    assert forgotten == 3
    await keeper.settle(60)
