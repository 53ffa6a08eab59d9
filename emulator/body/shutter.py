"""Taking one still, and waiting for it.

    IDLE -> StillCapturing (self-timer, focus, exposure) -> StillSaving -> the answer -> IDLE

A capture belongs to the camera, not to whoever asked: it goes on when they are gone, and its result waits.

Source: protocol/wifi.md 5.4, 6.3, 7.2, quirks 12 and 48.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from emulator.body.capture import Capture, Parts, idle_after_failure
from emulator.body.machine import STILL_RUNNING, Cause
from emulator.body.refusals import Reason, Refused
from emulator.clock import timeout

Asker = Literal["api", "button"]
Shot = tuple[str, ...]
"""The names of the pictures of one capture."""


class Shutter:
    """The shutter button of one camera, and the API's.

    Args:
        parts: the camera it is in.
        capture: takes the pictures.
    """

    def __init__(self, parts: Parts, capture: Capture) -> None:
        self._parts = parts
        self._capture = capture
        self._running: asyncio.Task[Shot] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.pending: Shot = ()
        """The pictures of the last capture asked for by the API, until somebody has been told."""
        self.untold: tuple[str, ...] = ()
        """Pictures of the camera's own button that no long poll has told yet."""

    async def take(self) -> Shot:
        """Take one picture and return its names.

        Raises:
            Refused: not now; it failed; it takes too long (then `wait` for it); a newer request came.
        """
        await self._make_way()
        self._begin("api")
        return await self.wait()

    def press(self) -> None:
        """Take a picture because the camera's own button was pressed; ignored where it cannot."""
        if self._parts.machine.can(Cause.RELEASE) and self._parts.settings.shoot_mode == "still":
            self._begin("button")

    async def wait(self) -> Shot:
        """Return the names of the capture that is going on, or that nobody has been told of yet.

        Raises:
            Refused: there is none; it takes too long; it failed; a newer request came.
        """
        running = self._running
        if running is None:
            if not self.pending:
                raise Refused(Reason.NOTHING_TAKEN, "nothing was taken")
            return self.pending
        self._supersede("a newer request waits for this capture")
        self._waiter = superseded = asyncio.get_running_loop().create_future()
        try:
            async with timeout(self._parts.clock, self._parts.profile.timings.take_picture_limit):
                await asyncio.wait([running, superseded], return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise Refused(Reason.NOT_FINISHED, "the capture still goes on") from None
        finally:
            superseded.cancel()
        if not running.done():
            superseded.result()
        if running.cancelled():
            raise Refused(Reason.INTERRUPTED, "the camera was switched off")
        return running.result()

    def told(self, shot: Shot) -> None:
        """Take note that somebody has been told of a capture, to the last byte."""
        if shot == self.pending:
            self.pending = ()

    def buttons_told(self, names: tuple[str, ...]) -> None:
        """Take note that pictures of the camera's own button have been told."""
        self.untold = tuple(name for name in self.untold if name not in names)

    def forget(self) -> None:
        """Forget what waits to be told: the camera was switched off."""
        self.pending = self.untold = ()

    @property
    def running(self) -> bool:
        """Whether a capture is going on."""
        return self._running is not None

    def _supersede(self, why: str) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Refused(Reason.SUPERSEDED, why))

    async def _make_way(self) -> None:
        """Where the camera lets a newer request wait for the older capture, wait for its end."""
        parts = self._parts
        if parts.profile.rules.two_captures == "refused" or parts.machine.status not in STILL_RUNNING:
            return
        self._supersede("a newer request takes the next picture")
        free = asyncio.Event()

        def look(_topic: str) -> None:
            if parts.machine.status not in STILL_RUNNING:
                free.set()

        end = parts.bell.subscribe(look)
        try:
            async with timeout(parts.clock, parts.profile.timings.newest_wait):
                await free.wait()
        except TimeoutError:
            raise Refused(Reason.BUSY, "the older capture still goes on") from None
        finally:
            end()

    def _begin(self, asker: Asker) -> None:
        parts = self._parts
        if parts.settings.shoot_mode != "still":
            raise Refused(Reason.NOT_NOW, f"no stills in shoot mode {parts.settings.shoot_mode}")
        parts.settings.flush()
        parts.machine.move(Cause.RELEASE)
        self.pending = ()
        self._running = parts.work.start(self._single(asker), "capture")
        self._running.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Shot]) -> None:
        if self._running is task:
            self._running = None

    async def _single(self, asker: Asker) -> Shot:
        """Take one picture; the state is back at IDLE shortly after its name is known."""
        parts, timings = self._parts, self._parts.profile.timings
        with idle_after_failure(parts.machine):
            try:
                await parts.clock.sleep(float(parts.settings.get("SelfTimer", 0)))
                await self._capture.prepare()
                await parts.clock.sleep(timings.capture)
                taken = await self._capture.expose()
            finally:
                parts.focus.after_capture()
            parts.machine.move(Cause.EXPOSED)
            name = await self._capture.save(taken, timings.saving)
        if asker == "api":
            self.pending = (name,)
        else:
            self.untold = (*self.untold, name)
        parts.bell.ring("pictures")
        parts.work.start(self._settle(), "after capture")
        return (name,)

    async def _settle(self) -> None:
        await self._parts.clock.sleep(self._parts.profile.timings.idle_after_answer)
        self._parts.machine.move(Cause.SAVED)
