"""Live view that cannot keep its pace says so in the journal, and only then."""

from __future__ import annotations

import pytest

from emulator.body.pace import Pace
from emulator.clock import VirtualClock
from emulator.journal import Journal


@pytest.mark.parametrize(("made_s", "told"), [(0.005, 0), (0.033, 0), (0.1, 1)])
async def test_frames_that_take_longer_than_they_last_are_told(made_s: float, told: int) -> None:
    clock = VirtualClock()
    journal = Journal(clock)
    pace = Pace("qx10-1", clock, journal)
    for _ in range(60):
        await clock.advance(max(made_s, 1 / 30))
        pace.note(made_s, 1 / 30)
    entries = [entry for entry in journal.entries() if entry.channel == "liveview"]
    assert len(entries) == told
    for entry in entries:
        assert entry.data == {"frames_s": 10.0, "nominal_frames_s": 30.0}
