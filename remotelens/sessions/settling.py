"""Settling what was begun: what became of frames whose answer was lost, or whose process was killed."""

from __future__ import annotations

from remotelens.errors import LinkError, ProtocolError, RefusedError
from remotelens.plans.expand import Shoot, expand
from remotelens.plans.steps import Plan
from remotelens.sessions.engine import Engine, Evidence
from remotelens.sessions.fetching import Fetching
from remotelens.sessions.logbook import Logbook
from remotelens.sessions.progress import MISSING, TAKEN, UNKNOWN, FrameStanding, is_other_camera
from remotelens.sessions.records import Taken, Void
from remotelens.sessions.waiting import ASK_ATTEMPTS, StopAsked, Waiting


class Settling:
    """Finds out what became of frames, and has the pictures of those that were taken fetched.

    Args:
        plan: what is shot.
        engine: what took the pictures.
        logbook: the session's.
        waiting: the session's.
        fetching: the session's.
    """

    def __init__(
        self, plan: Plan, engine: Engine, logbook: Logbook, waiting: Waiting, fetching: Fetching
    ) -> None:
        self._plan = plan
        self._engine = engine
        self._logbook = logbook
        self._waiting = waiting
        self._fetching = fetching
        self._unfetched: set[int] = set()

    async def begin(self, uuid: str | None) -> None:
        """Take up what earlier processes left open, or left on the camera for want of a way to fetch it.

        What was begun with another camera than the present one is unknown; only that one could tell.

        Args:
            uuid: the present camera's own id.
        """
        progress = self._logbook.progress
        for frame in progress.unsettled():
            if is_other_camera(uuid, frame.camera_uuid):
                where = self._fetching.addresses(frame.n)
                words = f"it was begun with another camera, which may hold it{where}"
                await self._logbook.settle(frame.n, UNKNOWN, words)
        self._unfetched = {
            frame.n for frame in progress.unfetched() if not is_other_camera(uuid, frame.camera_uuid)
        }

    async def settle(self, *, last: bool = False) -> None:
        """Find out what became of the frames that were begun and not settled, and fetch what was not here.

        Args:
            last: also settle those that could not be fetched before.

        Raises:
            StopAsked: the session was asked to stop while the camera was away, or while there are pictures
                to be fetched.
        """
        tasks: dict[int, Shoot] = {}
        failures = 0
        while open_frames := self._open(postponed=last):
            tasks = tasks or self._tasks_of({frame.n for frame in open_frames})
            asked = [frame for frame in open_frames if frame.taken is None]
            found: dict[int, Evidence] = {}
            if asked:
                try:
                    found = await self._engine.evidence(asked, self._logbook.progress.known_urls)
                except (LinkError, ProtocolError, RefusedError) as error:
                    failures += 1
                    if failures < ASK_ATTEMPTS:
                        await self._waiting.past(error)
                        continue
                    words = f"what became of it cannot be found out: {error.message}"
                    found = {frame.n: Evidence(UNKNOWN, words) for frame in asked}
            for frame in open_frames:
                if self._waiting.stopping and frame.taken is not None:
                    raise StopAsked  # it is fetched when the session is resumed
                await self._conclude(frame, tasks[frame.n], found.get(frame.n), last=last)
                if frame.n not in self._fetching.postponed:
                    self._unfetched.discard(frame.n)

    def _open(self, *, postponed: bool) -> list[FrameStanding]:
        """Return the frames to settle, first those whose fate fetching others may hide."""
        progress = self._logbook.progress
        frames = [*progress.unsettled(), *(progress.frames[n] for n in sorted(self._unfetched))]
        return [frame for frame in frames if postponed or frame.n not in self._fetching.postponed]

    async def _conclude(
        self, frame: FrameStanding, task: Shoot, evidence: Evidence | None, *, last: bool
    ) -> None:
        log = self._logbook
        if frame.taken is not None:
            await self._fetching.bring(task, begun_before=True, last=last)
        elif evidence is None:
            await log.settle(frame.n, UNKNOWN, "nothing tells what became of it")
        elif evidence.outcome == TAKEN and evidence.urls:
            await log.write(
                Taken(
                    at=log.now(),
                    n=frame.n,
                    urls=list(evidence.urls),
                    evidence=evidence.words,
                    raw=evidence.raw and task.raw,
                )
            )
            await self._fetching.bring(task, begun_before=True)
        elif evidence.outcome == MISSING:
            await log.write(Void(at=log.now(), n=frame.n, evidence=evidence.words))
        else:
            await log.settle(frame.n, UNKNOWN, evidence.words)

    def _tasks_of(self, numbers: set[int]) -> dict[int, Shoot]:
        found: dict[int, Shoot] = {}
        for task in expand(self._plan):
            if isinstance(task, Shoot) and task.n in numbers:
                found[task.n] = task
                if len(found) == len(numbers):
                    break
        return found
