"""Sessions in virtual time, with an engine that does as a test says; the camera's memory is outside of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from remotelens.camera.shot import ORIGINAL, RAW
from remotelens.clock import Clock, LoopClock
from remotelens.errors import LinkLost, RemoteLensError, RemoteProtocolError
from remotelens.library.names import numbered
from remotelens.plans.expand import Shoot
from remotelens.plans.steps import Interval, Plan, Set, SettingValue, Step
from remotelens.sessions.engine import About, Baseline, Evidence, KeptFile, Snap
from remotelens.sessions.journal import Journal, read_journal
from remotelens.sessions.progress import FrameStanding
from remotelens.sessions.records import Done, Intent, Record
from remotelens.sessions.runner import Finish, Runner
from remotelens.virtual_loop import VirtualLoop

EPOCH = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
NIGHT = Plan("night", (Set((("iso", "400"),)), Interval(10.0, 100)))
LOST = LinkLost("stopped answering", camera="qx")
GARBLED = RemoteProtocolError("this is not JSON", camera="qx")
Answer = TypeVar("Answer")


@dataclass
class ScriptedEngine:
    """`trouble` is what the next shots meet: an error before the shutter, or ("after", error) behind it.

    `set_trouble` is what the next changes of settings meet, `fetch_trouble` what a frame's next fetches do,
    and `cut_between` what the next ones do behind their first file.
    """

    clock: Clock
    capture_s: float = 1.0
    trouble: deque[RemoteLensError | tuple[str, RemoteLensError] | None] = field(default_factory=deque)
    away_s: float = 0.0
    shutter: list[int] = field(default_factory=list)
    applied: list[dict[str, SettingValue]] = field(default_factory=list)
    store_error: RemoteLensError | None = None
    set_trouble: deque[RemoteLensError | None] = field(default_factory=deque)
    fetch_trouble: dict[int, deque[RemoteLensError]] = field(default_factory=dict)
    evidence_error: RemoteLensError | None = None
    fetch_s: float = 0.0
    raw: bool = False
    uuid: str | None = None
    files: int = 1
    cut_between: deque[RemoteLensError] = field(default_factory=deque)
    fetched: list[int] = field(default_factory=list)
    raw_trouble: deque[RemoteLensError | None] = field(default_factory=deque)

    async def about(self) -> About:
        return About("qx", "DSC-QX10", "A", clock_trusted=True, uuid=self.uuid)

    async def baseline(self) -> Baseline:
        return Baseline(tuple(f"http://camera/{n}.JPG" for n in self.shutter), None)

    async def apply(self, values: Sequence[tuple[str, SettingValue]]) -> None:
        trouble = self.set_trouble.popleft() if self.set_trouble else None
        if trouble is not None:
            raise trouble
        self.applied.append(dict(values))

    async def shoot(self, task: Shoot) -> Snap:
        trouble = self.trouble.popleft() if self.trouble else None
        if isinstance(trouble, RemoteLensError):
            raise trouble
        self.shutter.append(task.n)
        await self.clock.sleep(self.capture_s)
        if trouble is not None:
            raise trouble[1]
        return Snap((f"http://camera/{task.n}.JPG",), on_card=True, raw=self.raw)

    async def keep(
        self, frame: FrameStanding, session: Collection[FrameStanding], folder: Path, stem: str, size: str
    ) -> tuple[KeptFile, ...]:
        if self.store_error is not None:
            raise self.store_error
        await self.clock.sleep(self.fetch_s)
        if self.fetch_trouble.get(frame.n):
            raise self.fetch_trouble[frame.n].popleft()
        assert frame.taken is not None
        self.fetched.append(frame.n)
        kept = []
        for number in range(1, self.files + 1):
            if number > 1 and self.cut_between:
                raise self.cut_between.popleft()
            kept.append(_stored(folder, f"{stem}.JPG", f"{frame.taken.urls[0]}/{number}"))
        return tuple(kept)

    async def raws(
        self, pictures: Sequence[Path], wanted: Collection[Path], folder: Path
    ) -> AsyncGenerator[tuple[Path, KeptFile | RemoteLensError], None]:
        for picture in pictures:
            if picture in wanted:
                await self.clock.sleep(self.fetch_s)
                trouble = self.raw_trouble.popleft() if self.raw_trouble else None
                if isinstance(trouble, LinkLost):
                    raise trouble
                yield picture, trouble or _stored(folder, f"{picture.stem}.ARW", picture.name, RAW)

    async def evidence(
        self, frames: Sequence[FrameStanding], known_urls: Collection[str]
    ) -> dict[int, Evidence]:
        if self.evidence_error is not None:
            raise self.evidence_error
        found = {}
        for frame in frames:
            url = f"http://camera/{frame.n}.JPG"
            if frame.n in self.shutter:
                found[frame.n] = Evidence("taken", "the camera lists it", (url,))
            else:
                found[frame.n] = Evidence("missing", "the camera lists no new picture")
        return found

    async def reconnect(self) -> None:
        await self.clock.sleep(self.away_s)

    def requested(self) -> dict[str, Any]:
        return {}


def _stored(folder: Path, name: str, url: str, kind: str = ORIGINAL) -> KeptFile:
    """Store a file that has its address for content, under a name that is free."""
    path = next(path for number in range(1, 99) if not (path := folder / numbered(name, number)).exists())
    data = url.encode()
    path.write_bytes(data)
    return KeptFile(path, hashlib.sha256(data).hexdigest(), len(data), url, kind)


def virtually(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run a coroutine on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work())


async def shoot(
    plan: Plan, folder: Path, engine: ScriptedEngine, *, stop_at: int | None = None
) -> tuple[Finish, list[Record]]:
    """Run a plan in a folder; stop when that frame's intent is written."""
    clock = engine.clock
    async with Journal(folder / "journal.jsonl") as journal:
        runner = Runner(plan, journal, engine, folder, clock, lambda record: watch(record))

        def watch(record: Record) -> None:
            if isinstance(record, Intent) and record.n == stop_at:
                runner.stop()

        return await runner.run(), list(read_journal(journal.path).records)


def run(
    folder: Path, plan: Plan, *, stop_at: int | None = None, **script: Any
) -> tuple[Finish, list[Record], ScriptedEngine]:
    """Run a plan in virtual time with an engine of that script."""

    async def night() -> tuple[Finish, list[Record], ScriptedEngine]:
        engine = ScriptedEngine(LoopClock(EPOCH), **script)
        return (*await shoot(plan, folder, engine, stop_at=stop_at), engine)

    return virtually(night)


def night_of(*do: Step, count: int = 12) -> Plan:
    """Return a plan with an interval of ten seconds."""
    return Plan("night", (Interval(10.0, count, do),))


def outcomes(records: list[Record]) -> dict[int, str]:
    """Return what became of each frame."""
    return {record.n: record.outcome for record in records if isinstance(record, Done)}


def cut_after(folder: Path, kind: type[Record], nth: int = 1) -> None:
    """Have a journal end with its n-th record of a kind, as if the process had been killed there."""
    journal = folder / "journal.jsonl"
    ends = [at for at, one in enumerate(read_journal(journal).records, 1) if isinstance(one, kind)]
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: ends[nth - 1]]))
