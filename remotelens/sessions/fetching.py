"""Fetching the pictures of a session: the files of taken frames onto the disk and into the journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

from remotelens.errors import ContentGone, LinkError, ProtocolError, RefusedError, RemoteLensError
from remotelens.plans.expand import Shoot
from remotelens.sessions.engine import Engine, KeptFile
from remotelens.sessions.leftovers import cleared, stand, whole
from remotelens.sessions.logbook import Logbook
from remotelens.sessions.progress import TAKEN, UNKNOWN, FrameStanding
from remotelens.sessions.records import Done, Kept, Taken
from remotelens.sessions.waiting import Waiting

FETCH_ATTEMPTS = 3  # each asks several times itself
STOP_GRACE_S = 30.0  # how long a picture that is being fetched holds up a stop


class Fetching:
    """Brings pictures here; what cannot be fetched now is left open until the end of the session.

    Args:
        plan_name: what the files' names begin with.
        engine: what has the pictures.
        folder: where they go.
        logbook: the session's.
        waiting: the session's.

    Attributes:
        postponed: the frames that are tried again at the end.
    """

    def __init__(
        self, plan_name: str, engine: Engine, folder: Path, logbook: Logbook, waiting: Waiting
    ) -> None:
        self.postponed: set[int] = set()
        self._plan_name = plan_name
        self._engine = engine
        self._folder = folder
        self._logbook = logbook
        self._waiting = waiting

    async def bring(self, task: Shoot, *, begun_before: bool = False, last: bool = False) -> None:
        """Bring a taken frame's files here and settle it, or leave it open until later.

        Args:
            task: what the plan says of the frame.
            begun_before: there may be files of an earlier attempt; they go once the frame's are here.
            last: what cannot be fetched now is unknown, and not tried again by this process.

        Raises:
            StopAsked: the session was asked to stop, and the frame is left open.
            SupplyError: there is no room for it.
        """
        frame = self._logbook.progress.frames[task.n]
        taken = frame.taken
        assert taken is not None, "only what was taken is fetched"
        self.postponed.discard(task.n)
        if not task.download:
            kept, where = [], "left on the camera"
        else:
            try:
                kept = await self._files(frame, taken, task.size, begun_before=begun_before)
            except (LinkError, ProtocolError, RefusedError) as error:
                await self._not_here(taken, error, last=last or isinstance(error, ContentGone))
                return
            where = "file on disk" if frame.done is None else "fetched by a later process; file on disk"
        now, evidence = self._logbook.now(), f"{taken.evidence}; {where}"
        await self._logbook.write(
            *kept, Done(at=now, n=task.n, outcome=TAKEN, evidence=evidence, late_s=taken.late_s)
        )

    def addresses(self, n: int) -> str:
        """Return where a frame's picture can be fetched, to be put behind other words."""
        taken = self._logbook.progress.frames[n].taken
        return f"; its address is {', '.join(taken.urls)}" if taken is not None and taken.urls else ""

    async def _files(
        self, frame: FrameStanding, taken: Taken, size: str, *, begun_before: bool
    ) -> list[Kept]:
        """Bring a frame's files here, trying again when the camera is back, but not for ever.

        Returns what is to be written down: nothing where all of them had been, and stand here as they were.
        """
        if 0 < len(taken.urls) <= len(frame.kept) and await asyncio.to_thread(
            stand, self._folder, frame.kept
        ):
            return []
        stem = self._stem(frame.n)
        attempts = 0
        while True:
            try:
                session = self._logbook.progress.frames.values()
                work = self._engine.keep(frame, session, self._folder, stem, size)
                files = await self._waiting.unless_stopped(work, STOP_GRACE_S)
            except LinkError as error:
                attempts += 1
                if attempts >= FETCH_ATTEMPTS:
                    raise
                await self._waiting.for_camera(error)
            else:
                break
        if begun_before or attempts:
            files = await asyncio.to_thread(cleared, self._folder, stem, files)
        return [kept_record(self._logbook.now(), frame.n, file) for file in files]

    async def _not_here(self, taken: Taken, error: RemoteLensError, *, last: bool) -> None:
        n = taken.n
        if last:
            words = f"{taken.evidence}, but it cannot be fetched: {error.message}{self.addresses(n)}"
            if left := await asyncio.to_thread(whole, self._folder, self._stem(n)):
                words += f"; {', '.join(left)} stands there already and may be it"
            await self._logbook.settle(n, UNKNOWN, words, late_s=taken.late_s)
            return
        self.postponed.add(n)
        words = f"frame {n} is taken, but cannot be fetched now: {error.message}"
        await self._logbook.note(f"{words}; it is tried again at the end")

    def _stem(self, n: int) -> str:
        return f"{self._plan_name}_{n:06d}"


def kept_record(at: str, n: int, file: KeptFile) -> Kept:
    """Return how a file of a frame is written down."""
    return Kept(
        at=at,
        n=n,
        path=file.path.name,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        url=file.url,
        file_kind=file.kind,
    )
