"""Holds the newest state of one camera and tells everyone who waits for it.

A waiter never sees a queue: it gets the newest state, and misses those that were replaced meanwhile. So
nobody may wait for a value that only passes through (protocol/wifi.md 6.3: the camera skips states, too).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from remotelens.camera.state import CameraState


class StateStore:
    """The one place that holds a camera's `CameraState`."""

    def __init__(self, first: CameraState) -> None:
        self._state = first
        self._changed: set[asyncio.Event] = set()
        self._closed = False

    @property
    def state(self) -> CameraState:
        """The newest state."""
        return self._state

    def put(self, state: CameraState) -> None:
        """Replace the state and wake everyone."""
        self._state = state
        self._wake()

    def close(self) -> None:
        """End every subscription; the last state stays readable."""
        self._closed = True
        self._wake()

    async def subscribe(self) -> AsyncIterator[CameraState]:
        """Yield the present state, then each newer one, until the store is closed."""
        changed = asyncio.Event()
        self._changed.add(changed)
        try:
            while True:
                changed.clear()
                yield self._state
                if self._closed:
                    return
                await changed.wait()
                if self._closed:
                    return
        finally:
            self._changed.discard(changed)

    async def until(self, predicate: Callable[[CameraState], bool]) -> CameraState | None:
        """Return the first state seen that fits, perhaps the present one; None when the store is closed."""
        changed = asyncio.Event()
        self._changed.add(changed)
        try:
            while not predicate(self._state):
                if self._closed:
                    return None
                changed.clear()
                await changed.wait()
            return self._state
        finally:
            self._changed.discard(changed)

    def _wake(self) -> None:
        for changed in self._changed:
            changed.set()
