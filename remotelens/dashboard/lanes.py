"""Lanes: work that is asked for faster than a camera can do it, one thing at a time, the newest wish first.

A held key asks thirty times a second; a camera does perhaps three things in that time. What waits is
replaced, never piled up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from remotelens.errors import RemoteLensError

Job = Callable[[], Awaitable[None]]


class Lane:
    """Does jobs one after the other; each key has at most one job waiting.

    Args:
        failed: told what a job could not do; any other kind of exception ends the lane.
    """

    def __init__(self, failed: Callable[[RemoteLensError], None]) -> None:
        self._failed = failed
        self._jobs: dict[str, Job] = {}
        self._asked = asyncio.Event()
        self._running: str | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being done or waits."""
        return self._running is not None or bool(self._jobs)

    def waits(self, key: str) -> bool:
        """Whether a job of that key waits behind the one being done."""
        return key in self._jobs

    def put(self, key: str, job: Job) -> None:
        """Ask for a job, instead of one of the same key that waits."""
        self._jobs[key] = job
        self._asked.set()

    def clear(self) -> None:
        """Forget what waits."""
        self._jobs.clear()

    async def run(self) -> None:
        """Do what is asked for until cancelled."""
        while True:
            while not self._jobs:
                self._asked.clear()
                await self._asked.wait()
            key = next(iter(self._jobs))
            job = self._jobs.pop(key)
            self._running = key
            try:
                await job()
            except RemoteLensError as error:
                self._failed(error)
            finally:
                self._running = None
