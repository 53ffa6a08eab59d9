"""Waiting in a session: for time to pass, for the camera to come back, and no longer than a stop allows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from remotelens.clock import Clock
from remotelens.errors import LinkError, ProtocolError, RemoteLensError
from remotelens.sessions.logbook import Logbook

RETRY_PAUSE_S = 0.5
ASK_ATTEMPTS = 3

_Answer = TypeVar("_Answer")


class StopAsked(Exception):
    """The session was asked to stop while it waited."""


class Waiting:
    """Knows whether the session was asked to stop, and waits accordingly.

    Args:
        logbook: is told when the camera is lost and when it is back.
        clock: the session's time.
        reconnect: returns when the camera is there again, however long that takes.
    """

    def __init__(self, logbook: Logbook, clock: Clock, reconnect: Callable[[], Awaitable[None]]) -> None:
        self._logbook = logbook
        self._clock = clock
        self._reconnect = reconnect
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ask the session to stop."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether the session was asked to stop."""
        return self._stop.is_set()

    async def sleep(self, seconds: float) -> None:
        """Sleep, or return early when asked to stop."""
        if seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(seconds):
                await self._stop.wait()

    async def unless_stopped(self, work: Awaitable[_Answer], grace_s: float) -> _Answer:
        """Wait for something that may last, and for so long only once asked to stop.

        Raises:
            StopAsked: it lasted longer, and was cancelled.
        """
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                with contextlib.suppress(TimeoutError):
                    async with self._clock.timeout(grace_s):
                        await asyncio.wait((task,))
            if not task.done():
                raise StopAsked
            return task.result()
        finally:
            task.cancel()
            stop.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    async def for_camera(self, error: LinkError) -> None:
        """Return when the camera that was lost is there again.

        Raises:
            StopAsked: the session was asked to stop meanwhile, or before.
        """
        await self._logbook.note(f"camera lost: {error.message}")
        await self.unless_stopped(self._reconnect(), 0.0)
        await self._logbook.note("camera back")

    async def past(self, error: RemoteLensError) -> None:
        """Wait until it is worth asking again: until the camera is back, or for a moment.

        Raises:
            StopAsked: as for `for_camera`.
        """
        if isinstance(error, LinkError):
            await self.for_camera(error)
            return
        await self._logbook.note(f"the camera did not answer as it should: {error.message}")
        await self.sleep(RETRY_PAUSE_S)

    async def patiently(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Ask until there is an answer: through any loss of the camera, and a few garbled answers.

        Raises:
            StopAsked: as for `for_camera`.
            ProtocolError: each answer was garbled.
        """
        garbled = 0
        while True:
            try:
                return await ask()
            except (LinkError, ProtocolError) as error:
                garbled += isinstance(error, ProtocolError)
                if garbled >= ASK_ATTEMPTS:
                    raise
                await self.past(error)
