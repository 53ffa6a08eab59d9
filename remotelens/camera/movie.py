"""Filming.

Source: protocol/wifi.md 13, "Film".
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.errors import LinkError, NotAvailableNow, RefusedError

START_TIMEOUT_S = 15.0
SAVED_TIMEOUT_S = 30.0
_RECORDING = "MovieRecording"


class Movie:
    """Movie recording of one camera."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self._settings = settings
        self.quality: Control = settings.control("movie_quality")

    @property
    def recording(self) -> bool:
        """Whether it films now."""
        return self._line.state.recording

    async def start(self) -> None:
        """Start filming, and return when the camera does.

        Raises:
            NotAvailableNow: the camera is not in the shoot mode movie.
            CardFull: there is no card to film on, or it is full.
        """
        line = self._line
        mode = line.state.value("shoot_mode")
        if mode is not None and mode != "movie":
            raise NotAvailableNow(
                f"no movie can be recorded with shoot_mode={mode}",
                camera=line.name,
                remedy="set shoot_mode=movie",
            )
        await line.wait_idle()
        line.require("startMovieRec", "movie recording", "set shoot_mode=movie")
        await line.call_or_undo("startMovieRec", undo=self._give_up)
        try:
            await line.until(
                lambda state: state.status == _RECORDING,
                timeout_s=START_TIMEOUT_S,
                what="the start of the movie",
            )
        except BaseException:
            await self._give_up()
            raise

    async def _give_up(self) -> None:
        """Stop what may have started; what went wrong first is told, not that."""
        with contextlib.suppress(RefusedError, LinkError):
            await self._line.call("stopMovieRec")

    async def stop(self) -> None:
        """Stop filming, and return when the movie is saved on the camera."""
        line = self._line
        await line.call("stopMovieRec", timeout_s=SAVED_TIMEOUT_S)
        await line.wait_idle(SAVED_TIMEOUT_S)

    @asynccontextmanager
    async def recorded(self) -> AsyncIterator[None]:
        """Film for as long as the block runs; the shoot mode is put back afterwards."""
        before = self._line.state.value("shoot_mode")
        if before not in (None, "movie"):
            await self._settings.set("shoot_mode", "movie")
        try:
            await self.start()
            try:
                yield
            finally:
                await self.stop()
        finally:
            if before not in (None, "movie"):
                assert before is not None
                await self._settings.set("shoot_mode", before)
