"""What has changed lately, numbered, for whoever asks again and again: the long poll of the control API."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime
from typing import Any

import msgspec

from emulator.clock import Clock
from emulator.journal.entry import iso

KEPT = 2_000


class Change(msgspec.Struct, frozen=True, gc=False):
    """Something about a camera, or the rack, is not as it was.

    Attributes:
        number: counts up by one.
        at: the cameras' time of day, UTC.
        camera: its id, or "" for the rack.
        what: a topic of `emulator.body.bell`, or rack, scene, faults.
    """

    number: int
    at: datetime
    camera: str
    what: str

    def as_json(self) -> dict[str, Any]:
        """Return it as an object of the control API."""
        return {"number": self.number, "at": iso(self.at), "camera": self.camera, "what": self.what}


class Changes:
    """The newest changes.

    Args:
        clock: the cameras' time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Event] = set()
        self.number = 0

    def add(self, camera: str, what: str) -> None:
        """Take note of a change."""
        self.number += 1
        self._kept.append(Change(self.number, self._clock.now(), camera, what))
        for event in self._waiting:
            event.set()

    def since(self, number: int) -> list[Change]:
        """Return the kept changes after that one, oldest first."""
        missed = min(self.number - number, len(self._kept))
        return [self._kept[index] for index in range(len(self._kept) - missed, len(self._kept))]

    async def wait(self, number: int) -> None:
        """Return once there is a change after that one."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while self.number <= number:
                event.clear()
                await event.wait()
        finally:
            self._waiting.discard(event)
