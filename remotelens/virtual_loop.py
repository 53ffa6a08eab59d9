"""An event loop whose time jumps to the next timer when nothing else can happen.

Sockets are served first: time stands still while any is ready, and while work handed to a thread is under
way. A whole night then takes seconds, if everything that talks to each other lives in this one loop; a peer
in another process would see every time-out at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any


class _PatientSelector(selectors.DefaultSelector):
    """Polls without waiting, and hands the time that would have been waited to `jump`."""

    def __init__(self, jump: Callable[[float], None], threads_at_work: Callable[[], bool]) -> None:
        super().__init__()
        self._jump = jump
        self._threads_at_work = threads_at_work

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or self._threads_at_work():
            return super().select(None)
        self._jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop on virtual time, which starts at 0.

    Use it as ``asyncio.Runner(loop_factory=VirtualLoop)``.

    Args:
        threads: run what is given to threads in threads. Without, it runs in the loop itself: time stands
            still meanwhile anyway, and handing it over and back costs more than most of it.
    """

    def __init__(self, *, threads: bool = True) -> None:
        self._with_threads = threads
        self._now_s = 0.0
        self._threads = 0
        super().__init__(_PatientSelector(self._jump, lambda: self._threads > 0))

    def time(self) -> float:
        """Return virtual seconds since the loop was made."""
        return self._now_s

    def _jump(self, seconds: float) -> None:
        self._now_s += seconds

    def run_in_executor(  # type: ignore[override]  # the base declares a TypeVarTuple that cannot be named here
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run in a thread as usual, or at once; time stands still until it is done."""
        if not self._with_threads:
            return self._run_at_once(func, *args)
        work: asyncio.Future[Any] = super().run_in_executor(executor, func, *args)
        self._threads += 1
        work.add_done_callback(self._thread_done)
        return work

    async def shutdown_default_executor(self, *args: Any, **options: Any) -> None:
        """Wait for the threads' end; time stands still until they have ended."""
        self._threads += 1
        try:
            await super().shutdown_default_executor(*args, **options)
        finally:
            self._threads -= 1

    def _run_at_once(self, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        work: asyncio.Future[Any] = self.create_future()
        try:
            work.set_result(func(*args))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits, as from a thread
            work.set_exception(error)
        return work

    def _thread_done(self, _work: asyncio.Future[Any]) -> None:
        self._threads -= 1
