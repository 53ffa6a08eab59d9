"""What happened to the cameras, in order: every request, answer, state change and applied fault.

The journal is what a test asks afterwards and what a failing test shows. It is bounded: the oldest entries
make room, and the bodies of old exchanges before them; `count` goes on counting what has gone. Names that
clients give are cut, and those that no camera knows are counted apart up to a number only.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from emulator.clock import Clock, RealClock
from emulator.journal.entry import JournalEntry
from emulator.journal.exchange import EXCHANGE, Exchange
from emulator.journal.query import Query
from remotelens.protocol.wifi.methods import METHODS

DEFAULT_CAPACITY = 20_000
KEPT_BYTES = 32 * 1024 * 1024
REQUEST = "request"
FAULT = "fault"
NAME_CHARS = 200
MOST_NAMES = 1000
OTHERS = "(others)"
"""What further methods are counted under that no camera knows."""
_NAMES = ("method", "wanted", "version")
"""What clients write as they like."""
_KNOWN = frozenset(method.name for method in METHODS)
_HOST_CLOCK = RealClock()


class Journal:
    """An ordered, bounded record of everything that happened.

    Args:
        clock: the cameras' time.
        capacity: how many entries are kept.
        kept_bytes: how much of the exchanges' bodies is kept.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        capacity: int = DEFAULT_CAPACITY,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self._clock = clock or _HOST_CLOCK
        self._entries: deque[JournalEntry] = deque(maxlen=capacity)
        self._number = 0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._subscribers: list[Callable[[JournalEntry], None]] = []
        self._exchange_numbers = itertools.count(1)
        self._bodies: deque[Exchange] = deque()
        self._body_bytes = 0
        self._kept_bytes = kept_bytes

    def now(self) -> datetime:
        """Return the cameras' time of day, UTC."""
        return self._clock.now()

    @property
    def number(self) -> int:
        """The number of the newest entry."""
        return self._number

    def add(self, camera: str, channel: str, kind: str, /, **data: Any) -> JournalEntry:
        """Write one entry; `data` are plain values that JSON can carry."""
        for name in _NAMES:
            if isinstance(text := data.get(name), str) and len(text) > NAME_CHARS:
                data[name] = text[:NAME_CHARS]
        exchange = EXCHANGE.get()
        if exchange is not None:
            if kind == REQUEST and "method" in data:
                exchange.service, exchange.method = data.get("service", ""), data["method"]
            elif kind == FAULT:
                data["exchange"] = exchange.number
                exchange.faults.append(f"{channel}:{data.get('fault', '')}")
        if kind == REQUEST and "method" in data:
            self._counts[self._counted(data["method"], camera)] += 1
        return self._write(camera, channel, kind, data, None)

    def next_exchange(self) -> int:
        """Return the number of the exchange that begins now."""
        return next(self._exchange_numbers)

    def add_exchange(self, camera: str, exchange: Exchange) -> JournalEntry:
        """Write down a whole exchange; its body makes room for newer ones later."""
        self._bodies.append(exchange)
        self._body_bytes += exchange.kept_bytes
        while self._body_bytes > self._kept_bytes and len(self._bodies) > 1:
            oldest = self._bodies.popleft()
            self._body_bytes -= oldest.kept_bytes
            oldest.forget_bodies()
        return self._write(camera, "http", "exchange", {}, exchange)

    def entries(
        self, since: int = 0, method: str | None = None, camera: str | None = None, **more: Any
    ) -> list[JournalEntry]:
        """Return the kept entries with a number above `since`, of one method or camera when given.

        Args:
            since: a number.
            method: a method.
            camera: a camera's id.
            more: the other attributes of `Query`.
        """
        return self.find(Query(since=since, method=method, camera=camera, **more))

    def find(self, query: Query) -> list[JournalEntry]:
        """Return the kept entries that are wanted, oldest first."""
        recent = itertools.takewhile(lambda entry: entry.number > query.since, reversed(self._entries))
        found = (entry for entry in recent if query.wants(entry))
        return list(itertools.islice(found, query.last))[::-1]

    def exchanges(self, query: Query = Query()) -> list[tuple[JournalEntry, Exchange]]:  # noqa: B008 - frozen
        """Return the kept HTTP exchanges that are wanted, oldest first."""
        return [(entry, entry.exchange) for entry in self.find(query) if entry.exchange is not None]

    def count(self, method: str, camera: str | None = None) -> int:
        """Return how often a method was requested, evicted entries included."""
        method = method[:NAME_CHARS]
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

    async def wait_for(self, query: Query) -> list[JournalEntry]:
        """Return what is wanted as soon as there is any."""
        heard = asyncio.Event()
        leave = self.subscribe(lambda entry: heard.set() if query.wants(entry) else None)
        try:
            while not (found := self.find(query)):
                heard.clear()
                await heard.wait()
            return found
        finally:
            leave()

    def clear(self) -> None:
        """Forget the entries and the counts; numbers go on."""
        self._entries.clear()
        self._counts.clear()
        self._bodies.clear()
        self._body_bytes = 0

    def _counted(self, method: str, camera: str) -> tuple[str, str]:
        """Return what a request is counted under."""
        key = method, camera
        room = len(self._counts) < MOST_NAMES
        return key if room or method in _KNOWN or key in self._counts else (OTHERS, camera)

    def _write(
        self, camera: str, channel: str, kind: str, data: dict[str, Any], exchange: Exchange | None
    ) -> JournalEntry:
        self._number += 1
        entry = JournalEntry(
            self._number, self._clock.now(), _HOST_CLOCK.now(), camera, channel, kind, data, exchange
        )
        self._entries.append(entry)
        for subscriber in tuple(self._subscribers):
            subscriber(entry)
        return entry
