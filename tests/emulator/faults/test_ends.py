"""When what befalls a camera is over."""

from __future__ import annotations

from emulator.clock import VirtualClock
from emulator.faults.ends import Ends


def ends(clock: VirtualClock, over: list[str]) -> Ends[str]:
    return Ends(clock, over.append)


async def test_each_is_over_after_its_time_and_the_newest_of_a_kind_counts() -> None:
    clock, over = VirtualClock(), list[str]()
    timers = ends(clock, over)
    timers.arrange("full", 5)
    timers.arrange("out", 5)
    await clock.advance(4)
    timers.arrange("full", 5)
    await clock.advance(1)
    assert over == ["out"]
    assert "full" in timers
    await clock.advance(4)
    assert over == ["out", "full"]
    assert "full" not in timers


async def test_what_is_for_good_is_not_ended_by_what_was_before() -> None:
    clock, over = VirtualClock(), list[str]()
    timers = ends(clock, over)
    timers.arrange("full", 5)
    timers.arrange("full", 0)
    await clock.advance(10)
    assert over == []


async def test_what_is_left_can_be_kept_and_put_back() -> None:
    clock, over, later = VirtualClock(), list[str](), list[str]()
    timers, others = ends(clock, over), ends(clock, later)
    timers.arrange("full", 5)
    await clock.advance(2)
    others.arrange("out", 1)
    others.state = timers.state
    timers.close()
    assert others.state == {"full": 3}
    await clock.advance(3)
    assert (over, later) == ([], ["full"])
