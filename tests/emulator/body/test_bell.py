"""Telling that something has changed."""

from __future__ import annotations

from emulator.body.bell import TOPICS, Bell


def test_everybody_is_told_in_order_until_they_leave() -> None:
    bell, told = Bell(), []
    leave = bell.subscribe(lambda topic: told.append(("first", topic)))
    bell.subscribe(lambda topic: told.append(("second", topic)))
    bell.ring("zoom", "card")
    leave()
    leave()
    bell.ring("focus")
    assert told == [
        ("first", "zoom"),
        ("second", "zoom"),
        ("first", "card"),
        ("second", "card"),
        ("second", "focus"),
    ]


def test_one_may_leave_while_being_told() -> None:
    bell = Bell()
    told: list[str] = []
    leave = bell.subscribe(lambda _topic: leave())
    bell.subscribe(told.append)
    bell.ring("power")
    assert told == ["power"]


def test_the_topics_are_those_of_the_contract() -> None:
    assert " ".join(TOPICS) == (
        "power wifi status focus shutter recording zoom battery card settings pictures liveview clock "
        "playback"
    )
