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
from remotelens.errors import (
    CameraBusy,
    InvalidValue,
    LinkError,
    ProtocolError,
    RefusedError,
    RemoteLensError,
    SupplyError,
)
from remotelens.plans.expand import Apply, Due, Shoot, Task
from remotelens.plans.steps import Plan
from remotelens.sessions.engine import Baseline, Engine, Evidence, KeptFile
from remotelens.sessions.journal import Journal
from remotelens.sessions.leftovers import cleared
from remotelens.sessions.progress import (
    MISSING,
    TAKEN,
    UNKNOWN,
    FrameStanding,
    Progress,
    fold,
    is_other_camera,
    remaining,
)
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
from remotelens.sessions.ticks import Ticks

_Answer = TypeVar("_Answer")

INTENT_LEAD_S = (
    0.25  # an intention is on the disk this long before the shutter, so that writing delays nothing
)
RETRY_PAUSE_S = 0.5
SET_ATTEMPTS = 5
SHOT_ATTEMPTS = 5
FETCH_ATTEMPTS = 3  # each asks several times itself
EVIDENCE_ATTEMPTS = 3
STOP_GRACE_S = 30.0  # how long a picture that is being fetched holds up a stop


class Finish(StrEnum):
    """Why a session stopped being worked on."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    STORAGE = "storage"
    FAILED = "failed"


class _StopAsked(Exception):
    """The session was asked to stop while the camera is away."""


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
        self._ticks = Ticks(clock)
        self._postponed: set[int] = set()
        self._under_way = False

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
                    break
                await self._do(task)
            if not self._stopping.is_set():
                await self._settle(last=True)
            return await self._end(Finish.STOPPED if self._stopping.is_set() else Finish.COMPLETE)
        except _StopAsked:
            return await self._end(Finish.STOPPED)
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
        other = is_other_camera(about.uuid, self.progress)
        await self._write(
            Began(
                at=self._now(),
                run=1 + self.progress.runs,
                model=about.model,
                family=about.family,
                clock_trusted=about.clock_trusted,
                known_urls=list(baseline.urls),
                remaining=baseline.remaining,
                uuid=about.uuid,
            )
        )
        if other:
            for frame in self.progress.unsettled():
                words = f"it was begun with another camera, which may hold it{self._addresses(frame.n)}"
                await self._settled(frame.n, UNKNOWN, words)

    async def _do(self, task: Task) -> None:
        due = task.due
        if due is not None and (start_s := self._ticks.begin(due)) is not None:
            start = self._text_of(start_s)
            await self._write(Grid(at=self._now(), interval=due.interval, start=start, first_tick=due.tick))
        self._ticks.enter(due)
        if isinstance(task, Shoot):
            await self._frame(task)
        elif self._ticks.late:
            return
        elif isinstance(task, Apply):
            await self._sleep(self._time_until(due))
            await self._apply(task)
        elif self._ticks.given_up is None:
            await self._sleep(self._time_until(due))
            await self._sleep(task.seconds)

    async def _apply(self, task: Apply) -> None:
        """Change settings; what is refused again and again costs its tick's frames, and not the session.

        In a tick that has been given up they are tried once, since later ticks may count on them.
        """
        failure: RemoteLensError | None = None
        for attempt in range(1 if self._ticks.given_up else SET_ATTEMPTS):
            if self._stopping.is_set():
                return
            begun_s = self._clock.monotonic()
            try:
                await self._engine.apply(task.values)
            except (LinkError, ProtocolError, RefusedError, InvalidValue) as error:
                failure = error
                if isinstance(error, LinkError):
                    await self._wait_for_camera(error)
                else:
                    await self._sleep(RETRY_PAUSE_S * (attempt + 1))
            else:
                await self._write(Applied(at=self._now(), values=dict(task.values)))
                return
            self._ticks.lost(self._clock.monotonic() - begun_s)
            if self._ticks.late:
                break
        if failure is not None and not self._stopping.is_set():
            await self._not_applied(task, failure)

    async def _not_applied(self, task: Apply, failure: RemoteLensError) -> None:
        names = ", ".join(name for name, _ in task.values)
        words = f"{names} could not be set: {failure.message}"
        if task.due is not None:
            self._ticks.given_up = self._ticks.given_up or f"not taken: {words}"
        elif not task.replayed and not self._under_way:
            raise failure  # somebody has only just begun this, and can mend it
        await self._write(Noted(at=self._now(), text=words))

    async def _frame(self, task: Shoot) -> None:
        """Take one frame and settle it, whatever comes of it, unless asked to stop before."""
        ticks = self._ticks
        due_s = ticks.due_s(task.due) if task.due is not None and task.due.first else None
        why = ticks.left_out
        if due_s is not None and why is None:
            await self._sleep(due_s - INTENT_LEAD_S - self._clock.monotonic())
        attempts = 0
        while why is None and not self._stopping.is_set():
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
            due = None if tick_s is None else self._text_of(tick_s)
            await self._settled(task.n, MISSING, why, due=due)

    async def _listed(self) -> Baseline | None:
        """Return what the camera lists; None after waiting for a camera that was away."""
        try:
            return await self._engine.baseline()
        except LinkError as error:
            await self._wait_for_camera(error)
            return None

    async def _attempt(self, task: Shoot, baseline: Baseline, due_s: float | None) -> bool:
        """Try to take one frame; return whether it needs no other try."""
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
        except (LinkError, ProtocolError) as error:
            await self._past(error)
            await self._settle()
            return
        except RefusedError as error:
            await self._settled(task.n, MISSING, f"the camera refused: {error.message}", late_s=late_s)
            return
        evidence = "the camera's answer" + ("; its raw file stays on the card" if snap.raw else "")
        await self._write(
            Taken(
                at=self._now(),
                n=task.n,
                urls=list(snap.urls),
                late_s=late_s,
                evidence=evidence,
                on_card=snap.on_card,
            )
        )
        await self._keep(task, late_s, evidence)

    async def _keep(
        self,
        task: Shoot,
        late_s: float | None,
        evidence: str,
        *,
        begun_before: bool = False,
        last: bool = False,
    ) -> None:
        """Bring a taken frame's files here and settle it; without an address to fetch from it is unknown.

        What cannot be fetched now is left open and tried again at the end, and then called unknown. What an
        earlier attempt left of the frame goes once its files are here.
        """
        if not task.download:
            await self._settled(task.n, TAKEN, f"{evidence}; left on the camera", late_s=late_s)
            return
        try:
            files = await self._fetched(task.n)
        except (LinkError, ProtocolError, CameraBusy) as error:
            if last:
                words = f"{evidence}, but it cannot be fetched: {error.message}{self._addresses(task.n)}"
                await self._settled(task.n, UNKNOWN, words, late_s=late_s)
            else:
                self._postponed.add(task.n)
                words = f"frame {task.n} is taken, but cannot be fetched now: {error.message}"
                await self._write(Noted(at=self._now(), text=f"{words}; it is tried again at the end"))
            return
        except RefusedError as error:
            words = f"{evidence}, but it cannot be fetched: {error.message}"
            await self._settled(task.n, UNKNOWN, words, late_s=late_s)
            return
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

    async def _fetched(self, n: int) -> tuple[KeptFile, ...]:
        """Bring a frame's files here, trying again when the camera is back, but not for ever."""
        attempts = 0
        while True:
            try:
                work = self._engine.keep(self.progress.frames[n], self._folder, self.stem(n))
                return await self._unless_stopped(work, STOP_GRACE_S)
            except LinkError as error:
                attempts += 1
                if attempts >= FETCH_ATTEMPTS:
                    raise
                await self._wait_for_camera(error)

    def _addresses(self, n: int) -> str:
        taken = self.progress.frames[n].taken
        return f"; its address is {', '.join(taken.urls)}" if taken is not None and taken.urls else ""

    async def _settle(self, *, last: bool = False) -> None:
        """Find out what became of the frames that were begun and not settled.

        Args:
            last: also settle those that could not be fetched before.
        """
        tasks: dict[int, Shoot] = {}
        attempts = 0
        while open_frames := self._open(postponed=last):
            tasks = tasks or self._tasks_of({frame.n for frame in open_frames})
            asked = [frame for frame in open_frames if frame.taken is None]
            found: dict[int, Evidence] = {}
            if asked:
                try:
                    found = await self._engine.evidence(asked, self.progress.known_urls)
                except (LinkError, ProtocolError, RefusedError) as error:
                    attempts += 1
                    if attempts < EVIDENCE_ATTEMPTS:
                        await self._past(error)
                        continue
                    words = f"what became of it cannot be found out: {error.message}"
                    found = {frame.n: Evidence(UNKNOWN, words) for frame in asked}
            for frame in open_frames:
                await self._conclude(frame, tasks[frame.n], found.get(frame.n), last=last)

    def _open(self, *, postponed: bool) -> list[FrameStanding]:
        return [frame for frame in self.progress.unsettled() if postponed or frame.n not in self._postponed]

    async def _conclude(
        self, frame: FrameStanding, task: Shoot, evidence: Evidence | None, *, last: bool
    ) -> None:
        if frame.taken is not None:
            await self._keep(task, frame.taken.late_s, frame.taken.evidence, begun_before=True, last=last)
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
        attempts = 0
        while True:
            try:
                return await ask()
            except (LinkError, ProtocolError) as error:
                attempts += isinstance(error, ProtocolError)
                if attempts >= EVIDENCE_ATTEMPTS:
                    raise
                await self._past(error)

    async def _past(self, error: RemoteLensError) -> None:
        """Wait until it is worth asking again: until the camera is back, or for a moment."""
        if isinstance(error, LinkError):
            await self._wait_for_camera(error)
            return
        await self._write(
            Noted(at=self._now(), text=f"the camera did not answer as it should: {error.message}")
        )
        await self._sleep(RETRY_PAUSE_S)

    async def _wait_for_camera(self, error: LinkError) -> None:
        """Return when the camera is there again.

        Raises:
            _StopAsked: the session was asked to stop meanwhile, or before.
        """
        await self._write(Noted(at=self._now(), text=f"camera lost: {error.message}"))
        await self._unless_stopped(self._engine.reconnect(), 0.0)
        await self._write(Noted(at=self._now(), text="camera back"))

    async def _unless_stopped(self, work: Awaitable[_Answer], grace_s: float) -> _Answer:
        """Wait for something that may last, and for so long only once asked to stop.

        Raises:
            _StopAsked: it lasted longer, and was cancelled.
        """
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                with contextlib.suppress(TimeoutError):
                    async with self._clock.timeout(grace_s):
                        await asyncio.wait((task,))
            if not task.done():
                raise _StopAsked
            return task.result()
        finally:
            task.cancel()
            stop.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    def _time_until(self, due: Due | None) -> float:
        """Return how many seconds there are until a tick begins; none for what does not begin one."""
        due_s = self._ticks.due_s(due) if due is not None and due.first else None
        return 0.0 if due_s is None else due_s - self._clock.monotonic()

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
