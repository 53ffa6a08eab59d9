"""The memory between sensor and card: a run is as fast as the camera until it is full, then as the card.

Source: models.md 11 (card write 8 to 12 MB/s; assumed, as is how many pictures fit).
"""

from __future__ import annotations

from emulator.clock import Clock
from emulator.profiles import Profile


class Buffer:
    """The pictures of a run that are not on the card yet.

    Args:
        profile: how much fits, and how fast the card is.
        clock: camera time.
    """

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._card_bytes_s = profile.stills.card_bytes_s
        self._shots = profile.stills.buffer_shots
        self._clock = clock
        self._waiting_bytes = 0.0
        self._since_s = clock.monotonic()

    @property
    def empty_in_s(self) -> float:
        """How long until all is on the card."""
        return self._left() / self._card_bytes_s

    async def put(self, size_bytes: int) -> None:
        """Take a picture in; returns when there is room for another of its size."""
        self._waiting_bytes = self._left() + size_bytes
        self._since_s = self._clock.monotonic()
        over = self._waiting_bytes - (self._shots - 1) * size_bytes
        if over > 0:
            await self._clock.sleep(over / self._card_bytes_s)

    def _left(self) -> float:
        written = (self._clock.monotonic() - self._since_s) * self._card_bytes_s
        return max(0.0, self._waiting_bytes - written)
