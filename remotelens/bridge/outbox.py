"""What waits to be published: bounded, whatever the broker does.

Three kinds, each with its own rule. Answers and events go out in their order, and the oldest are dropped when
too many wait. What the broker keeps goes out newest wins, and again after each connection. Of pictures only
the newest waits: dropped, never queued, when the broker is slow (performance page, section 10).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace

from remotelens.bridge.messages import Outgoing

MOST_WAITING = 256
MOST_TRIES = 3
_log = logging.getLogger(__name__)


class Outbox:
    """The messages of one connection, filled without waiting and emptied one by one.

    Args:
        most_waiting: how many answers and events may wait.

    Attributes:
        dropped: answers and events that were given up.
        pictures_dropped: pictures that a newer one replaced before they were sent.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._waiting: deque[Outgoing] = deque()
        self._most_waiting = most_waiting
        self._kept: dict[str, Outgoing] = {}
        self._to_keep: dict[str, Outgoing] = {}
        self._pictures: dict[str, Outgoing] = {}
        self._filled = asyncio.Event()
        self.dropped = 0
        self.pictures_dropped = 0

    def put(self, message: Outgoing, *, spare: bool = False) -> None:
        """Send it in its order.

        Args:
            message: an answer or an event.
            spare: whether it is only a refusal; a flood of those must not push out what counts.
        """
        if spare and len(self._waiting) >= self._most_waiting // 2:
            self._give_up(message, "too many wait")
            return
        self._waiting.append(message)
        while len(self._waiting) > self._most_waiting:
            self._give_up(self._waiting.popleft(), "too many wait")
        self._filled.set()

    def keep(self, message: Outgoing) -> None:
        """Have the broker keep it, unless it keeps just that already."""
        if self._kept.get(message.topic) == message:
            return
        self._kept[message.topic] = message
        self._to_keep[message.topic] = message
        self._filled.set()

    def forget(self, topic: str) -> None:
        """Take for unknown what the broker keeps there, so that the next one is sent in any case."""
        self._kept.pop(topic, None)
        self._to_keep.pop(topic, None)

    def show(self, picture: Outgoing) -> None:
        """Send it, unless a newer one comes first."""
        self.pictures_dropped += self._pictures.pop(picture.topic, None) is not None
        self._pictures[picture.topic] = picture
        self._filled.set()

    def again(self) -> None:
        """Send everything that the broker keeps once more."""
        self._to_keep = dict(self._kept)
        self._filled.set()

    def back(self, message: Outgoing) -> None:
        """Take back what may not have arrived, to be sent over the next connection."""
        if message.qos == 0:
            self.pictures_dropped += 1
        elif self._kept.get(message.topic) == message:
            self._to_keep.setdefault(message.topic, message)
        elif message.tries + 1 < MOST_TRIES:
            self._waiting.appendleft(replace(message, tries=message.tries + 1))
        else:
            self._give_up(message, f"the connection broke {MOST_TRIES} times over it")
        self._filled.set()

    async def take(self) -> Outgoing:
        """Return the next one, when there is one."""
        while True:
            if self._waiting:
                return self._waiting.popleft()
            for waiting in (self._to_keep, self._pictures):
                if waiting:
                    return waiting.pop(next(iter(waiting)))
            self._filled.clear()
            await self._filled.wait()

    def _give_up(self, message: Outgoing, reason: str) -> None:
        self.dropped += 1
        level = logging.WARNING if self.dropped == 1 else logging.DEBUG
        _log.log(level, "a message for %s is dropped: %s", message.topic, reason)
