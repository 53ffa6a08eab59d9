"""More than one still, or as long as the shutter is held open: continuous shooting and bulb.

Source: protocol/wifi.md 5.4 (startContShooting, startBulbShooting), 6.1 slots 40, 64 and 65.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from emulator.body.buffer import Buffer
from emulator.body.capture import Capture, Parts, idle_after_failure
from emulator.body.ladder import BULB
from emulator.body.machine import Cause, Status
from emulator.body.refusals import Reason, Refused
from emulator.body.shutter import Shot

SINGLE = "Single"


class Drive:
    """Continuous shooting and bulb of one camera.

    Args:
        parts: the camera.
        capture: takes the pictures.
    """

    def __init__(self, parts: Parts, capture: Capture) -> None:
        self._parts = parts
        self._capture = capture
        self._release: asyncio.Event
        """There once something is shot."""
        self._kind = ""
        self.run: Shot = ()
        """The pictures of the last run, once it has ended."""
        self.bulb: Shot = ()
        """The picture of the last bulb exposure."""

    @property
    def is_continuous(self) -> bool:
        """Whether the drive mode is another than single."""
        return bool(self._parts.settings.get("ContShootingMode", SINGLE) != SINGLE)

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter speed is BULB."""
        settings = self._parts.settings
        return settings.is_settable("ShutterSpeed") and settings.value("ShutterSpeed") == BULB

    @property
    def running(self) -> str:
        """``run``, ``bulb``, or empty."""
        return self._kind

    def start_run(self) -> None:
        """Take one picture after the other until stopped.

        Raises:
            Refused: not in this mode or state.
        """
        if not self.is_continuous:
            raise Refused(Reason.NOT_NOW, "the drive mode is single")
        self._start("run")
        self.run = ()
        self._parts.work.start(self._take("run", self._many), "continuous shooting")

    def start_bulb(self) -> None:
        """Open the shutter until it is closed.

        Raises:
            Refused: the shutter speed is not BULB, or the state does not allow it.
        """
        if not self.is_bulb:
            raise Refused(Reason.NOT_NOW, "the shutter speed is not BULB")
        self._start("bulb")
        self.bulb = ()
        self._parts.work.start(self._take("bulb", self._held), "bulb")

    def stop(self, kind: str) -> None:
        """End a run after its present picture, or close the shutter.

        Raises:
            Refused: nothing of that kind is going on.
        """
        if self._kind != kind:
            raise Refused(Reason.NOT_NOW, f"no {kind} is going on")
        self._release.set()

    def forget(self) -> None:
        """Forget what has been taken: the camera was switched off."""
        self._kind = ""
        self.run = self.bulb = ()

    def _start(self, kind: str) -> None:
        parts = self._parts
        if parts.settings.shoot_mode != "still":
            raise Refused(Reason.NOT_NOW, f"no stills in shoot mode {parts.settings.shoot_mode}")
        parts.settings.flush()
        parts.machine.move(Cause.RELEASE)
        self._release = asyncio.Event()
        self._kind = kind
        parts.bell.ring("status")

    async def _take(self, kind: str, taking: Callable[[list[str]], Awaitable[None]]) -> None:
        """See pictures taken, by name; whatever becomes of that, it has ended then."""
        names: list[str] = []
        try:
            with contextlib.suppress(Refused), idle_after_failure(self._parts.machine):
                await taking(names)
        except Exception:  # raised again, for whoever mends it
            self._end(tuple(names), kind)
            raise
        self._end(tuple(names), kind)

    async def _many(self, names: list[str]) -> None:
        parts, timings = self._parts, self._parts.profile.timings
        buffer = Buffer(parts.profile, parts.clock)
        await self._capture.prepare()
        await parts.clock.sleep(timings.capture)
        while True:
            taken = await self._capture.expose()
            parts.machine.move(Cause.EXPOSED)
            last = self._release.is_set()
            saving_s = max(timings.saving, buffer.empty_in_s) if last else 0.0
            names.append(await self._capture.save(taken, saving_s, same_run=bool(names)))
            if last:
                return
            if parts.card.present and not parts.card.writable:
                await parts.clock.sleep(max(timings.saving, buffer.empty_in_s))
                return
            parts.machine.move(Cause.NEXT)
            await parts.clock.sleep(timings.continuous_gap)
            if parts.card.present:
                await buffer.put(self._capture.card_bytes(taken))

    async def _held(self, names: list[str]) -> None:
        parts = self._parts
        await self._capture.prepare()
        taken = await self._capture.expose(self._release)
        parts.machine.move(Cause.EXPOSED)
        names.append(await self._capture.save(taken, parts.profile.timings.saving))

    def _end(self, names: Shot, kind: str) -> None:
        parts = self._parts
        self._kind = ""
        if kind == "run":
            self.run = names
        else:
            self.bulb = names
        parts.focus.after_capture()
        if parts.machine.status is Status.STILL_SAVING:
            parts.machine.move(Cause.SAVED)
        parts.bell.ring("pictures")
