"""What a journal amounts to: each frame's standing, and what is left to do.

Pure functions of (plan, records): the same code decides for a new session, a resumed one and a rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from remotelens.plans.expand import Apply, Shoot, Task, expand
from remotelens.plans.steps import Plan
from remotelens.sessions.records import Began, Done, Ended, Grid, Intent, Kept, Record, Taken, Void
from remotelens.sessions.replay import Replay

TAKEN, MISSING, UNKNOWN = "taken", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class FrameStanding:
    """What is known of one frame: its last intent, the camera's word, its files, and how it was settled.

    The intent of a settled frame no longer has what only finding out needs: a night is thousands of them.
    """

    n: int
    intent: Intent | None = None
    taken: Taken | None = None
    kept: tuple[Kept, ...] = ()
    done: Done | None = None

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
            "due": self.intent.due if self.intent else (self.done.due if self.done else None),
            "late_s": source.late_s if source else None,
        }


@dataclass(slots=True)
class Progress:
    """A journal folded: frames by number, the intervals' grids, how the last process ended.

    `camera_uuid` is the id of the camera that the last process worked with, where it knew one.
    """

    frames: dict[int, FrameStanding] = field(default_factory=dict)
    grids: dict[int, Grid] = field(default_factory=dict)
    finish: str | None = None
    runs: int = 0
    camera_uuid: str | None = None

    def fold(self, record: Record) -> None:
        """Take one more record into account."""
        if isinstance(record, Ended):
            self.finish = record.finish
            return
        self.finish = None
        if isinstance(record, Began):
            self.runs += 1
            self.camera_uuid = record.uuid or self.camera_uuid
        elif isinstance(record, Grid):
            self.grids[record.interval] = record
        elif isinstance(record, Void):
            self.frames.pop(record.n, None)
        elif isinstance(record, Intent | Taken | Kept | Done):
            self.frames[record.n] = _with(self.frames.get(record.n, FrameStanding(record.n)), record)

    @property
    def known_urls(self) -> frozenset[str]:
        """Every picture address that belongs to a frame already."""
        return frozenset(url for frame in self.frames.values() if frame.taken for url in frame.taken.urls)

    def unsettled(self) -> list[FrameStanding]:
        """Return the frames that were begun and not settled, in order."""
        return [self.frames[n] for n in sorted(self.frames) if self.frames[n].done is None]

    def counts(self) -> Mapping[str, int]:
        """Return how many frames were settled in each way."""
        counted = {TAKEN: 0, MISSING: 0, UNKNOWN: 0}
        for frame in self.frames.values():
            if frame.done is not None:
                counted[frame.done.outcome] += 1
        return counted


def _with(frame: FrameStanding, record: Intent | Taken | Kept | Done) -> FrameStanding:
    if isinstance(record, Intent):
        return FrameStanding(frame.n, intent=record)
    if isinstance(record, Taken):
        return FrameStanding(frame.n, frame.intent, record, frame.kept, frame.done)
    if isinstance(record, Kept):
        return FrameStanding(frame.n, frame.intent, frame.taken, (*frame.kept, record), frame.done)
    intent = frame.intent and msgspec.structs.replace(frame.intent, known_urls=[], requested={})
    return FrameStanding(frame.n, intent, frame.taken, frame.kept, record)


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


def is_other_camera(uuid: str | None, progress: Progress) -> bool:
    """Say whether a camera is provably not the one that a session was begun with."""
    begun = progress.camera_uuid
    return uuid is not None and begun is not None and uuid.casefold() != begun.casefold()


def planned_frames(plan: Plan) -> Iterator[int]:
    """Yield the numbers of the frames a plan takes."""
    for task in expand(plan):
        if isinstance(task, Shoot):
            yield task.n
