"""Tells whoever wants to know that something about the camera has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

Topic = Literal[
    "power",
    "wifi",
    "status",
    "focus",
    "shutter",
    "recording",
    "zoom",
    "battery",
    "card",
    "settings",
    "pictures",
    "liveview",
    "clock",
    "playback",
]
"""What can change."""

TOPICS: tuple[Topic, ...] = get_args(Topic)


class Bell:
    """Calls back, in the order of subscription, on every change; carries no values."""

    def __init__(self) -> None:
        self._callbacks: dict[int, Callable[[str], None]] = {}
        self._next = 0

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back with the topic of each change from now on; the answer ends that."""
        number = self._next
        self._next += 1
        self._callbacks[number] = callback

        def unsubscribe() -> None:
            self._callbacks.pop(number, None)

        return unsubscribe

    def ring(self, *topics: Topic) -> None:
        """Tell that these have changed."""
        for topic in topics:
            for callback in tuple(self._callbacks.values()):
                callback(topic)
