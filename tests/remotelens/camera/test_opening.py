from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import CameraBusy
from tests.remotelens.camera.double import ApiDouble, camera_on


async def test_a_camera_is_ready_with_all_its_candidates_from_the_start() -> None:
    async with camera_on(ApiDouble()) as camera:
        assert camera.state.link == "ready"
        assert camera.state.model == "DSC-QX10"
        assert camera.settings["still_size"].candidates
        assert camera.settings["white_balance"].candidates


async def test_an_error_within_the_block_comes_out_as_itself() -> None:
    with pytest.raises(CameraBusy, match="mine"):
        async with camera_on(ApiDouble()):
            raise CameraBusy("mine")


async def test_leaving_ends_every_subscription_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    async with camera_on(ApiDouble()) as camera:

        async def follow() -> int:
            return len([state async for state in camera.subscribe()])

        following = asyncio.create_task(follow())
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert await following >= 1
    assert asyncio.all_tasks() == before


async def test_cancelling_the_block_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    entered = asyncio.Event()

    async def hold() -> None:
        async with camera_on(ApiDouble()):
            entered.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await entered.wait()
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert asyncio.all_tasks() == before


async def test_a_mistake_in_following_the_events_is_not_swallowed() -> None:
    api = ApiDouble()

    async def follow() -> None:
        async with camera_on(api) as camera, asyncio.timeout(5):
            api.break_down(ZeroDivisionError("a bug"))
            async for _ in camera.subscribe():
                pass

    with pytest.raises(BaseExceptionGroup) as caught:
        await follow()
    assert caught.group_contains(ZeroDivisionError)


async def test_leaving_that_is_cancelled_leaves_no_task_and_ends_what_it_can() -> None:
    before = asyncio.all_tasks()
    api = ApiDouble()
    names = ["startContShooting", "stopContShooting", "actHalfPressShutter", "cancelHalfPressShutter"]
    api.slots["availableApiList"]["names"] += names
    api.handlers.update(startContShooting=list, actHalfPressShutter=list, cancelHalfPressShutter=list)
    entered = asyncio.Event()

    async def unanswered() -> list[object]:
        await asyncio.Event().wait()
        return []

    async def hold() -> None:
        async with camera_on(api) as camera:
            del api.slots["focusStatus"]
            await camera.refresh()
            await camera.half_press()
            await camera.drive.start()
            entered.set()
            await asyncio.Event().wait()

    api.handlers["stopContShooting"] = unanswered
    async with asyncio.timeout(5):
        holding = asyncio.create_task(hold())
        await entered.wait()
        holding.cancel()
        await api.until_called("stopContShooting")
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
    assert len(api.called("cancelHalfPressShutter")) == 1
    assert asyncio.all_tasks() == before
