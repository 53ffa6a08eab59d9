"""The long poll: what wakes it, what clears a change, who wins, how it ends. Source: protocol/wifi.md 6.3."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.protocol.wifi.rpc import RpcFailure, RpcResult
from tests.emulator.body.rig import Rig, rig


def filled(slots: list[Any]) -> list[int]:
    return [index for index, slot in enumerate(slots) if slot not in (None, [])]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def beep(camera: Rig, mode: str) -> None:
    await camera.call("setBeepMode", mode)
    await camera.clock.advance(0.2)


async def test_nothing_is_new_after_power_on() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        poll = camera.begin("getEvent", True)
        await camera.clock.advance(14.9)
        assert not poll.done()
        await camera.clock.advance(0.2)
        assert filled(await poll) == []
        assert await poll == [[] if index in (5, 6, 10) else None for index in range(35)]


async def test_a_quiet_poll_of_family_b_ends_with_a_time_out() -> None:
    async with rig("ILCE-QX1@1.10") as camera:
        poll = asyncio.ensure_future(camera.reply("getEvent", True, version="1.2"))
        await camera.clock.advance(15.1)
        assert (await poll).answer == RpcFailure(1, 2, "Timed out")


async def test_versions_from_1_3_on_wait_a_minute() -> None:
    async with rig("SONY-FULL") as camera:
        poll = asyncio.ensure_future(camera.reply("getEvent", True, version="1.3"))
        await camera.clock.advance(59.0)
        assert not poll.done()
        await camera.clock.advance(2.0)
        assert isinstance((await poll).answer, RpcFailure)


async def test_a_change_wakes_the_poll_with_that_slot_alone() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        poll = camera.begin("getEvent", True, version="1.1")
        await camera.clock.advance(3.0)
        await beep(camera, "Off")
        slots = await poll
        assert filled(slots) == [11]
        assert slots[11]["currentBeepMode"] == "Off"


async def test_a_change_made_while_nobody_waited_is_told_at_once() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await beep(camera, "Off")
        assert filled(await camera.call("getEvent", True)) == [11]
        poll = camera.begin("getEvent", True)
        await camera.clock.advance(1.0)
        assert not poll.done()
        poll.cancel()


async def test_a_change_back_is_a_change_too() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await beep(camera, "Off")
        await beep(camera, "On")
        slots = await camera.call("getEvent", True)
        assert filled(slots) == [11]
        assert slots[11]["currentBeepMode"] == "On"


async def test_a_snapshot_clears_nothing() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await beep(camera, "Off")
        assert len(filled(await camera.call("getEvent", False))) > 10
        assert filled(await camera.call("getEvent", True)) == [11]


async def test_an_answer_that_was_not_written_to_its_end_counts_as_not_given() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await beep(camera, "Off")
        lost = await camera.reply("getEvent", True, written=False)
        assert isinstance(lost.answer, RpcResult)
        assert filled(lost.answer.values) == [11]
        assert filled(await camera.call("getEvent", True)) == [11]


async def test_a_change_between_answer_and_last_byte_is_not_lost() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await beep(camera, "Off")
        first = await camera.reply("getEvent", True, written=False)
        await beep(camera, "Shutter Only")
        camera.dispatcher.written(first)
        slots = await camera.call("getEvent", True)
        assert slots[11]["currentBeepMode"] == "Shutter Only"


async def test_the_newest_poll_wins() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        older = asyncio.ensure_future(camera.reply("getEvent", True))
        await settle()
        newer = camera.begin("getEvent", True)
        await settle()
        assert (await older).answer == RpcFailure(1, 40402, "DoublePolling")
        await beep(camera, "Off")
        assert filled(await newer) == [11]


async def test_a_snapshot_is_answered_beside_a_waiting_poll() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        poll = camera.begin("getEvent", True)
        await settle()
        assert filled(await camera.call("getEvent", False))
        assert not poll.done()
        poll.cancel()


async def test_a_poll_whose_client_has_gone_leaves_the_change_for_the_next() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        gone = camera.begin("getEvent", True)
        await settle()
        gone.cancel()
        await settle()
        await beep(camera, "Off")
        assert filled(await camera.call("getEvent", True)) == [11]


async def test_a_version_neither_tells_nor_clears_slots_that_it_does_not_know() -> None:
    async with rig("ILCE-QX1@1.10") as camera:
        await camera.call("setStillQuality", {"stillQuality": "Standard"})
        await camera.clock.advance(0.2)
        old = await camera.call("getEvent", True, version="1.0")
        assert filled(old) == [10]  # more pictures fit now
        new = await camera.call("getEvent", True, version="1.2")
        assert filled(new) == [37]


async def test_power_off_ends_the_poll_with_unknown() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        poll = asyncio.ensure_future(camera.reply("getEvent", True))
        await settle()
        await camera.body.power_off()
        assert (await poll).answer == RpcFailure(1, 1, "Unknown")


async def test_a_picture_of_the_cameras_own_button_is_told_once_and_only_there() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await camera.call("getEvent", False)
        camera.body.press("full")
        await camera.until("StillCapturing")
        await camera.until("IDLE")
        slots = await camera.call("getEvent", True)
        ((pictures,),) = [slots[5]]
        assert len(pictures["takePictureUrl"]) == 1
        await beep(camera, "Off")
        assert 5 not in filled(await camera.call("getEvent", True))
        assert (await camera.error("awaitTakePicture"))[0] == 1


async def test_a_picture_asked_for_by_the_api_is_told_in_its_own_answer() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await camera.take()
        assert 5 not in filled(await camera.call("getEvent", True))


@pytest.mark.parametrize("kept", [10])
async def test_the_snapshot_of_family_a_lists_the_last_ten_pictures(kept: int) -> None:
    async with rig("DSC-QX10@3.00", still_scale=64) as camera:
        urls = [await camera.take() for _ in range(kept + 1)]
        ((told,),) = [(await camera.call("getEvent", False))[5]]
        assert told["takePictureUrl"] == urls[1:]


async def test_the_snapshot_of_family_b_lists_no_pictures() -> None:
    async with rig("ILCE-QX1@1.10") as camera:
        await camera.take()
        assert (await camera.call("getEvent", False))[5] == []


async def test_a_camera_that_was_just_switched_on_has_nothing_to_tell() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await beep(camera, "Off")
        await camera.body.power_off()
        await camera.done(asyncio.ensure_future(camera.body.power_on()))
        poll = camera.begin("getEvent", True)
        await camera.clock.advance(1.0)
        assert not poll.done()
        poll.cancel()


@pytest.mark.parametrize("waits", [True, False])
async def test_whoever_was_told_that_the_camera_starts_is_told_that_it_is_ready(waits: bool) -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await camera.body.power_off()
        starting = asyncio.ensure_future(camera.body.power_on())
        await camera.clock.advance(1.0)
        assert (await camera.call("getEvent", False))[1]["cameraStatus"] == "NotReady"
        poll = camera.begin("getEvent", True) if waits else None
        await camera.done(starting)
        slots = await (poll or camera.begin("getEvent", True))
        assert slots[1]["cameraStatus"] == "IDLE"
