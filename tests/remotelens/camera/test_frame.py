from __future__ import annotations

import asyncio

import pytest

from remotelens.camera.frame import FocusArea, Frame, Mailbox, area_of
from remotelens.errors import LinkLost
from remotelens.protocol.wifi.liveview import FocusFrame


def frame(sequence: int) -> Frame:
    return Frame(b"\xff\xd8\xff\xd9", sequence, sequence * 33, 0.0)


def test_a_focus_frame_is_given_in_fractions_of_the_picture() -> None:
    # protocol/wifi.md 8.2: 0 to 10000 of the image; category 5 tracking, status 4 focused, 1 selected
    assert area_of(FocusFrame(2500, 5000, 7500, 10000, 5, 4, 1)) == FocusArea(
        0.25, 0.5, 0.75, 1.0, "tracking", "focused", True
    )
    assert area_of(FocusFrame(0, 0, 1, 1, 4, 1, 0)).kind == "face"
    assert area_of(FocusFrame(0, 0, 1, 1, 0, 9, 2)) == FocusArea(0, 0, 0.0001, 0.0001, None, None, False)


async def test_the_newest_frame_wins_and_replaced_ones_are_counted() -> None:
    mailbox = Mailbox()
    for sequence in (1, 2, 3):
        mailbox.put(frame(sequence))
    taken = await mailbox.take()
    assert taken is not None
    assert taken.sequence == 3
    assert mailbox.dropped == 2


async def test_a_consumer_waits_for_the_next_frame() -> None:
    mailbox = Mailbox()
    taking = asyncio.create_task(mailbox.take())
    await asyncio.sleep(0)
    assert not taking.done()
    mailbox.put(frame(7))
    async with asyncio.timeout(1):
        taken = await taking
    assert taken is not None
    assert taken.sequence == 7
    assert mailbox.dropped == 0


async def test_a_closed_mailbox_gives_what_is_left_and_then_ends() -> None:
    mailbox = Mailbox()
    mailbox.put(frame(1))
    mailbox.close()
    assert await mailbox.take() is not None
    assert await mailbox.take() is None


async def test_a_mailbox_closed_by_an_error_raises_it() -> None:
    mailbox = Mailbox()
    taking = asyncio.create_task(mailbox.take())
    await asyncio.sleep(0)
    mailbox.close(LinkLost("the camera is gone"))
    with pytest.raises(LinkLost):
        await taking
