from __future__ import annotations

import asyncio

from remotelens.camera.state import CameraState
from remotelens.camera.store import StateStore


async def test_a_subscriber_gets_the_present_state_first_and_then_the_newest() -> None:
    store = StateStore(CameraState(revision=1))
    states = store.subscribe()
    assert (await anext(states)).revision == 1
    for revision in (2, 3, 4):
        store.put(CameraState(revision=revision))
    assert (await anext(states)).revision == 4
    store.put(CameraState(revision=5))
    assert (await anext(states)).revision == 5


async def test_a_change_between_two_looks_is_not_missed() -> None:
    store = StateStore(CameraState(revision=1))
    states = store.subscribe()
    await anext(states)
    store.put(CameraState(revision=2))
    async with asyncio.timeout(1):
        assert (await anext(states)).revision == 2


async def test_closing_ends_every_subscription_and_every_wait() -> None:
    store = StateStore(CameraState())
    seen: list[CameraState] = []

    async def follow() -> None:
        seen.extend([state async for state in store.subscribe()])

    following = asyncio.create_task(follow())
    waiting = asyncio.create_task(store.until(lambda state: state.idle))
    await asyncio.sleep(0)
    store.close()
    async with asyncio.timeout(1):
        await following
        assert await waiting is None
    assert len(seen) == 1


async def test_waiting_ends_with_the_first_state_that_fits() -> None:
    store = StateStore(CameraState(status="StillCapturing"))
    waiting = asyncio.create_task(store.until(lambda state: state.idle))
    await asyncio.sleep(0)
    store.put(CameraState(status="StillSaving"))
    await asyncio.sleep(0)
    assert not waiting.done()
    store.put(CameraState(status="IDLE"))
    async with asyncio.timeout(1):
        state = await waiting
    assert state is not None
    assert state.idle
