"""The sensor's temperature. Source: imaging.md A6."""

from __future__ import annotations

import pytest

from emulator.body.warmth import Warmth
from emulator.clock import VirtualClock


async def test_it_rises_by_twelve_kelvin_with_live_view_and_eighteen_while_recording() -> None:
    clock = VirtualClock()
    warmth = Warmth(clock)
    assert warmth.celsius == 25.0
    warmth.load(running=True, recording=False)
    await clock.advance(480.0)
    assert warmth.celsius == pytest.approx(25 + 12 * 0.632, abs=0.01)
    await clock.advance(7200.0)
    assert warmth.celsius == pytest.approx(37.0, abs=0.01)
    warmth.load(running=True, recording=True)
    await clock.advance(7200.0)
    assert warmth.celsius == pytest.approx(43.0, abs=0.01)
    warmth.load(running=False, recording=False)
    await clock.advance(480.0)
    assert warmth.celsius == pytest.approx(25 + 18 * 0.368, abs=0.01)
