"""Recording: movies, and on cameras that have them loops, sound, and stills at intervals.

The shoot mode decides what is recorded. Source: protocol/wifi.md 5.4, 7.1, 7.5 and 13, "Film".
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.errors import InvalidValue, LinkError, NotAvailableNow, RefusedError

START_TIMEOUT_S = 15.0
SAVED_TIMEOUT_S = 30.0
MOVIE = "movie"


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded in one shoot mode.

    Attributes:
        api: the X of startX and stopX.
        status: what the camera says meanwhile.
        what: in words.
    """

    api: str
    status: str
    what: str


RECORDINGS: Mapping[str, Recording] = MappingProxyType(
    {
        MOVIE: Recording("MovieRec", "MovieRecording", "movie recording"),
        "looprec": Recording("LoopRec", "LoopRecording", "recording in a loop"),
        "audio": Recording("AudioRec", "AudioRecording", "sound recording"),
        "intervalstill": Recording("IntervalStillRec", "IntervalRecording", "shooting at intervals"),
    }
)
"""By shoot mode."""


class Movie:
    """Recording with one camera."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self._settings = settings
        self._running = RECORDINGS[MOVIE]
        self.quality: Control = settings.control("movie_quality")
        self.format: Control = settings.control("movie_format")
        self.steady: Control = settings.control("steady")
        self.view_angle: Control = settings.control("view_angle")
        self.loop_time: Control = settings.control("loop_time")
        self.audio: Control = settings.control("audio")
        self.wind_noise: Control = settings.control("wind_noise")

    @property
    def recording(self) -> bool:
        """Whether it records now."""
        return self._line.state.recording

    async def start(self) -> None:
        """Start recording what the shoot mode says, and return when the camera does.

        Raises:
            NotAvailableNow: the camera is in the shoot mode still.
            CardFull: there is no card to record on, or it is full.
        """
        line = self._line
        mode = line.state.value("shoot_mode")
        wanted = RECORDINGS.get(MOVIE if mode is None else str(mode))
        if wanted is None:
            raise NotAvailableNow(
                f"no movie can be recorded with shoot_mode={mode}",
                camera=line.name,
                remedy="set shoot_mode=movie",
            )
        await line.wait_idle()
        line.require(f"start{wanted.api}", wanted.what, "set shoot_mode=movie")
        self._running = wanted
        await line.call_or_undo(f"start{wanted.api}", undo=self._give_up)
        try:
            await line.until(
                lambda state: state.status == wanted.status,
                timeout_s=START_TIMEOUT_S,
                what=f"the start of {wanted.what}",
            )
        except BaseException:
            await self._give_up()
            raise

    async def _give_up(self) -> None:
        """Stop what may have started; what went wrong first is told, not that."""
        with contextlib.suppress(RefusedError, LinkError):
            await self._line.call(f"stop{self._running.api}")

    async def stop(self) -> None:
        """Stop recording, and return when what was recorded is saved on the camera."""
        line = self._line
        status = line.state.status
        running = next((one for one in RECORDINGS.values() if one.status == status), self._running)
        await line.call(f"stop{running.api}", timeout_s=SAVED_TIMEOUT_S)
        await line.wait_idle(SAVED_TIMEOUT_S)

    @asynccontextmanager
    async def recorded(self, mode: str = MOVIE) -> AsyncIterator[None]:
        """Record for as long as the block runs; the shoot mode is put back afterwards.

        Args:
            mode: the shoot mode to record in: movie, looprec, audio or intervalstill, as the camera has them.
        """
        if mode not in RECORDINGS:
            raise InvalidValue(
                f"nothing is recorded in the shoot mode {mode}",
                camera=self._line.name,
                remedy=f"choose one of {', '.join(RECORDINGS)}",
            )
        before = self._line.state.value("shoot_mode")
        if before is None or before == mode:
            before = None
        else:
            await self._settings.set("shoot_mode", mode)
        try:
            await self.start()
            try:
                yield
            finally:
                await self.stop()
        finally:
            if before is not None:
                await self._settings.set("shoot_mode", before)
