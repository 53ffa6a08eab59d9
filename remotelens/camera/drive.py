"""Drive: what the shutter does: single or continuous shooting, the self-timer, intervals, and its sound.

Source: protocol/wifi.md 5.4; quirk 26: stopContShooting can fail at first.
"""

from __future__ import annotations

import logging

from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.errors import CameraBusy, CaptureFailed, LinkError, RefusedError

SAVED_TIMEOUT_S = 25.0
LOOK_S = 3.0
STOP_TRIES = 5
STOP_PAUSE_S = 0.2
SINGLE = "single"
_HELP = "set drive=continuous and wait until the camera is idle"
_log = logging.getLogger(__name__)


class Drive:
    """Drive settings of one camera, and its continuous shooting."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self._before: tuple[str, ...] = ()
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
        """Start a continuous run; it goes on until `stop`.

        Raises:
            NotSupported: this camera has no continuous shooting.
            NotAvailableNow: it has, but not in its present drive mode.
        """
        self.require()
        self._before = self._line.state.continuous_urls
        await self._line.call_or_undo("startContShooting", undo=self._give_up)

    async def stop(self) -> tuple[str, ...]:
        """End a continuous run; return where its pictures can be fetched once they are saved.

        Raises:
            CaptureFailed: the camera took none.
            CameraBusy: it did not save them in time.
        """
        await self._stop()
        urls = await self._saved()
        self._line.remember_urls(urls)
        return urls

    async def run(self, seconds: float) -> tuple[str, ...]:
        """Hold the shutter for that many seconds; return where the pictures can be fetched.

        At least one picture is taken. Raises as `start` and `stop` do; the run is ended in any case.
        """
        await self.start()
        try:
            await self._line.clock.sleep(seconds)
        except BaseException:
            await self._give_up()
            raise
        return await self.stop()

    async def _stop(self) -> None:
        for remaining in reversed(range(STOP_TRIES)):
            try:
                await self._line.call("stopContShooting")
            except RefusedError:
                if not remaining:
                    raise
            else:
                return
            await self._line.clock.sleep(STOP_PAUSE_S)

    async def _give_up(self) -> None:
        """Stop what may have started; what went wrong first is told, not that."""
        try:
            await self._stop()
        except (RefusedError, LinkError) as error:
            _log.warning("%s: the run may still go on: %s", self._line.name, error)

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
                    raise
            else:
                return state.continuous_urls
