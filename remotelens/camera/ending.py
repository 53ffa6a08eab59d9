"""Ends what goes on in a camera until it is told to stop: a run, a recording, a bulb exposure, a held focus.

A stop that was lost or refused leaves it going until the card is full or the battery empty. So it is made
again until the camera answers it or is seen to have ended; it outlives whoever asked for it being cancelled;
and what is still owed is tried once more when the camera is left.

Source: protocol/wifi.md 7.1; quirks 7, 12 and 26.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from remotelens.camera.line import Line
from remotelens.errors import (
    AuthenticationNeeded,
    CameraBusy,
    IllegalArgument,
    LinkError,
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
        going: the camera's words for its status while it goes on; None where its status does not tell, and
            a refusal that is not "not now" says that there is nothing to end.
        limit_s: how long to try.
        call_timeout_s: how long to wait for each answer.

    Attributes:
        owed: whether it was started and not ended yet, as far as is known; then `close` ends it.
    """

    def __init__(
        self,
        line: Line,
        stop: str,
        *params: str,
        doubt: str,
        going: Iterable[str] | None = None,
        limit_s: float = LIMIT_S,
        call_timeout_s: float = CALL_TIMEOUT_S,
    ) -> None:
        self._line = line
        self._stop = stop
        self._params = params
        self._doubt = doubt
        self._going = None if going is None else frozenset({*going, _NOT_READY})
        self._limit_s = limit_s
        self._call_timeout_s = call_timeout_s
        self._at_work: asyncio.Task[RemoteLensError | None] | None = None
        self.owed = False

    async def begin(self, method: str, *params: object) -> None:
        """Start it; from then on its end is owed.

        Raises:
            RefusedError: the camera said no, and nothing was started.
            LinkError, ProtocolError: it may have started, and was ended.
        """
        await self._line.call_or_undo(method, *params, undo=self.quietly)
        self.owed = True

    async def now(self, limit_s: float | None = None) -> None:
        """End it, however often that has to be asked for; this goes on when the caller is cancelled.

        Raises:
            RefusedError: it is not to be ended, or was refused until the time was over.
            LinkError, ProtocolError: there was no good answer until the time was over.
        """
        if self._at_work is None or self._at_work.done():
            work = self._insist(self._limit_s if limit_s is None else limit_s, started=self.owed)
            self._at_work = asyncio.create_task(work, name=f"{self._stop} of {self._line.name}")
            self.owed = True
        error = await asyncio.shield(self._at_work)
        if error is not None:
            raise self._told(error) from error

    async def quietly(self, limit_s: float | None = None) -> None:
        """End it on the way out: what went wrong first is told to the caller, a failure here to the log."""
        self.owed = True
        try:
            await self.now(limit_s)
        except RemoteLensError as error:
            _log.warning("%s", error)

    async def close(self) -> None:
        """End it within `CLOSE_LIMIT_S` if that is owed; nothing is left at work after that."""
        try:
            if self.owed:
                async with self._line.clock.timeout(CLOSE_LIMIT_S):
                    await self.quietly(CLOSE_LIMIT_S)
        except TimeoutError:
            _log.warning("%s: %s", self._line.name, self._doubt)
        finally:
            if self._at_work is not None:
                self._at_work.cancel()
                await asyncio.wait([self._at_work])

    async def _insist(self, limit_s: float, *, started: bool) -> RemoteLensError | None:
        """Ask until it has ended; return why it could not be brought about."""
        clock = self._line.clock
        deadline_s = clock.monotonic() + limit_s
        pause_s = FIRST_PAUSE_S
        quiet_looks = 0
        while (error := await self._ask()) is not None:
            if isinstance(error, LinkError | ProtocolError):
                started = True  # that stop may have been the one which ended it
            elif await self._goes_on(error):
                quiet_looks = 0
            else:
                quiet_looks += 1
                if self._going is None or quiet_looks >= QUIET_LOOKS:
                    self.owed = False
                    return None if started else error
            if isinstance(error, _FOR_GOOD) or clock.monotonic() + pause_s > deadline_s:
                return error
            await clock.sleep(pause_s)
            pause_s = min(1.5 * pause_s, LONGEST_PAUSE_S)
            if not await self._linked(deadline_s - clock.monotonic()):
                return error
        self.owed = False
        return None

    async def _ask(self) -> RemoteLensError | None:
        try:
            await self._line.call(self._stop, *self._params, timeout_s=self._call_timeout_s)
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
        return state.status in self._going

    async def _linked(self, timeout_s: float) -> bool:
        """Wait for the link; whether it is there."""
        try:
            async with self._line.clock.timeout(max(timeout_s, 0.0)):
                return await self._line.store.until(lambda state: state.link == "ready") is not None
        except TimeoutError:
            return False

    def _told(self, error: RemoteLensError) -> RemoteLensError:
        """Return the same kind of error, saying also what may be so now."""
        if not self.owed:
            return error
        return type(error)(
            f"{error.message}; {self._doubt}",
            camera=error.camera or self._line.name,
            remedy="end it at the camera, or switch the camera off",
            code=error.code,
        )
