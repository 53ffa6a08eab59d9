from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from emulator.world.keep import Keep


def test_what_is_kept_is_made_once_and_cannot_be_changed() -> None:
    made = []

    def make() -> NDArray[np.int16]:
        made.append(1)
        return np.zeros(10, np.int16)

    keep: Keep[NDArray[np.int16]] = Keep(1000)
    assert keep.get("a", make) is keep.get("a", make)
    assert len(made) == 1
    with pytest.raises(ValueError, match="read-only"):
        keep.get("a", make)[0] = 1


class Maker:
    """Makes arrays of 100 bytes by name, and knows which."""

    def __init__(self, keep: Keep[NDArray[np.int8]]) -> None:
        self.keep = keep
        self.made = ""

    def ask(self, names: str) -> str:
        """What had to be made for these names, one after the other."""
        self.made = ""
        for name in names:
            self.keep.get(name, partial(self._make, name))
        return self.made

    def _make(self, name: str) -> NDArray[np.int8]:
        self.made += name
        return np.zeros(100, np.int8)


def test_the_oldest_goes_when_there_is_no_room() -> None:
    maker = Maker(Keep(400))  # a quarter for what was asked for once
    assert maker.ask("aabbcc") == "abc"
    assert maker.ask("abc") == ""
    assert maker.ask("dd") == "d"
    assert maker.ask("bcd") == ""
    assert maker.ask("a") == "a"


def test_what_is_asked_for_once_drives_out_nothing_that_is_wanted() -> None:
    maker = Maker(Keep(400))
    assert maker.ask("aabb") == "ab"
    assert maker.ask("defghij") == "defghij"
    assert maker.ask("ab") == ""
    assert maker.ask("j") == ""
    assert maker.ask("i") == "i"


def test_what_is_asked_for_again_when_it_is_gone_is_wanted_from_then_on() -> None:
    maker = Maker(Keep(400))
    assert maker.ask("abcabc") == "abcab"
    assert maker.ask("defabc") == "def"


def test_whether_something_was_asked_for_before() -> None:
    keep: Keep[NDArray[np.int8]] = Keep(400)
    assert [keep.again(name) for name in "aaba"] == [False, True, False, True]
    Maker(keep).ask("c")
    assert keep.again("c")
    keep.clear()
    assert not keep.again("a")


def test_threads_that_want_the_same_wait_for_one_maker() -> None:
    keep: Keep[NDArray[np.int8]] = Keep(1000)
    started, go_on = threading.Event(), threading.Event()
    made, found = [], []

    def make() -> NDArray[np.int8]:
        made.append(1)
        started.set()
        assert go_on.wait(10)
        return np.zeros(5, np.int8)

    def ask() -> None:
        found.append(keep.get("a", make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    threads[0].start()
    assert started.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(made) == 1
    assert all(array is found[0] for array in found)


def test_what_is_kept_was_asked_for_however_much_else_was_since() -> None:
    maker = Maker(Keep(100_000))
    maker.ask("aa")
    for number in range(300):
        maker.keep.again(number)
    assert maker.keep.again("a")


def test_a_maker_that_makes_nothing_lets_those_who_wait_go_on() -> None:
    keep: Keep[NDArray[np.int8]] = Keep(400)
    started, go_on, ended = threading.Event(), threading.Event(), []

    def make() -> NDArray[np.int8]:
        started.set()
        assert go_on.wait(10)
        return None  # type: ignore[return-value]

    def ask() -> None:
        with pytest.raises(AttributeError):
            keep.get("a", make)
        ended.append(1)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert ended == [1, 1]


def test_a_maker_that_fails_leaves_nothing_behind() -> None:
    keep: Keep[NDArray[np.int8]] = Keep(1000)

    def fail() -> NDArray[np.int8]:
        raise RuntimeError("no light")

    with pytest.raises(RuntimeError, match="no light"):
        keep.get("a", fail)
    assert keep.get("a", lambda: np.ones(3, np.int8)).sum() == 3
