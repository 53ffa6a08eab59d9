"""Whether live view keeps its pace: a host too busy to render in time shows fewer frames, and says so.

A viewer that reads slowly is not meant; only the making of frames is timed.
"""

from __future__ import annotations

from emulator.clock import Clock
from emulator.journal import Journal

_WINDOW_S = 5.0
_FEWEST = 10


class Pace:
    """Counts the frames of one camera.

    Args:
        camera_id: whose.
        clock: camera time.
        journal: where it is written when frames come too late.
    """

    def __init__(self, camera_id: str, clock: Clock, journal: Journal) -> None:
        self._camera_id = camera_id
        self._clock = clock
        self._journal = journal
        self._begin(clock.monotonic())

    def _begin(self, now_s: float) -> None:
        self._since_s, self._frames, self._made_s, self._meant_s = now_s, 0, 0.0, 0.0

    def note(self, made_s: float, gap_s: float) -> None:
        """Take note of a frame that took so long to make, where the next is due after the gap."""
        self._frames += 1
        self._made_s += made_s
        self._meant_s += gap_s
        now_s = self._clock.monotonic()
        if now_s - self._since_s < _WINDOW_S:
            return
        if self._frames >= _FEWEST and self._made_s > self._meant_s:
            self._journal.add(
                self._camera_id,
                "liveview",
                "slow",
                frames_s=round(self._frames / self._made_s, 1),
                nominal_frames_s=round(self._frames / self._meant_s, 1),
            )
        self._begin(now_s)
