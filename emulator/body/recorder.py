"""Recording movies.

    IDLE -> MovieWaitRecStart -> MovieRecording -> MovieWaitRecStop -> MovieSaving -> IDLE

Source: protocol/wifi.md 7.1, 7.2; models.md 4.
"""

from __future__ import annotations

import asyncio

from emulator.body.capture import Parts
from emulator.body.machine import Cause, Status
from emulator.body.refusals import Reason, Refused
from emulator.clock import timeout

_TICK_S = 1.0


class Recorder:
    """The movie recorder of one camera.

    Args:
        parts: the camera.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = asyncio.Event()
        self._since_s: float | None = None

    @property
    def recording(self) -> bool:
        """Whether a movie is being recorded."""
        return self._since_s is not None

    @property
    def seconds(self) -> int:
        """How long it has been recording, or -1."""
        if self._since_s is None:
            return -1
        return int(self._parts.clock.monotonic() - self._since_s)

    def start(self) -> None:
        """Begin recording.

        Raises:
            Refused: not in this mode or state, or there is nowhere to record to.
        """
        parts = self._parts
        if parts.settings.shoot_mode != "movie":
            raise Refused(Reason.NOT_NOW, f"no movies in shoot mode {parts.settings.shoot_mode}")
        if parts.machine.can(Cause.RECORD) and not parts.card.writable:
            raise Refused(Reason.SHOOTING_FAILED, "no card to record to, or no room on it")
        self._begin()

    def stop(self) -> None:
        """End recording.

        Raises:
            Refused: nothing is being recorded.
        """
        parts = self._parts
        if parts.machine.status is not Status.MOVIE_RECORDING:
            raise Refused(Reason.NOT_NOW, "no movie is being recorded")
        parts.machine.move(Cause.STOP)
        self._stop.set()

    def toggle(self) -> None:
        """Begin or end recording because the camera's own button was pressed, in whatever shoot mode.

        Ignored where the state or the card does not allow it.
        """
        parts = self._parts
        if parts.machine.status is Status.MOVIE_RECORDING:
            self.stop()
        elif parts.machine.can(Cause.RECORD) and parts.card.writable:
            self._begin()

    def forget(self) -> None:
        """Drop what is going on: the camera was switched off."""
        self._since_s = None

    def _begin(self) -> None:
        self._parts.settings.flush()
        self._parts.machine.move(Cause.RECORD)
        self._stop = asyncio.Event()
        self._parts.work.start(self._record(), "recording")

    async def _record(self) -> None:
        parts, timings = self._parts, self._parts.profile.timings
        await parts.clock.sleep(timings.movie_start)
        created = parts.wall_clock.now()
        self._since_s = parts.clock.monotonic()
        parts.machine.move(Cause.RECORDING)
        while not self._stop.is_set():
            try:
                async with timeout(parts.clock, _TICK_S):
                    await self._stop.wait()
            except TimeoutError:
                parts.bell.ring("recording")
                if parts.card.minutes_left == 0:
                    self.stop()
        duration_s = parts.clock.monotonic() - self._since_s
        await parts.clock.sleep(timings.movie_stop)
        self._since_s = None
        parts.machine.move(Cause.STOPPED)
        await parts.clock.sleep(timings.movie_saving)
        parts.card.add_movie(created, duration_s)
        parts.machine.move(Cause.SAVED)
