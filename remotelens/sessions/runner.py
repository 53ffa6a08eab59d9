"""The runner: walks through what is left of a plan, writing intention before and outcome after.

It owns time, stopping and the journal; the engine owns the camera. What to do next is decided by
`progress.remaining`, so that a new session, a resumed one and a rehearsal are the same code.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from remotelens.clock import Clock
from remotelens.errors import LinkError, RefusedError, RemoteLensError, SupplyError
from remotelens.plans.expand import Apply, Due, Pause, Shoot, Task
from remotelens.plans.steps import Plan
from remotelens.sessions.engine import Engine, Evidence
from remotelens.sessions.journal import Journal
from remotelens.sessions.leftovers import cleared
from remotelens.sessions.progress import MISSING, TAKEN, UNKNOWN, FrameStanding, Progress, fold, remaining
from remotelens.sessions.records import (
    Applied,
    Began,
    Done,
    Ended,
    Grid,
    Intent,
    Kept,
    Noted,
    Record,
    Taken,
    Void,
)

_Answer = TypeVar("_Answer")

INTENT_LEAD_S = (
    0.25  # an intention is on the disk this long before the shutter, so that writing delays nothing
)


class Finish(StrEnum):
    """Why a session stopped being worked on."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    STORAGE = "storage"
    FAILED = "failed"


LATEST = 0.5  # a frame later than this part of its interval is left out, so that the next ones are on time


def utc_text(moment: datetime) -> str:
    """Return a moment as the journal and `--json` write it: UTC, ISO 8601, milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


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
        self.progress: Progress = fold(journal.records)
        self._plan = plan
        self._journal = journal
        self._engine = engine
        self._folder = folder
        self._clock = clock
        self._tell = tell
        self._stopping = asyncio.Event()
        self._grids: dict[int, float] = {}

    def stop(self) -> None:
        """Ask the runner to end after the frame it is at."""
        self._stopping.set()

    async def run(self) -> Finish:
        """Work until there is an end; the journal says which.

        Raises:
            RemoteLensError: what ended the session, after the journal has been told; for `SupplyError` the
                frame stays on the camera and in the journal as taken but not kept.
        """
        try:
            await self._begin()
            await self._settle()
            for task in remaining(self._plan, self.progress):
                if self._stopping.is_set():
                    return await self._end(Finish.STOPPED)
                await self._do(task)
            return await self._end(Finish.STOPPED if self._stopping.is_set() else Finish.COMPLETE)
        except SupplyError:
            with contextlib.suppress(SupplyError):  # the journal's own disk may be the full one
                await self._end(Finish.STORAGE)
            raise
        except RemoteLensError:
            await self._end(Finish.FAILED)
            raise

    async def _begin(self) -> None:
        about = await self._patiently(self._engine.about)
        baseline = await self._patiently(self._engine.baseline)
        await self._write(
            Began(
                at=self._now(),
                run=1 + sum(isinstance(record, Began) for record in self._journal.records),
                model=about.model,
                family=about.family,
                clock_trusted=about.clock_trusted,
                known_urls=list(baseline.urls),
                remaining=baseline.remaining,
            )
        )

    async def _do(self, task: Task) -> None:
        if isinstance(task, Pause):
            await self._until_due(task.due)
            await self._sleep(task.seconds)
        elif isinstance(task, Apply):
            await self._until_due(task.due)
            await self._apply(task)
        else:
            await self._frame(task)

    async def _apply(self, task: Apply) -> None:
        while True:
            try:
                await self._engine.apply(task.values)
            except LinkError as error:
                await self._wait_for_camera(error)
                continue
            await self._write(Applied(at=self._now(), values=dict(task.values)))
            return

    async def _frame(self, task: Shoot) -> None:
        while not self._stopping.is_set() and not await self._attempt(task):
            pass

    async def _attempt(self, task: Shoot) -> bool:
        """Try to take one frame; return whether that is settled, rather than to be tried again."""
        due_s = await self._due_time(task.due)
        if (
            due_s is not None
            and task.due is not None
            and self._clock.monotonic() > due_s + task.due.every_s * LATEST
        ):
            text = self._text_of(due_s)
            await self._settled(task.n, MISSING, "not taken: its time had passed", due=text)
            return True
        if due_s is not None:
            await self._sleep(due_s - INTENT_LEAD_S - self._clock.monotonic())
            if self._stopping.is_set():
                return True
        try:
            baseline = await self._engine.baseline()
        except LinkError as error:
            await self._wait_for_camera(error)
            return False
        await self._write(
            Intent(
                at=self._now(),
                n=task.n,
                due=None if due_s is None else self._text_of(due_s),
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
        try:
            snap = await self._engine.shoot(task)
        except LinkError as error:
            await self._wait_for_camera(error)
            await self._settle()
            return
        except RefusedError as error:
            await self._settled(task.n, MISSING, f"the camera refused: {error.message}", late_s=late_s)
            return
        await self._write(
            Taken(at=self._now(), n=task.n, urls=list(snap.urls), late_s=late_s, on_card=snap.on_card)
        )
        await self._keep(task, late_s, "the camera's answer")

    async def _keep(
        self, task: Shoot, late_s: float | None, evidence: str, *, begun_before: bool = False
    ) -> None:
        """Bring a taken frame's files here and settle it; without an address to fetch from it is unknown.

        What an earlier attempt left of the frame goes once its files are here.
        """
        if not task.download:
            await self._settled(task.n, TAKEN, f"{evidence}; left on the camera", late_s=late_s)
            return
        while True:
            try:
                files = await self._engine.keep(self.progress.frames[task.n], self._folder, self.stem(task.n))
            except LinkError as error:
                await self._wait_for_camera(error)
                continue
            except RefusedError as error:
                words = f"{evidence}, but it cannot be fetched: {error.message}"
                await self._settled(task.n, UNKNOWN, words, late_s=late_s)
                return
            break
        if begun_before:
            files = await asyncio.to_thread(cleared, self._folder, self.stem(task.n), files)
        await self._write(
            *(
                Kept(
                    at=self._now(),
                    n=task.n,
                    path=file.path.name,
                    sha256=file.sha256,
                    size_bytes=file.size_bytes,
                    url=file.url,
                    file_kind=file.kind,
                )
                for file in files
            ),
            Done(
                at=self._now(), n=task.n, outcome=TAKEN, evidence=f"{evidence}; file on disk", late_s=late_s
            ),
        )

    async def _settle(self) -> None:
        """Find out what became of the frames that were begun and not settled."""
        tasks: dict[int, Shoot] = {}
        while open_frames := self.progress.unsettled():
            tasks = tasks or self._tasks_of({frame.n for frame in open_frames})
            asked = [frame for frame in open_frames if frame.taken is None]
            found: dict[int, Evidence] = {}
            if asked:
                known = self.progress.known_urls
                try:
                    found = await self._engine.evidence(asked, known)
                except LinkError as error:
                    await self._wait_for_camera(error)
                    continue
            for frame in open_frames:
                await self._conclude(frame, tasks[frame.n], found.get(frame.n))

    async def _conclude(self, frame: FrameStanding, task: Shoot, evidence: Evidence | None) -> None:
        if frame.taken is not None:
            await self._keep(task, frame.taken.late_s, frame.taken.evidence, begun_before=True)
        elif evidence is None:
            await self._settled(frame.n, UNKNOWN, "nothing tells what became of it")
        elif evidence.outcome == TAKEN and evidence.urls:
            await self._write(
                Taken(at=self._now(), n=frame.n, urls=list(evidence.urls), evidence=evidence.words)
            )
            await self._keep(task, None, evidence.words, begun_before=True)
        elif evidence.outcome == MISSING:
            await self._write(Void(at=self._now(), n=frame.n, evidence=evidence.words))
        else:
            await self._settled(frame.n, UNKNOWN, evidence.words)

    def _tasks_of(self, numbers: set[int]) -> dict[int, Shoot]:
        found: dict[int, Shoot] = {}
        for task in remaining(self._plan, Progress()):
            if isinstance(task, Shoot) and task.n in numbers:
                found[task.n] = task
                if len(found) == len(numbers):
                    break
        return found

    def stem(self, n: int) -> str:
        """Return the name of frame `n`'s files, without ending."""
        return f"{self._plan.name}_{n:06d}"

    async def _settled(
        self, n: int, outcome: str, evidence: str, *, late_s: float | None = None, due: str | None = None
    ) -> None:
        await self._write(
            Done(at=self._now(), n=n, outcome=outcome, evidence=evidence, late_s=late_s, due=due)
        )

    async def _patiently(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        while True:
            try:
                return await ask()
            except LinkError as error:
                await self._wait_for_camera(error)

    async def _wait_for_camera(self, error: LinkError) -> None:
        await self._write(Noted(at=self._now(), text=f"camera lost: {error.message}"))
        await self._engine.reconnect()
        await self._write(Noted(at=self._now(), text="camera back"))

    async def _due_time(self, due: Due | None) -> float | None:
        """Return when a task is due on the monotonic clock; the first of an interval starts its grid."""
        if due is None:
            return None
        if due.interval not in self._grids:
            now = self._clock.monotonic()
            self._grids[due.interval] = now - due.offset_s
            await self._write(
                Grid(
                    at=self._now(),
                    interval=due.interval,
                    start=self._text_of(now - due.offset_s),
                    first_tick=due.tick,
                )
            )
        return self._grids[due.interval] + due.offset_s

    async def _until_due(self, due: Due | None) -> None:
        due_s = await self._due_time(due)
        if due_s is not None:
            await self._sleep(due_s - self._clock.monotonic())

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or return early when asked to stop."""
        if seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(seconds):
                await self._stopping.wait()

    async def _end(self, finish: Finish) -> Finish:
        await self._write(Ended(at=self._now(), finish=finish))
        return finish

    async def _write(self, *records: Record) -> None:
        await self._journal.append(*records)
        for record in records:
            self.progress.fold(record)
            if self._tell is not None:
                self._tell(record)

    def _now(self) -> str:
        return utc_text(self._clock.now())

    def _text_of(self, monotonic_s: float) -> str:
        return utc_text(self._clock.now() + timedelta(seconds=monotonic_s - self._clock.monotonic()))
