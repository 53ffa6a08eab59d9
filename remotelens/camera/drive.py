"""Drive: what the shutter does: single or continuous shooting, the self-timer, intervals, and its sound.

Source: protocol/wifi.md 5.4; quirk 26: stopContShooting can fail at first.
"""

from __future__ import annotations

import contextlib

from remotelens.camera.ending import Ending, status_is
from remotelens.camera.evidence import baseline
from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.camera.state import CAPTURING
from remotelens.camera.trigger import recover
from remotelens.errors import CameraBusy, CaptureFailed, LinkError, RefusedError, RemoteProtocolError

SAVED_TIMEOUT_S = 25.0
LOOK_S = 3.0
SINGLE = "single"
_HELP = "set drive=continuous and wait until the camera is idle"
_TROUBLE = (RefusedError, LinkError, RemoteProtocolError)


class Drive:
    """Drive settings of one camera, and its continuous shooting."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self._before: tuple[str, ...] = ()
        self._ending = Ending(
            line, "stopContShooting", going=status_is(CAPTURING), doubt="the camera may still be shooting"
        )
        self.shoot_mode: Control = settings.control("shoot_mode")
        self.mode: Control = settings.control("drive")
        self.speed: Control = settings.control("drive_speed")
        self.self_timer: Control = settings.control("self_timer")
        self.interval: Control = settings.control("interval")
        self.beep: Control = settings.control("beep")
        self.silent: Control = settings.control("silent")

    @property
    def continuous(self) -> bool:
        """Whether the camera takes one picture after the other for as long as the shutter is held."""
        return self.mode.value not in (None, SINGLE)

    def require(self) -> None:
        """Refuse continuous shooting where the camera does not offer it now.

        Raises:
            NotSupported: this camera has no continuous shooting.
            NotAvailableNow: it has, but not in its present drive mode.
        """
        self._line.require("startContShooting", "continuous shooting", _HELP)

    async def start(self) -> None:
        """Start a continuous run; it goes on until `stop`, or until the camera is left.

        Raises:
            NotSupported: this camera has no continuous shooting.
            NotAvailableNow: it has, but not in its present drive mode.
        """
        self.require()
        self._before = self._line.state.continuous_urls
        await self._ending.begin("startContShooting")

    async def stop(self) -> tuple[str, ...]:
        """End a continuous run; return where its pictures can be fetched once they are saved.

        Raises:
            CaptureFailed: the camera took none.
            CameraBusy: it did not save them in time.
            RefusedError, LinkError: it may still be shooting; that is ended when the camera is left.
        """
        await self._ending.now()
        urls = await self._saved()
        self._line.remember_urls(urls)
        return urls

    async def run(self, seconds: float) -> tuple[str, ...]:
        """Hold the shutter for that many seconds; return where the pictures can be fetched.

        At least one picture is taken, and the run is ended in any case. Once it may have started, what the
        camera lists decides what is told, whatever it refuses then.

        Raises:
            NotSupported, NotAvailableNow, CameraBusy: as `start`; nothing was started.
            CaptureFailed: the camera took none.
            CaptureUnknown: what became of it is not known.
            LinkError: it was lost, and no picture was taken.
        """
        line = self._line
        before = baseline(line.state, line.seen_urls)
        try:
            await self.start()
        except (LinkError, RemoteProtocolError) as error:
            return await recover(line, before, error)
        try:
            await line.clock.sleep(seconds)
        except BaseException:
            await self._ending.quietly()
            raise
        try:
            return await self.stop()
        except _TROUBLE as error:
            return await recover(line, before, error)

    async def settle(self) -> None:
        """End a run that should have ended before; one that is wanted goes on."""
        await self._ending.settle()

    async def close(self) -> None:
        """End a run that was started and not stopped."""
        await self._ending.close()

    async def _saved(self) -> tuple[str, ...]:
        """Wait for the pictures; a camera that is idle again and tells of none has taken none."""
        line, before = self._line, self._before
        deadline_s = line.clock.monotonic() + SAVED_TIMEOUT_S
        while True:
            try:
                state = await line.until(
                    lambda state: state.idle and state.continuous_urls not in ((), before),
                    timeout_s=LOOK_S,
                    what="the pictures of the continuous run",
                )
            except CameraBusy:
                if line.state.idle and line.state.continuous_urls in ((), before):
                    raise CaptureFailed(
                        "the continuous run gave no pictures",
                        camera=line.name,
                        remedy="check that it can focus on something and that the card has room",
                    ) from None
                if line.clock.monotonic() >= deadline_s:
                    self._ending.owed = self._ending.overdue = line.state.status == CAPTURING
                    raise
                if line.state.status == CAPTURING:  # though it was told to stop
                    with contextlib.suppress(*_TROUBLE):
                        await line.call("stopContShooting")
            else:
                return state.continuous_urls
