"""One command at a time, few waiting, and a flood is refused."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.bridge.commands import Command, Order, SetOrder, ShutterOrder
from remotelens.bridge.desk import MOST_WAITING, Desk
from remotelens.errors import CameraBusy, LinkLost

SHUTTER, ISO = ShutterOrder(), SetOrder("iso", "100")


def command(order: Order) -> Command:
    return Command(order, until_s=1e9)


def opened() -> Desk:
    desk = Desk("qx")
    desk.open()
    return desk


def test_a_closed_desk_refuses_and_says_why() -> None:
    desk = Desk("qx")
    with pytest.raises(LinkLost, match="has not been found yet"):
        desk.put(command(SHUTTER))
    desk.open()
    desk.close("it is out of range")
    with pytest.raises(LinkLost, match="out of range"):
        desk.put(command(SHUTTER))


async def test_commands_come_in_their_order() -> None:
    desk = opened()
    first, second = command(ISO), command(SHUTTER)
    desk.put(first)
    desk.put(second)
    assert await desk.next() is first
    assert await desk.next() is second


async def test_a_shutter_behind_a_shutter_is_refused_whether_that_waits_or_is_at_work() -> None:
    desk = opened()
    desk.put(command(SHUTTER))
    with pytest.raises(CameraBusy):
        desk.put(command(SHUTTER))
    await desk.next()
    with pytest.raises(CameraBusy):
        desk.put(command(SHUTTER))


async def test_a_shutter_is_taken_again_when_the_one_before_has_ended() -> None:
    desk = opened()
    desk.put(command(SHUTTER))
    await desk.next()
    waiting = asyncio.create_task(desk.next())
    await asyncio.sleep(0)
    again = command(SHUTTER)
    desk.put(again)
    assert await waiting is again


def test_a_flood_is_refused() -> None:
    desk = opened()
    refused = 0
    for _ in range(1000):
        try:
            desk.put(command(ISO))
        except CameraBusy:
            refused += 1
    assert refused == 1000 - MOST_WAITING


async def test_closing_gives_back_what_waited_and_leaves_what_is_at_work() -> None:
    desk = opened()
    at_work, waiting = command(ISO), command(SHUTTER)
    desk.put(at_work)
    desk.put(waiting)
    assert await desk.next() is at_work
    assert desk.close("gone") == [waiting]
