from __future__ import annotations

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from emulator.world.keep import Keep, Seen


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


def test_the_oldest_goes_when_there_is_no_room() -> None:
    keep: Keep[NDArray[np.int8]] = Keep(250)
    calls: list[str] = []

    def of(name: str) -> NDArray[np.int8]:
        def make() -> NDArray[np.int8]:
            calls.append(name)
            return np.zeros(100, np.int8)

        return keep.get(name, make)

    of("a"), of("b"), of("a"), of("c")
    of("a"), of("c")
    assert calls == ["a", "b", "c"]
    of("b")
    assert calls == ["a", "b", "c", "b"]


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


def test_a_maker_that_fails_leaves_nothing_behind() -> None:
    keep: Keep[NDArray[np.int8]] = Keep(1000)

    def fail() -> NDArray[np.int8]:
        raise RuntimeError("no light")

    with pytest.raises(RuntimeError, match="no light"):
        keep.get("a", fail)
    assert keep.get("a", lambda: np.ones(3, np.int8)).sum() == 3


def test_what_was_asked_about_is_remembered_until_too_much_else_was() -> None:
    seen = Seen(limit=2)
    assert [seen.again(key) for key in ("a", "b", "a", "c", "a", "b")] == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    seen.clear()
    assert not seen.again("a")
