"""Recording movies, and on cameras that have them sound, stills at intervals, and movies in a loop.

    IDLE -> MovieWaitRecStart -> MovieRecording -> MovieWaitRecStop -> MovieSaving -> IDLE

The others go the same way under names of their own; stills at intervals have nothing to save in the end.

Source: protocol/wifi.md 5.4, 7.1, 7.2; models.md 4. The order of the others is the movie's (assumed).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from emulator.body.capture import Capture, Parts
from emulator.body.film import Film
from emulator.body.machine import Cause, Status
from emulator.body.movie import MovieRecipe
from emulator.body.refusals import Reason, Refused
from emulator.clock import timeout

Sort = Literal["movie", "audio", "interval", "loop"]
_TICK_S = 1.0
_XAVCS = "XAVC S"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of recording.

    Attributes:
        shoot_mode: the mode it is done in.
        begins: what its start does to the state.
        running: the state while it records.
    """

    shoot_mode: str
    begins: Cause
    running: Status


KINDS: Mapping[Sort, Kind] = MappingProxyType(
    {
        "movie": Kind("movie", Cause.RECORD, Status.MOVIE_RECORDING),
        "audio": Kind("audio", Cause.RECORD_AUDIO, Status.AUDIO_RECORDING),
        "interval": Kind("intervalstill", Cause.RECORD_INTERVAL, Status.INTERVAL_RECORDING),
        "loop": Kind("looprec", Cause.RECORD_LOOP, Status.LOOP_RECORDING),
    }
)


class Recorder:
    """The recorder of one camera.

    Args:
        parts: the camera.
        capture: takes the stills of an interval recording.
    """

    def __init__(self, parts: Parts, capture: Capture) -> None:
        self._parts = parts
        self._capture = capture
        self._stop: asyncio.Event
        """There once something is recorded."""
        self._sort: Sort = "movie"
        self._since_s: float | None = None
        self._lost = False
        """The card it should go to has been out or protected meanwhile."""
        self.shots = -1
        """How many stills the interval recording that goes on has taken, or -1."""

    @property
    def recording(self) -> bool:
        """Whether something is being recorded."""
        return self._since_s is not None

    @property
    def seconds(self) -> int:
        """How long a movie or sound has been recording, or -1."""
        if self._since_s is None or self._sort == "interval":
            return -1
        return int(self._parts.clock.monotonic() - self._since_s)

    def start(self, sort: Sort = "movie") -> None:
        """Begin recording.

        Raises:
            Refused: not in this mode or state, or there is nowhere to record to, or no room for a whole loop.
        """
        parts, kind = self._parts, KINDS[sort]
        if parts.settings.shoot_mode != kind.shoot_mode:
            raise Refused(Reason.NOT_NOW, f"no {sort} recording in shoot mode {parts.settings.shoot_mode}")
        if parts.machine.can(kind.begins) and not self._fits(sort):
            raise Refused(Reason.SHOOTING_FAILED, "no card to record to, or no room on it")
        self._begin(sort)

    def stop(self, sort: Sort = "movie") -> None:
        """End recording.

        Raises:
            Refused: nothing of that kind is being recorded.
        """
        parts = self._parts
        if parts.machine.status is not KINDS[sort].running:
            raise Refused(Reason.NOT_NOW, f"no {sort} is being recorded")
        parts.machine.move(Cause.STOP)
        self._stop.set()

    def toggle(self) -> None:
        """Begin or end recording because the camera's own button was pressed, in whatever shoot mode.

        Ignored where the state or the card does not allow it.
        """
        parts = self._parts
        for sort, kind in KINDS.items():
            if parts.machine.status is kind.running:
                self.stop(sort)
                return
        mode = parts.settings.shoot_mode
        sort = next((sort for sort, kind in KINDS.items() if kind.shoot_mode == mode), "movie")
        if parts.machine.can(KINDS[sort].begins) and self._fits(sort):
            self._begin(sort)

    def forget(self) -> None:
        """Drop what is going on: the camera was switched off, or is in trouble."""
        self._since_s = None
        self.shots = -1

    def _begin(self, sort: Sort) -> None:
        self._parts.settings.flush()
        self._parts.machine.move(KINDS[sort].begins)
        self._stop = asyncio.Event()
        self._sort = sort
        self._lost = False
        end = self._parts.bell.subscribe(self._mind_card)
        self._parts.work.start(self._record(sort), "recording").add_done_callback(lambda _task: end())

    async def _record(self, sort: Sort) -> None:
        try:
            await self._through_its_states(sort)
        finally:
            self._parts.card.reserve(0)

    def _mind_card(self, topic: str) -> None:
        """Lose what is recorded with the card that it should go to."""
        card = self._parts.card
        if topic == "card" and (card.protected or not card.present):
            self._lost = True
            self._end_if_lost()

    def _end_if_lost(self) -> None:
        if self._lost and self._parts.machine.status is KINDS[self._sort].running:
            self.stop(self._sort)

    async def _through_its_states(self, sort: Sort) -> None:
        parts, timings = self._parts, self._parts.profile.timings
        await parts.clock.sleep(timings.movie_start)
        created = parts.wall_clock.now()
        self._since_s = parts.clock.monotonic()
        parts.machine.move(Cause.RECORDING)
        self._end_if_lost()
        if sort == "interval":
            await self._take_stills()
            await self._end_of_recording()
            return
        film = Film(parts)
        last_s = self._loop_s() if sort == "loop" else None
        try:
            await self._run(sort, film, last_s)
            recipe = film.recipe(last_s=last_s)
        finally:
            film.close()
        await self._end_of_recording()
        await parts.clock.sleep(timings.movie_saving)
        if not self._lost:
            self._file(sort, created, recipe)
        parts.machine.move(Cause.SAVED)

    def _file(self, sort: Sort, created: datetime, recipe: MovieRecipe) -> None:
        card = self._parts.card
        if sort == "audio":
            card.add_audio(created, recipe.duration_s)
        else:
            xavcs = self._parts.settings.get("MovieFileFormat") == _XAVCS
            card.add_movie(created, recipe.duration_s, recipe, format="xavcs" if xavcs else "mp4")

    async def _end_of_recording(self) -> None:
        await self._parts.clock.sleep(self._parts.profile.timings.movie_stop)
        self.forget()
        self._parts.machine.move(Cause.STOPPED)

    async def _run(self, sort: Sort, film: Film, last_s: float | None) -> None:
        """Record until stopped, or until the card or the camera's own limit ends it."""
        parts = self._parts
        while not self._stop.is_set():
            await self._stopped_within(_TICK_S)
            if self._stop.is_set():
                return
            await parts.aim.keep_up()
            film.look()
            full = self._grow(sort, film.seconds, last_s)
            parts.bell.ring("recording")
            too_long = sort != "loop" and film.seconds >= parts.profile.movie.limit_s
            if not self._stop.is_set() and (too_long or full):
                self.stop(sort)

    def _grow(self, sort: Sort, seconds: float, last_s: float | None) -> bool:
        """Take what has been recorded so far off the card; whether no further second fits."""
        card = self._parts.card
        bytes_s = card.bytes_s(sound=sort == "audio")
        kept_s = seconds if last_s is None else min(seconds, last_s)
        card.reserve(kept_s * bytes_s)
        more_s = _TICK_S if last_s is None else min(_TICK_S, last_s - kept_s)
        return card.room_bytes < int(more_s * bytes_s)

    async def _take_stills(self) -> None:
        parts = self._parts
        self.shots = 0
        period_s = float(parts.settings.get("IntervalTime", "1"))
        due_s = parts.clock.monotonic()
        while not self._stop.is_set():
            try:
                await self._capture.prepare()
                await self._capture.save(await self._capture.expose(), 0.0)
            except Refused:
                if not parts.card.writable and not self._stop.is_set():
                    self.stop("interval")
            else:
                self.shots += 1
                parts.focus.after_capture()
                parts.bell.ring("recording")
            due_s = max(due_s + period_s, parts.clock.monotonic())
            await self._stopped_within(due_s - parts.clock.monotonic())

    async def _stopped_within(self, seconds: float) -> None:
        """Wait for that time, or until it is stopped."""
        try:
            async with timeout(self._parts.clock, seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    def _fits(self, sort: Sort) -> bool:
        """Whether there is a card to record to, with room for the loop that is asked for."""
        card = self._parts.card
        return card.writable and (sort != "loop" or self._loop_s() * card.bytes_s() <= card.room_bytes)

    def _loop_s(self) -> float:
        """How much of a loop is kept: minutes, or all that there is room for."""
        minutes = str(self._parts.settings.get("LoopRecTime", "unlimited"))
        card = self._parts.card
        return float(minutes) * 60 if minutes.isdigit() else card.room_bytes / card.bytes_s()
