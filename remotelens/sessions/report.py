"""What a session amounts to, told from its journal alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remotelens.errors import IncompleteError
from remotelens.plans.schema import parse_plan
from remotelens.plans.steps import Plan
from remotelens.sessions.journal import read_journal
from remotelens.sessions.progress import (
    MISSING,
    TAKEN,
    UNKNOWN,
    FrameStanding,
    Progress,
    fold,
    planned_frames,
)
from remotelens.sessions.records import JournalError, Opened, Record
from remotelens.sessions.store import SessionPlace


def opened(records: tuple[Record, ...] | list[Record]) -> Opened:
    """Return a journal's first record.

    Raises:
        JournalError: the journal does not begin as one.
    """
    if not records or not isinstance(records[0], Opened):
        raise JournalError("the journal does not say which plan it is of")
    return records[0]


def plan_of(records: tuple[Record, ...] | list[Record]) -> Plan:
    """Return the plan that a journal is of."""
    first = opened(records)
    return parse_plan(first.plan, file=first.plan_file)


def report(place: SessionPlace) -> dict[str, Any]:
    """Return a session as ``plan show --json`` gives it.

    Raises:
        JournalError: its journal cannot be read.
    """
    records = read_journal(place.journal).records
    first = opened(records)
    progress = fold(records)
    frames = [progress.frames.get(n, FrameStanding(n)).to_dict() for n in planned_frames(plan_of(records))]
    return {
        "id": place.id,
        "folder": str(place.folder),
        "plan": plan_of(records).name,
        "camera": first.camera,
        "state": _state(place, progress),
        "finish": progress.finish,
        "planned": first.planned,
        **_counts(progress, first.planned),
        "unfetched": len(progress.unfetched()),
        "raws_left": len(progress.raws_left()),
        "frames": frames,
    }


def summary(place: SessionPlace) -> dict[str, Any]:
    """Return a session as ``plan list --json`` gives it: the report without its frames."""
    whole = report(place)
    return {name: value for name, value in whole.items() if name != "frames"}


def _state(place: SessionPlace, progress: Progress) -> str:
    if place.is_running():
        return "running"
    return "interrupted" if progress.finish is None else "ended"


def _counts(progress: Progress, planned: int) -> dict[str, int]:
    counts = progress.counts()
    return {
        "taken": counts[TAKEN],
        "missing": counts[MISSING],
        "unknown": counts[UNKNOWN],
        "left": planned - sum(counts.values()),
    }


def words(told: dict[str, Any]) -> Iterator[str]:
    """Yield a report as text."""
    ended = f", {told['finish']}" if told["finish"] else ""
    yield f"{told['id']}  {told['state']}{ended}  {told['folder']}"
    yield (
        f"  {told['planned']} planned: {told['taken']} taken, {told['missing']} missing,"
        f" {told['unknown']} unknown, {told['left']} left"
    )
    if told["unfetched"] or told["raws_left"]:
        yield f"  {_to_fetch(told)}"
    for frame in told.get("frames", ()):
        if frame["outcome"] is not None:
            late = "" if frame["late_s"] is None else f"  {1000 * frame['late_s']:+.1f} ms"
            name = frame["path"] or "-"
            yield f"  {frame['n']:6d}  {frame['outcome']:8}{late}  {name}  {frame['evidence']}"


def incomplete(told: dict[str, Any], camera: str | None) -> IncompleteError | None:
    """Return the error that a finished session with holes ends with, or None."""
    if told["finish"] != "complete" or not told["missing"] + told["unknown"]:
        return None
    return IncompleteError(
        f"{told['missing']} of {told['planned']} pictures are missing and {told['unknown']} unknown",
        camera=camera,
        remedy=f"'remotelens plan show {told['id']}' says which and why"
        + (f"; {_to_fetch(told)}" if told["unfetched"] or told["raws_left"] else ""),
    )


def _to_fetch(told: dict[str, Any]) -> str:
    counts = ((told["unfetched"], "of the unknown"), (told["raws_left"], "with a raw file on the card"))
    what = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"not fetched: {what}; 'remotelens plan resume {told['id']}' tries again"
