"""Tasks that outlive the call that started them, and are ended with their owner."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from remotelens.clock import Clock
from remotelens.transport.ble.bumble_backend.errors import BleakLinkLostError

T = TypeVar("T")


class TaskKeeper:
    """Runs procedures that must not stop half-way because a caller lost interest.

    Bumble ends what waits for a lost link by *cancelling* its future. To the caller that would look like a
    cancellation of its own task, which `asyncio.timeout` and task groups take at its word. So each procedure
    runs in a task of its own, and only the real caller's cancellation cancels the caller.

    Args:
        clock: measures time limits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], done: Callable[[], None] | None = None) -> asyncio.Task[T]:
        """Start a task that this keeper owns; `done` is called when it has ended, however it did."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, done))
        return task

    async def run(self, work: Coroutine[Any, Any, T], done: Callable[[], None] | None = None) -> T:
        """Run to the end and return the result; when the caller is cancelled the task goes on.

        Raises:
            BleakLinkLostError: the task was cancelled from inside, as Bumble does when the link is lost.
        """
        return await self.outcome(self.start(work, done))

    async def outcome(self, task: asyncio.Task[T], unless: asyncio.Future[Any] | None = None) -> T:
        """Return the result of a task started here.

        Args:
            task: the task.
            unless: when this is done first, the task is ended and waited for no longer.

        Raises:
            BleakLinkLostError: the task was cancelled from inside, or ended.
        """
        awaited: set[asyncio.Future[Any]] = {task} if unless is None else {task, unless}
        # Unlike awaiting the task or a shield of it, `wait` raises CancelledError for the caller's sake only.
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            self.end(task)
        if not task.done() or task.cancelled():
            raise BleakLinkLostError("the connection was lost")
        return task.result()

    def end(self, task: asyncio.Task[Any]) -> None:
        """Have a task end soon, whatever it waits for."""
        self.start(self._end(task))

    async def _end(self, task: asyncio.Task[Any]) -> None:
        """Cancel until it has an effect.

        Once is not enough: `asyncio.wait_for`, which Bumble uses, forgets a cancellation that comes together
        with its result (Python 3.11).
        """
        while not task.done():
            task.cancel()
            await self._clock.sleep(0)

    async def settle(self, limit_s: float) -> None:
        """Wait until nothing runs any more; what still runs after the limit is cancelled."""
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(limit_s):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))
        for task in tuple(self._tasks):
            await self._end(task)

    def _ended(self, task: asyncio.Task[Any], done: Callable[[], None] | None) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, because nobody may be waiting for this outcome any more
        if done is not None:
            done()
