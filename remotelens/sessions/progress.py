"""What a journal amounts to: each frame's standing, and what is left to do.

Pure functions of (plan, records): the same code decides for a new session, a resumed one and a rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from remotelens.camera.shot import RAW
from remotelens.plans.expand import Apply, Shoot, Task, expand
from remotelens.plans.steps import Plan
from remotelens.sessions.records import Began, Done, Ended, Grid, Intent, Kept, Record, Taken, Void
from remotelens.sessions.replay import Replay

TAKEN, MISSING, UNKNOWN = "taken", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class FrameStanding:
    """What is known of one frame: its last intent, the camera's word, its files, and how it was settled.

    The intent of a settled frame no longer has what only finding out needs: a night is thousands of them.
    `run` is the process that wrote the intent, and with it the camera that may hold the picture.
    """

    n: int
    intent: Intent | None = None
    taken: Taken | None = None
    kept: tuple[Kept, ...] = ()
    done: Done | None = None
    run: Began | None = None

    @property
    def camera_uuid(self) -> str | None:
        """The id of the camera that it was begun with; None where that is not known."""
        return self.run.uuid if self.run is not None else None

    @property
    def unfetched(self) -> bool:
        """Whether it was called unknown although it was taken: its picture may still be fetched."""
        return self.done is not None and self.done.outcome == UNKNOWN and self.taken is not None

    @property
    def raws_left(self) -> bool:
        """Whether its pictures are here, and raw files of them still on the card only."""
        if self.taken is None or not self.taken.raw or self.done is None:
            return False
        return sum(-1 if kept.file_kind == RAW else 1 for kept in self.kept) > 0

    def to_dict(self) -> dict[str, Any]:
        """Return the frame as ``--json`` shows it."""
        first = self.kept[0] if self.kept else None
        source = self.done or self.taken
        return {
            "n": self.n,
            "outcome": self.done.outcome if self.done else None,
            "evidence": self.done.evidence if self.done else None,
            "path": first.path if first else None,
            "sha256": first.sha256 if first else None,
            "paths": [kept.path for kept in self.kept],
            "due": self.intent.due if self.intent else (self.done.due if self.done else None),
            "late_s": source.late_s if source else None,
        }


@dataclass(slots=True)
class Progress:
    """A journal folded: frames by number, the intervals' grids, how the last process ended.

    `run` is the last process, and `camera_uuid` the id of the last camera that had told one.
    """

    frames: dict[int, FrameStanding] = field(default_factory=dict)
    grids: dict[int, Grid] = field(default_factory=dict)
    finish: str | None = None
    runs: int = 0
    run: Began | None = None
    camera_uuid: str | None = None

    def fold(self, record: Record) -> None:
        """Take one more record into account."""
        if isinstance(record, Ended):
            self.finish = record.finish
            return
        self.finish = None
        if isinstance(record, Began):
            self.runs += 1
            self.run = record
            self.camera_uuid = record.uuid or self.camera_uuid
        elif isinstance(record, Grid):
            self.grids[record.interval] = record
        elif isinstance(record, Void):
            self.frames.pop(record.n, None)
        elif isinstance(record, Intent | Taken | Kept | Done):
            frame = self.frames.get(record.n, FrameStanding(record.n))
            self.frames[record.n] = _with(frame, record, self.run)

    @property
    def known_urls(self) -> frozenset[str]:
        """Every picture address that belongs to a frame already, those that its files came from included."""
        frames = self.frames.values()
        told = (url for frame in frames if frame.taken for url in frame.taken.urls)
        fetched = (kept.url for frame in frames for kept in frame.kept if kept.url)
        return frozenset((*told, *fetched))

    def unsettled(self) -> list[FrameStanding]:
        """Return the frames that were begun and not settled, in order."""
        return [self.frames[n] for n in sorted(self.frames) if self.frames[n].done is None]

    def unfetched(self) -> list[FrameStanding]:
        """Return the frames that were called unknown although they were taken, in order."""
        return [self.frames[n] for n in sorted(self.frames) if self.frames[n].unfetched]

    def raws_left(self) -> list[FrameStanding]:
        """Return the frames whose raw files are still to be fetched, in order."""
        return [self.frames[n] for n in sorted(self.frames) if self.frames[n].raws_left]

    def counts(self) -> Mapping[str, int]:
        """Return how many frames were settled in each way."""
        counted = {TAKEN: 0, MISSING: 0, UNKNOWN: 0}
        for frame in self.frames.values():
            if frame.done is not None:
                counted[frame.done.outcome] += 1
        return counted


def _with(frame: FrameStanding, record: Intent | Taken | Kept | Done, run: Began | None) -> FrameStanding:
    if isinstance(record, Intent):
        return FrameStanding(frame.n, intent=record, run=run)
    if isinstance(record, Taken):
        return replace(frame, taken=record)
    if isinstance(record, Kept):
        return replace(frame, kept=(*frame.kept, record))
    intent = frame.intent and msgspec.structs.replace(frame.intent, known_urls=[], requested={})
    return replace(frame, intent=intent, done=record)


def fold(records: Iterable[Record]) -> Progress:
    """Fold a journal's records."""
    progress = Progress()
    for record in records:
        progress.fold(record)
    return progress


def remaining(plan: Plan, progress: Progress) -> Iterator[Task]:
    """Yield what is left of a plan.

    Frames that are settled or taken are left out, whatever came of them: none is taken twice. Settings that
    were to be changed before the first task that is left are given once more, since nobody knows what the
    camera was set to meanwhile: one change for each combination of modes, which decide what can be changed.
    """
    settled = {n for n, frame in progress.frames.items() if frame.done or frame.taken}
    if not settled:
        yield from expand(plan)
        return
    last = max(settled)
    replay = Replay()
    passed = 0
    told = False
    for task in expand(plan):
        if isinstance(task, Shoot):
            passed = task.n
            if task.n in settled:
                continue
        elif passed < last:
            if isinstance(task, Apply):
                replay.add(task.values)
            continue
        if not told:
            told = True
            yield from replay.tasks(task.line)
        yield task


def is_other_camera(uuid: str | None, begun: str | None) -> bool:
    """Say whether a camera is provably not the one that something was begun with; None is not known."""
    return uuid is not None and begun is not None and uuid.casefold() != begun.casefold()


def is_settled(plan: Plan, progress: Progress) -> bool:
    """Say whether each frame of a plan is settled, whatever came of it."""
    standings = (progress.frames.get(n) for n in planned_frames(plan))
    return all(frame is not None and frame.done is not None for frame in standings)


def planned_frames(plan: Plan) -> Iterator[int]:
    """Yield the numbers of the frames a plan takes."""
    for task in expand(plan):
        if isinstance(task, Shoot):
            yield task.n
