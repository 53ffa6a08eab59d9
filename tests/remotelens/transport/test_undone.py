from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import LinkError
from remotelens.transport.undone import undone


async def test_undoing_raises_its_own_failure_and_keeps_a_cancellation_for_afterwards() -> None:
    async def fail() -> None:
        raise LinkError("no")

    with pytest.raises(LinkError):
        await undone(fail())
    begun, may_end, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await may_end.wait()
        done.set()

    task = asyncio.create_task(undone(slow()))
    await begun.wait()
    task.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()


async def test_what_the_undone_work_gives_is_given_and_a_failure_of_cancelled_work_is_looked_at() -> None:
    async def give() -> int:
        return 3

    assert await undone(give()) == 3
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def fail() -> None:
        begun.set()
        await may_end.wait()
        raise LinkError("no")

    work = asyncio.create_task(fail())
    task = asyncio.create_task(undone(work))
    await begun.wait()
    task.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done()
