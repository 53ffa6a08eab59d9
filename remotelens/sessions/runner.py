"""The runner: walks through what is left of a plan, writing intention before and outcome after.

It owns the order and the times of things; the engine owns the camera. What to do next is decided by
`progress.remaining`, so that a new session, a resumed one and a rehearsal are the same code.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from remotelens.clock import Clock
from remotelens.errors import (
    InvalidValue,
    LinkError,
    ProtocolError,
    RefusedError,
    RemoteLensError,
    SupplyError,
)
from remotelens.plans.expand import Apply, Due, Shoot, Task
from remotelens.plans.steps import Plan
from remotelens.sessions.engine import Baseline, Engine
from remotelens.sessions.fetching import Fetching
from remotelens.sessions.journal import Journal
from remotelens.sessions.logbook import Logbook
from remotelens.sessions.progress import MISSING, Progress, is_settled, remaining
from remotelens.sessions.raws import RawFiles
from remotelens.sessions.records import Applied, Began, Ended, Grid, Intent, Record, Taken
from remotelens.sessions.settling import Settling
from remotelens.sessions.ticks import Ticks
from remotelens.sessions.waiting import RETRY_PAUSE_S, StopAsked, Waiting

INTENT_LEAD_S = (
    0.25  # an intention is on the disk this long before the shutter, so that writing delays nothing
)
SET_ATTEMPTS = 5
SHOT_ATTEMPTS = 5


class Finish(StrEnum):
    """Why a session stopped being worked on."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    STORAGE = "storage"
    FAILED = "failed"


class Runner:
    """Works on one session until it is complete, stopped, or cannot go on.

    Args:
        plan: what to shoot.
        journal: the session's open journal; what stands in it is not done again.
        engine: what takes the pictures.
        folder: where files go.
        clock: the session's time.
        tell: called with each record after it is on the disk; an exception in it ends the session.
    """

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        engine: Engine,
        folder: Path,
        clock: Clock,
        tell: Callable[[Record], None] | None = None,
    ) -> None:
        self._plan = plan
        self._engine = engine
        self._clock = clock
        self._logbook = Logbook(journal, clock, tell)
        self._waiting = Waiting(self._logbook, clock, engine.reconnect)
        self._fetching = Fetching(plan.name, engine, folder, self._logbook, self._waiting)
        self._settling = Settling(plan, engine, self._logbook, self._waiting, self._fetching)
        self._raws = RawFiles(engine, folder, self._logbook, self._waiting)
        self._ticks = Ticks(clock)
        self._under_way = False

    @property
    def progress(self) -> Progress:
        """What the journal amounts to now."""
        return self._logbook.progress

    def stop(self) -> None:
        """Ask the runner to end after the frame it is at."""
        self._waiting.stop()

    async def run(self) -> Finish:
        """Work until there is an end; the journal says which.

        Raises:
            RemoteLensError: what ended the session, after the journal has been told; for `SupplyError` the
                frame stays on the camera and in the journal as taken but not kept.
        """
        shot_whole = is_settled(self._plan, self.progress)  # then there is only something to be fetched
        try:
            uuid = await self._begin()
            await self._settling.settle()
            for task in () if shot_whole else remaining(self._plan, self.progress):
                if self._waiting.stopping:
                    break
                await self._do(task)
            if not self._waiting.stopping:
                await self._settling.settle(last=True)
            if not self._waiting.stopping:
                await self._raws.bring(uuid)
            return await self._end(Finish.STOPPED if self._waiting.stopping else Finish.COMPLETE)
        except StopAsked:
            return await self._end(Finish.STOPPED)
        except SupplyError:
            with contextlib.suppress(SupplyError):  # the journal's own disk may be the full one
                await self._end(Finish.STORAGE)
            raise
        except RemoteLensError:
            await self._end(Finish.FAILED)
            raise

    async def _begin(self) -> str | None:
        """Write down what there is to work with; return the camera's own id."""
        about = await self._waiting.patiently(self._engine.about)
        baseline = await self._waiting.patiently(self._engine.baseline)
        await self._logbook.write(
            Began(
                at=self._logbook.now(),
                run=1 + self.progress.runs,
                model=about.model,
                family=about.family,
                clock_trusted=about.clock_trusted,
                known_urls=list(baseline.urls),
                remaining=baseline.remaining,
                uuid=about.uuid,
            )
        )
        await self._settling.begin(about.uuid)
        return about.uuid

    async def _do(self, task: Task) -> None:
        due = task.due
        if due is not None and (start_s := self._ticks.begin(due)) is not None:
            log = self._logbook
            await log.write(
                Grid(at=log.now(), interval=due.interval, start=log.text_of(start_s), first_tick=due.tick)
            )
        self._ticks.enter(due)
        if isinstance(task, Shoot):
            await self._frame(task)
        elif self._ticks.late:
            return
        elif isinstance(task, Apply):
            await self._waiting.sleep(self._time_until(due))
            await self._apply(task)
        elif self._ticks.given_up is None:
            await self._waiting.sleep(self._time_until(due))
            await self._waiting.sleep(task.seconds)

    async def _apply(self, task: Apply) -> None:
        """Change settings; what is refused again and again costs its tick's frames, and not the session.

        In a tick that has been given up they are tried once, since later ticks may count on them.
        """
        failure: RemoteLensError | None = None
        for attempt in range(1 if self._ticks.given_up else SET_ATTEMPTS):
            if self._waiting.stopping:
                return
            begun_s = self._clock.monotonic()
            try:
                await self._engine.apply(task.values)
            except (LinkError, ProtocolError, RefusedError, InvalidValue) as error:
                failure = error
                if isinstance(error, LinkError):
                    await self._waiting.for_camera(error)
                else:
                    await self._waiting.sleep(RETRY_PAUSE_S * (attempt + 1))
            else:
                await self._logbook.write(Applied(at=self._logbook.now(), values=dict(task.values)))
                return
            self._ticks.lost(self._clock.monotonic() - begun_s)
            if self._ticks.late:
                break
        if failure is not None and not self._waiting.stopping:
            await self._not_applied(task, failure)

    async def _not_applied(self, task: Apply, failure: RemoteLensError) -> None:
        names = ", ".join(name for name, _ in task.values)
        words = f"{names} could not be set: {failure.message}"
        if task.due is not None:
            self._ticks.given_up = self._ticks.given_up or f"not taken: {words}"
        elif not task.replayed and not self._under_way:
            raise failure  # somebody has only just begun this, and can mend it
        await self._logbook.note(words)

    async def _frame(self, task: Shoot) -> None:
        """Take one frame and settle it, whatever comes of it, unless asked to stop before."""
        ticks = self._ticks
        due_s = ticks.due_s(task.due) if task.due is not None and task.due.first else None
        why = ticks.left_out
        if due_s is not None and why is None:
            await self._waiting.sleep(due_s - INTENT_LEAD_S - self._clock.monotonic())
        attempts = 0
        while why is None and not self._waiting.stopping:
            begun_s = max(self._clock.monotonic(), due_s or 0.0)
            baseline = await self._listed()
            if baseline is not None:
                attempts += 1
                if await self._attempt(task, baseline, due_s):
                    self._under_way = True
                    return
            ticks.lost(self._clock.monotonic() - begun_s)
            why = ticks.left_out
            if why is None and attempts >= SHOT_ATTEMPTS:
                why = f"not taken: {attempts} attempts failed"
        if why is not None:
            tick_s = ticks.due_s(task.due)
            due = None if tick_s is None else self._logbook.text_of(tick_s)
            await self._logbook.settle(task.n, MISSING, why, due=due)

    async def _listed(self) -> Baseline | None:
        """Return what the camera lists; None after waiting for a camera that was away."""
        try:
            return await self._engine.baseline()
        except LinkError as error:
            await self._waiting.for_camera(error)
            return None

    async def _attempt(self, task: Shoot, baseline: Baseline, due_s: float | None) -> bool:
        """Try to take one frame; return whether it needs no other try."""
        log = self._logbook
        await log.write(
            Intent(
                at=log.now(),
                n=task.n,
                due=None if due_s is None else log.text_of(due_s),
                known_urls=list(baseline.urls),
                remaining=baseline.remaining,
                requested=self._engine.requested(),
            )
        )
        late_s: float | None = None
        if due_s is not None:
            await self._clock.sleep(due_s - self._clock.monotonic())
            late_s = round(self._clock.monotonic() - due_s, 6)
        await self._shoot(task, late_s)
        return task.n in self.progress.frames

    async def _shoot(self, task: Shoot, late_s: float | None) -> None:
        log = self._logbook
        try:
            snap = await self._engine.shoot(task)
        except (LinkError, ProtocolError) as error:
            await self._waiting.past(error)
            await self._settling.settle()
            return
        except RefusedError as error:
            await log.settle(task.n, MISSING, f"the camera refused: {error.message}", late_s=late_s)
            return
        await log.write(
            Taken(
                at=log.now(),
                n=task.n,
                urls=list(snap.urls),
                late_s=late_s,
                on_card=snap.on_card,
                raw=snap.raw and task.raw,
            )
        )
        await self._fetching.bring(task)

    def _time_until(self, due: Due | None) -> float:
        """Return how many seconds there are until a tick begins; none for what does not begin one."""
        due_s = self._ticks.due_s(due) if due is not None and due.first else None
        return 0.0 if due_s is None else due_s - self._clock.monotonic()

    async def _end(self, finish: Finish) -> Finish:
        await self._logbook.write(Ended(at=self._logbook.now(), finish=finish))
        return finish
