"""The logbook of a session: a record counts once it is in the journal, then it is folded and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from remotelens.clock import Clock
from remotelens.sessions.journal import Journal
from remotelens.sessions.progress import Progress, fold
from remotelens.sessions.records import Done, Noted, Record


def utc_text(moment: datetime) -> str:
    """Return a moment as the journal and `--json` write it: UTC, ISO 8601, milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Logbook:
    """Writes what happens in a session, and knows what it amounts to.

    Args:
        journal: the session's open journal.
        clock: the session's time.
        tell: called with each record after it is on the disk; an exception in it ends the session.

    Attributes:
        progress: what the journal amounts to now.
    """

    def __init__(self, journal: Journal, clock: Clock, tell: Callable[[Record], None] | None = None) -> None:
        self.progress: Progress = fold(journal.records)
        self._journal = journal
        self._clock = clock
        self._tell = tell

    async def write(self, *records: Record) -> None:
        """Write records, and return when they are on the disk and told."""
        await self._journal.append(*records)
        for record in records:
            self.progress.fold(record)
            if self._tell is not None:
                self._tell(record)

    async def note(self, text: str) -> None:
        """Write something worth knowing afterwards."""
        await self.write(Noted(at=self.now(), text=text))

    async def settle(
        self, n: int, outcome: str, evidence: str, *, late_s: float | None = None, due: str | None = None
    ) -> None:
        """Write what became of a frame."""
        await self.write(Done(at=self.now(), n=n, outcome=outcome, evidence=evidence, late_s=late_s, due=due))

    def now(self) -> str:
        """Return the time of day as the journal writes it."""
        return utc_text(self._clock.now())

    def text_of(self, monotonic_s: float) -> str:
        """Return a moment of the monotonic clock as the journal writes it."""
        return utc_text(self._clock.now() + timedelta(seconds=monotonic_s - self._clock.monotonic()))
