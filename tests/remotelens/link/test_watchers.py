"""Watchers end together, and heed a cancelling in the same moment as a failure."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import LinkLost
from remotelens.link.watchers import first_failure


class Watcher:
    """Waits until told to fail; says that it ended, and may fail about being cancelled."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.started = asyncio.Event()
        self.fail = asyncio.Event()
        self.let_go = asyncio.Event()
        self.ending = asyncio.Event()
        self.ended = False
        self._stubborn = stubborn
        if not stubborn:
            self.let_go.set()

    async def watch(self) -> None:
        self.started.set()
        try:
            await self.fail.wait()
            raise LinkLost("silence")
        finally:
            self.ending.set()
            await self.let_go.wait()
            self.ended = True
            if self._stubborn:
                raise LinkLost("while ending")


async def test_the_first_failure_is_raised_and_the_others_have_ended() -> None:
    fails, waits = Watcher(), Watcher()
    running = asyncio.create_task(first_failure(fails.watch(), waits.watch()))
    await fails.started.wait()
    fails.fail.set()
    with pytest.raises(LinkLost, match="silence"):
        await running
    assert fails.ended
    assert waits.ended


async def test_watchers_that_have_nothing_to_watch_are_no_failure() -> None:
    async def nothing() -> None:
        return

    await first_failure(nothing(), nothing())


async def test_one_that_returns_lets_the_others_watch_on() -> None:
    async def nothing() -> None:
        return

    waits = Watcher()
    running = asyncio.create_task(first_failure(nothing(), waits.watch()))
    await waits.started.wait()
    waits.fail.set()
    with pytest.raises(LinkLost, match="silence"):
        await running


async def test_cancelling_is_heeded_though_a_watcher_fails_about_it() -> None:
    stubborn = Watcher(stubborn=True)
    running = asyncio.create_task(first_failure(stubborn.watch()))
    await stubborn.started.wait()
    running.cancel()
    await stubborn.ending.wait()
    stubborn.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert running.cancelled()


async def test_cancelling_is_heeded_while_a_failure_is_being_cleared_up_and_nothing_runs_on() -> None:
    fails, slow = Watcher(), Watcher(stubborn=True)
    running = asyncio.create_task(first_failure(fails.watch(), slow.watch()))
    await slow.started.wait()
    fails.fail.set()
    await slow.ending.wait()
    running.cancel()
    await asyncio.wait([running], timeout=0)
    assert not running.done()  # nothing is left behind
    slow.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert slow.ended
