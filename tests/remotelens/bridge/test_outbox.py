"""What waits to go out is bounded, and the right things are dropped."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.bridge.messages import Outgoing
from remotelens.bridge.outbox import MOST_TRIES, Outbox


def text(topic: str, payload: str = "") -> Outgoing:
    return Outgoing(topic, payload.encode())


def kept(payload: str, topic: str = "state") -> Outgoing:
    return Outgoing(topic, payload.encode(), retain=True)


def picture(payload: str) -> Outgoing:
    return Outgoing("live", payload.encode(), qos=0)


async def everything(outbox: Outbox) -> list[str]:
    """Take all that is there."""
    taken: list[str] = []
    while True:
        task = asyncio.ensure_future(outbox.take())
        await asyncio.sleep(0)
        if not task.done():
            task.cancel()
            return taken
        message = task.result()
        taken.append(f"{message.topic}:{message.payload.decode()}")


async def test_answers_go_before_what_is_kept_and_that_before_pictures() -> None:
    outbox = Outbox()
    outbox.show(picture("p"))
    outbox.keep(kept("s"))
    outbox.put(text("a", "1"))
    outbox.put(text("a", "2"))
    assert await everything(outbox) == ["a:1", "a:2", "state:s", "live:p"]


async def test_of_what_is_kept_and_of_pictures_the_newest_wins() -> None:
    outbox = Outbox()
    for number in range(1000):
        outbox.keep(kept(str(number)))
        outbox.show(picture(str(number)))
    assert await everything(outbox) == ["state:999", "live:999"]
    assert outbox.pictures_dropped == 999


async def test_what_the_broker_keeps_already_is_not_sent_again() -> None:
    outbox = Outbox()
    outbox.keep(kept("s"))
    await outbox.take()
    outbox.keep(kept("s"))
    assert await everything(outbox) == []


async def test_after_a_new_connection_it_is_and_in_its_order() -> None:
    outbox = Outbox()
    outbox.keep(kept("online", "availability"))
    outbox.keep(kept("s"))
    await everything(outbox)
    outbox.again()
    assert await everything(outbox) == ["availability:online", "state:s"]


async def test_what_is_forgotten_is_sent_even_if_it_is_the_same() -> None:
    outbox = Outbox()
    outbox.keep(kept("s"))
    await everything(outbox)
    outbox.forget("state")
    outbox.keep(kept("s"))
    assert await everything(outbox) == ["state:s"]


async def test_too_many_answers_push_out_the_oldest() -> None:
    outbox = Outbox(most_waiting=3)
    for number in range(5):
        outbox.put(text("a", str(number)))
    assert await everything(outbox) == ["a:2", "a:3", "a:4"]
    assert outbox.dropped == 2


async def test_refusals_leave_room_for_what_counts() -> None:
    outbox = Outbox(most_waiting=4)
    outbox.put(text("a", "proof"))
    for _ in range(1000):
        outbox.put(text("a", "no"), spare=True)
    outbox.put(text("a", "proof"))
    assert await everything(outbox) == ["a:proof", "a:no", "a:proof"]


async def test_an_answer_that_did_not_arrive_is_first_next_time_but_not_for_ever() -> None:
    outbox = Outbox()
    outbox.put(text("a", "1"))
    outbox.put(text("a", "2"))
    for _ in range(MOST_TRIES):
        message = await outbox.take()
        assert message.payload == b"1"
        outbox.back(message)
    assert await everything(outbox) == ["a:2"]


async def test_what_is_kept_comes_back_unless_it_is_outdated() -> None:
    outbox = Outbox()
    outbox.keep(kept("old"))
    old = await outbox.take()
    outbox.back(old)
    assert await everything(outbox) == ["state:old"]
    outbox.keep(kept("new"))
    assert await everything(outbox) == ["state:new"]


async def test_a_picture_that_did_not_arrive_is_let_go() -> None:
    outbox = Outbox()
    outbox.show(picture("p"))
    outbox.back(await outbox.take())
    assert await everything(outbox) == []
    assert outbox.pictures_dropped == 1


@pytest.mark.parametrize("fill", ["put", "keep", "show"])
async def test_taking_waits_for_something_to_take(fill: str) -> None:
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    getattr(outbox, fill)(text("a", "1"))
    assert (await waiting).payload == b"1"
