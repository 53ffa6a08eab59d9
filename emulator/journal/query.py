"""What can be asked of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emulator.journal.entry import JournalEntry


@dataclass(frozen=True, slots=True)
class Query:
    """Which entries are wanted; what is not given does not matter.

    Attributes:
        since: only those with a higher number.
        method: of this method.
        camera: of the camera with this id.
        channel: of this channel.
        kind: of this kind.
        begin: from this moment on, in the cameras' time of day.
        end: before this moment.
        last: only so many, the newest.
    """

    since: int = 0
    method: str | None = None
    camera: str | None = None
    channel: str | None = None
    kind: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    last: int | None = None

    def wants(self, entry: JournalEntry) -> bool:
        """Whether an entry is one of them; `last` is not looked at."""
        return (
            entry.number > self.since
            and (self.method is None or entry.method == self.method)
            and (self.camera is None or entry.camera == self.camera)
            and (self.channel is None or entry.channel == self.channel)
            and (self.kind is None or entry.kind == self.kind)
            and (self.begin is None or entry.at >= self.begin)
            and (self.end is None or entry.at < self.end)
        )
