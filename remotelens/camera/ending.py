"""Ends what goes on in a camera until it is told to stop: a run, a recording, a bulb exposure, a held focus.

A stop that was lost or refused leaves it going until the card is full or the battery empty. So it is made
again until the camera answers it or is seen to have ended; it outlives whoever asked for it being cancelled,
and a camera that is away is told when it is back; and what is still owed is tried once more when the camera
is left.

Source: protocol/wifi.md 7.1; quirks 7, 12 and 26.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from remotelens.camera.line import Line
from remotelens.camera.state import CameraState
from remotelens.errors import (
    AuthenticationNeeded,
    CameraBusy,
    IllegalArgument,
    LinkError,
    LinkLost,
    LinkTimeout,
    NotSupported,
    ProtocolError,
    RefusedError,
    RemoteLensError,
)

LIMIT_S = 45.0
CALL_TIMEOUT_S = 5.0
CLOSE_LIMIT_S = 15.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0
QUIET_LOOKS = 4
"""Refusals in a row by a camera that shows nothing going on, before that is believed.

A camera that has just been told to start may refuse the stop before it shows that it started (quirk 26).
"""
_NOT_READY = "NotReady"
_FOR_GOOD = (NotSupported, IllegalArgument, AuthenticationNeeded)
_log = logging.getLogger(__name__)


class Ending:
    """The end of one thing that goes on at a camera.

    Args:
        line: the camera.
        stop: the method that ends it.
        params: that method's parameters.
        doubt: what may be so where it was not ended, in words.
        going: whether a state of the camera shows that it goes on; None where none does, and a refusal that
            is not "not now" says that there is nothing to end.
        service: whose methods start and end it.
        limit_s: how long whoever asks for the end waits for it, and for how long refusals are answered by
            asking again; that is counted anew from a lost link on, which never ends the asking.
        call_timeout_s: how long to wait for each answer.

    Attributes:
        owed: whether it was started and not ended yet, as far as is known; then `close` ends it.
        overdue: whether it was also told to end, or is being told.
    """

    def __init__(
        self,
        line: Line,
        stop: str,
        *params: str,
        doubt: str,
        going: Callable[[CameraState], bool] | None = None,
        service: str = "camera",
        limit_s: float = LIMIT_S,
        call_timeout_s: float = CALL_TIMEOUT_S,
    ) -> None:
        self._line = line
        self._stop = stop
        self._params = params
        self._doubt = doubt
        self._going = going
        self._service = service
        self._limit_s = limit_s
        self._call_timeout_s = call_timeout_s
        self._at_work: asyncio.Task[RemoteLensError | None] | None = None
        self._trouble: RemoteLensError | None = None
        self._leaving = False
        self.owed = False
        self.overdue = False

    async def begin(self, method: str, *params: object, timeout_s: float | None = None) -> list[Any]:
        """Start it, and return the answer's values; from then on its end is owed.

        The one before is ended first where that is overdue: a late stop would end this one.

        Raises:
            RefusedError: the camera said no, and nothing was started.
            LinkError, ProtocolError: it may have started, and was ended.
        """
        await self.settle()
        values = await self._line.call_or_undo(
            method, *params, service=self._service, timeout_s=timeout_s, undo=self.quietly
        )
        self.owed = True
        return values

    async def now(self, limit_s: float | None = None) -> None:
        """End it, however often that has to be asked for.

        This goes on when the caller is cancelled, and when the link is lost for longer than the caller waits.

        Raises:
            RefusedError: it is not to be ended, or was refused until the time was over.
            LinkError, ProtocolError: there was no good answer until the time was over.
        """
        limit_s = self._limit_s if limit_s is None else limit_s
        work = self._at_work
        if work is None or work.done():
            insisting = self._insist(limit_s, started=self.owed)
            work = self._at_work = asyncio.create_task(insisting, name=f"{self._stop} of {self._line.name}")
            self.owed = self.overdue = True
        error = await self._outcome(work, limit_s)
        if error is not None and self.owed:
            raise self._doubtful(error) from error
        if error is not None:
            raise error

    async def quietly(self, limit_s: float | None = None) -> None:
        """End it on the way out: what went wrong first is told to the caller, a failure here to the log."""
        self.owed = True
        try:
            await self.now(limit_s)
        except RemoteLensError as error:
            _log.warning("%s", error)

    async def settle(self) -> None:
        """End what should have ended before; what goes on because it is wanted is left alone."""
        if self.overdue:
            await self.quietly()

    async def close(self) -> None:
        """End it within `CLOSE_LIMIT_S` if that is owed; nothing is left at work after that."""
        self._leaving = True
        try:
            if self.owed:
                await self.quietly(CLOSE_LIMIT_S)
        finally:
            if self._at_work is not None:
                self._at_work.cancel()
                await asyncio.wait([self._at_work])

    async def _outcome(
        self, work: asyncio.Task[RemoteLensError | None], limit_s: float
    ) -> RemoteLensError | None:
        """Wait for the work for so long, and return why it has not brought the end about."""
        try:
            async with self._line.clock.timeout(limit_s) as limit:
                return await asyncio.shield(work)
        except TimeoutError:
            if not limit.expired():
                raise
            return self._trouble or LinkTimeout(f"{self._stop} was not answered", camera=self._line.name)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if not work.cancelled() or (caller is not None and caller.cancelling()):
                raise
            return LinkLost("the camera was left before that was done", camera=self._line.name)

    async def _insist(self, limit_s: float, *, started: bool) -> RemoteLensError | None:
        """Ask until it has ended; return why it could not be brought about."""
        clock = self._line.clock
        deadline_s = clock.monotonic() + limit_s
        pause_s = FIRST_PAUSE_S
        quiet_looks = 0
        while (error := await self._ask()) is not None:
            self._trouble = error
            for_good = isinstance(error, _FOR_GOOD)
            if lost := isinstance(error, LinkError):
                deadline_s = clock.monotonic() + limit_s
            if isinstance(error, LinkError | ProtocolError):
                started = True  # that stop may have been the one which ended it
            elif await self._goes_on(error):
                quiet_looks = 0
            else:
                quiet_looks += 1
                if self._going is None or quiet_looks >= QUIET_LOOKS or (for_good and not started):
                    self._ended()
                    return None if started else error
            if for_good or (not lost and clock.monotonic() + pause_s > deadline_s):
                return error
            await clock.sleep(pause_s)
            pause_s = min(1.5 * pause_s, LONGEST_PAUSE_S)
            if not await self._linked():
                return error
        self._ended()
        return None

    def _ended(self) -> None:
        self.owed = self.overdue = False
        self._trouble = None

    async def _ask(self) -> RemoteLensError | None:
        try:
            await self._line.call(
                self._stop, *self._params, service=self._service, timeout_s=self._call_timeout_s
            )
        except RemoteLensError as error:
            return error
        return None

    async def _goes_on(self, refusal: RemoteLensError) -> bool:
        """Whether there is something to end, as far as the camera tells."""
        if self._going is None:
            return isinstance(refusal, CameraBusy)
        try:
            state = await self._line.snapshot()
        except (RefusedError, LinkError, ProtocolError):
            return True
        return state.status == _NOT_READY or self._going(state)

    async def _linked(self) -> bool:
        """Wait for the link; False when it is closed for good."""
        return await self._line.store.until(lambda state: state.link == "ready") is not None

    def _doubtful(self, error: RemoteLensError) -> RemoteLensError:
        """Return the same kind of error, saying also what may be so now."""
        waits = isinstance(error, LinkError) and not self._leaving
        back = "bring it back into reach, which ends it, or " if waits else ""
        return type(error)(
            f"{error.message}; {self._doubt}",
            camera=error.camera or self._line.name,
            remedy=f"{back}end it at the camera, or switch the camera off",
            code=error.code,
        )


def status_is(*words: str) -> Callable[[CameraState], bool]:
    """Return a test whether the camera's status is one of these words."""
    return lambda state: state.status in words
