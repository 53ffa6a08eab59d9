"""What happened to the cameras, in order: every request, answer, state change and applied fault.

The journal is what a test asks afterwards and what a failing test shows. It is bounded: the oldest entries
make room, while `count` goes on counting them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emulator.clock import Clock, RealClock

DEFAULT_CAPACITY = 20_000
REQUEST = "request"
_HOST_CLOCK = RealClock()


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing that happened.

    Attributes:
        number: 1 for the first of all; grows by one.
        at: the cameras' time of day, UTC.
        host_at: the host's time of day, UTC.
        camera: the camera's id, or "" for the rack.
        channel: ssdp, description, rpc, event, liveview, contents, ble, card, power, body, control.
        kind: what it was: request, answer, change, fault, …
        data: the rest, as plain values that JSON can carry.
    """

    number: int
    at: datetime
    host_at: datetime
    camera: str
    channel: str
    kind: str
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the entry as an object of the control API."""
        return {
            "number": self.number,
            "at": _iso(self.at),
            "host_at": _iso(self.host_at),
            "camera": self.camera,
            "channel": self.channel,
            "kind": self.kind,
            **self.data,
        }


class Journal:
    """An ordered, bounded record of everything that happened.

    Args:
        clock: the cameras' time.
        capacity: how many entries are kept.
    """

    def __init__(self, clock: Clock | None = None, *, capacity: int = DEFAULT_CAPACITY) -> None:
        self._wall = RealClock()
        self._clock = clock or self._wall
        self._entries: deque[JournalEntry] = deque(maxlen=capacity)
        self._number = 0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._subscribers: list[Callable[[JournalEntry], None]] = []

    def add(self, camera: str, channel: str, kind: str, /, **data: Any) -> JournalEntry:
        """Write one entry; `data` are plain values that JSON can carry."""
        self._number += 1
        entry = JournalEntry(self._number, self._clock.now(), _HOST_CLOCK.now(), camera, channel, kind, data)
        self._entries.append(entry)
        if kind == REQUEST and "method" in data:
            self._counts[data["method"], camera] += 1
        for subscriber in tuple(self._subscribers):
            subscriber(entry)
        return entry

    def entries(
        self, since: int = 0, method: str | None = None, camera: str | None = None
    ) -> list[JournalEntry]:
        """Return the kept entries with a number above `since`, of one method or camera when given."""
        return [
            entry
            for entry in self._entries
            if entry.number > since
            and (method is None or entry.data.get("method") == method)
            and (camera is None or entry.camera == camera)
        ]

    def count(self, method: str, camera: str | None = None) -> int:
        """Return how often a method was requested, evicted entries included."""
        return sum(
            times
            for (name, where), times in self._counts.items()
            if name == method and (camera is None or where == camera)
        )

    def subscribe(self, callback: Callable[[JournalEntry], None]) -> Callable[[], None]:
        """Call back with every new entry; the answer ends that."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def clear(self) -> None:
        """Forget the entries and the counts; numbers go on."""
        self._entries.clear()
        self._counts.clear()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
