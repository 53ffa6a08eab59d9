import asyncio
import math

import pytest

from emulator.clock import VirtualClock
from emulator.faults.freeze import Freeze
from emulator.faults.outlet import Cut


async def test_it_thaws_by_itself_or_when_it_is_told() -> None:
    clock = VirtualClock()
    freeze = Freeze(clock)
    freeze.begin(5)
    assert freeze.on
    await clock.advance(5)
    assert not freeze.on
    freeze.begin(0)
    await clock.advance(1e6)
    assert freeze.on
    freeze.end()
    assert not freeze.on


async def test_whoever_goes_waits_no_longer() -> None:
    freeze, gone = Freeze(VirtualClock()), asyncio.Event()
    freeze.begin(0)
    waiting = asyncio.create_task(freeze.wait(gone))
    await asyncio.sleep(0)
    gone.set()
    with pytest.raises(Cut):
        await waiting


async def test_a_second_freeze_takes_the_place_of_the_first() -> None:
    clock = VirtualClock()
    freeze, gone = Freeze(clock), asyncio.Event()
    freeze.begin(5)
    waiting = asyncio.create_task(freeze.wait(gone))
    await clock.advance(4)
    freeze.begin(5)
    await clock.advance(4)
    assert not waiting.done()
    await clock.advance(2)
    await waiting


async def test_how_long_it_hangs_can_be_kept_and_put_back() -> None:
    clock = VirtualClock()
    freeze, other = Freeze(clock), Freeze(clock)
    assert freeze.left_s is None
    freeze.begin(0)
    assert freeze.left_s == math.inf
    freeze.begin(5)
    await clock.advance(2)
    other.left_s = freeze.left_s
    assert other.left_s == 3
    await clock.advance(3)
    assert not other.on
    other.left_s = math.inf
    await clock.advance(1e6)
    assert other.on
    other.left_s = None
    assert not other.on
