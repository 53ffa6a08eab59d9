"""What a journal amounts to: each frame's standing, and what is left to do.

Pure functions of (plan, records): the same code decides for a new session, a resumed one and a rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from remotelens.plans.expand import Apply, Shoot, Task, expand
from remotelens.plans.steps import Plan, SettingValue
from remotelens.sessions.records import Done, Ended, Grid, Intent, Kept, Record, Taken, Void

TAKEN, MISSING, UNKNOWN = "taken", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class FrameStanding:
    """What is known of one frame: its last intent, the camera's word, its files, and how it was settled."""

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
    """A journal folded: frames by number, the intervals' grids, how the last process ended."""

    frames: dict[int, FrameStanding] = field(default_factory=dict)
    grids: dict[int, Grid] = field(default_factory=dict)
    finish: str | None = None
    runs: int = 0

    def fold(self, record: Record) -> None:
        """Take one more record into account."""
        if isinstance(record, Ended):
            self.finish = record.finish
            return
        self.finish = None
        if isinstance(record, Grid):
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
    return FrameStanding(frame.n, frame.intent, frame.taken, frame.kept, record)


def fold(records: Iterable[Record]) -> Progress:
    """Fold a journal's records."""
    progress = Progress()
    for record in records:
        progress.fold(record)
    return progress


def remaining(plan: Plan, progress: Progress) -> Iterator[Task]:
    """Yield what is left of a plan.

    Frames that are settled are left out, whatever came of them: none is taken twice. Settings that were to be
    changed before the first task that is left are given once more, as one change, since nobody knows what the
    camera was set to meanwhile.
    """
    settled = {n for n, frame in progress.frames.items() if frame.done is not None}
    if not settled:
        yield from expand(plan)
        return
    last = max(settled)
    values: dict[str, SettingValue] = {}
    passed = 0
    told = False
    for task in expand(plan):
        if isinstance(task, Shoot):
            passed = task.n
            if task.n in settled:
                continue
        elif passed < last:
            if isinstance(task, Apply):
                values.update(task.values)
            continue
        if not told:
            told = True
            if values:
                yield Apply(tuple(values.items()), None, task.line)
        yield task


def planned_frames(plan: Plan) -> Iterator[int]:
    """Yield the numbers of the frames a plan takes."""
    for task in expand(plan):
        if isinstance(task, Shoot):
            yield task.n
