"""Recording: movies, and on cameras that have them loops, sound, and stills at intervals.

The shoot mode decides what is recorded. Source: protocol/wifi.md 5.4, 7.1, 7.5 and 13, "Film".
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from remotelens.camera.ending import Ending, status_is
from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.camera.state import Value
from remotelens.errors import InvalidValue, NotAvailableNow, RemoteLensError

START_TIMEOUT_S = 15.0
SAVED_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
MOVIE = "movie"
_log = logging.getLogger(__name__)


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

    @property
    def going(self) -> tuple[str, str]:
        """What the camera says from the start on until it ends."""
        return self.status, self.status.replace("Recording", "WaitRecStart")


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
        self._endings = {
            one.api: Ending(
                line,
                f"stop{one.api}",
                going=status_is(*one.going),
                doubt="it may still be recording",
                call_timeout_s=STOP_TIMEOUT_S,
            )
            for one in RECORDINGS.values()
        }
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

        It goes on until `stop`, also when the camera is left.

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
        ending = self._endings[wanted.api]
        await ending.settle()
        await line.wait_idle()
        line.require(f"start{wanted.api}", wanted.what, "set shoot_mode=movie")
        self._running = wanted
        await ending.begin(f"start{wanted.api}")
        try:
            await line.until(
                lambda state: state.status == wanted.status,
                timeout_s=START_TIMEOUT_S,
                what=f"the start of {wanted.what}",
            )
        except BaseException:
            await ending.quietly()
            raise
        ending.owed = False

    async def stop(self) -> None:
        """Stop recording, and return when what was recorded is saved on the camera.

        Raises:
            RefusedError, LinkError: it may still be recording; that is ended when the camera is left.
        """
        line = self._line
        status = line.state.status
        running = next((one for one in RECORDINGS.values() if one.status == status), self._running)
        await self._endings[running.api].now()
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
        if before == mode:
            before = None
        try:
            if before is not None:
                await self._settings.set("shoot_mode", mode)
            await self.start()
            self._endings[self._running.api].owed = True
            try:
                yield
            except BaseException:
                await self._quietly(self.stop())
                raise
            await self.stop()
        except BaseException:
            if before is not None:
                await self._quietly(self._put_back(before))
            raise
        if before is not None:
            await self._settings.set("shoot_mode", before)

    async def _put_back(self, mode: Value) -> None:
        """Put the shoot mode back after something went wrong; what is being saved is waited for."""
        if not self._endings[self._running.api].owed:
            await self._line.snapshot()
            await self._line.wait_idle(SAVED_TIMEOUT_S)
        await self._settings.set("shoot_mode", mode)

    async def close(self) -> None:
        """End what `recorded` or a failed `start` or `stop` left going."""
        for ending in self._endings.values():
            await ending.close()

    async def _quietly(self, deed: Awaitable[object]) -> None:
        """Do something on the way out: what went wrong first is told to the caller, not that."""
        try:
            await deed
        except RemoteLensError as error:
            _log.warning("%s", error)
