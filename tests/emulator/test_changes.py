import asyncio

from emulator.changes import KEPT, Changes
from emulator.clock import VirtualClock


async def test_whoever_waits_hears_of_the_next_change() -> None:
    changes = Changes(VirtualClock())
    changes.add("a", "card")
    waiting = asyncio.create_task(changes.wait(1))
    await asyncio.sleep(0)
    assert not waiting.done()
    changes.add("b", "power")
    await waiting
    assert [(one.camera, one.what) for one in changes.since(1)] == [("b", "power")]
    await changes.wait(0)


async def test_old_changes_make_room_and_numbers_go_on() -> None:
    changes = Changes(VirtualClock())
    for _ in range(KEPT + 5):
        changes.add("a", "card")
    assert len(changes.since(0)) == KEPT
    assert changes.since(0)[-1].number == KEPT + 5
    assert changes.since(KEPT + 5) == []
    assert changes.since(10**9) == []
