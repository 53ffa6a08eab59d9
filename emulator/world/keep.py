"""A store of finished arrays, bounded by their size, safe between threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray

A = TypeVar("A", bound=NDArray[Any])

KEPT_PIXELS = 1_300_000
"""Frames of more pixels are made part by part, and kept nowhere."""


_YOUNG_SHARE = 0.25
_KEYS_REMEMBERED = 256


class Keep(Generic[A]):
    """Makes an array once for everyone who asks for the same; the oldest go when there is no room.

    What was asked for once has a quarter of the room only. So what changes all the time does not drive out
    what is asked for again and again, and its memory is soon used anew, while it is near the processor.
    Whoever makes an array may ask for others, never in a circle: then all would wait for one another.

    Args:
        limit_bytes: how much is kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._young: _Shelf[A] = _Shelf(int(limit_bytes * _YOUNG_SHARE))
        self._wanted: _Shelf[A] = _Shelf(limit_bytes - int(limit_bytes * _YOUNG_SHARE))
        self._asked: OrderedDict[Hashable, None] = OrderedDict()
        self._making: dict[Hashable, Future[A]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], A]) -> A:
        """The array of this key, made now if it is not there; read-only."""
        with self._lock:
            found = self._found(key)
            if found is not None:
                return found
            running = self._making.get(key)
            if running is None:
                mine: Future[A] = Future()
                self._making[key] = mine
        if running is not None:
            return running.result()
        try:
            made = make()
            made.setflags(write=False)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(made)
            with self._lock:
                (self._wanted if self._note(key) else self._young).put(key, made)
            return made
        finally:
            with self._lock:
                del self._making[key]

    def again(self, key: Hashable) -> bool:
        """Whether this key was asked for or about before, be it kept or not."""
        with self._lock:
            return self._note(key) or key in self._wanted or key in self._young

    def clear(self) -> None:
        """Keep nothing any longer."""
        with self._lock:
            self._young.clear()
            self._wanted.clear()
            self._asked.clear()

    def _found(self, key: Hashable) -> A | None:
        found = self._wanted.take(key)
        if found is None:
            found = self._young.take(key)
        if found is not None:
            self._wanted.put(key, found)
        return found

    def _note(self, key: Hashable) -> bool:
        known = key in self._asked
        self._asked[key] = None
        self._asked.move_to_end(key)
        if len(self._asked) > _KEYS_REMEMBERED:
            self._asked.popitem(last=False)
        return known


class _Shelf(Generic[A]):
    """Arrays up to a size in all, the last used last; the last is kept whatever its size."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._arrays: OrderedDict[Hashable, A] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._arrays

    def take(self, key: Hashable) -> A | None:
        """The array of this key, off the shelf."""
        found = self._arrays.pop(key, None)
        if found is not None:
            self._bytes -= found.nbytes
        return found

    def put(self, key: Hashable, array: A) -> None:
        """Put an array last, and let the first go for it."""
        self._arrays[key] = array
        self._bytes += array.nbytes
        while self._bytes > self._limit_bytes and len(self._arrays) > 1:
            _, oldest = self._arrays.popitem(last=False)
            self._bytes -= oldest.nbytes

    def clear(self) -> None:
        """Take all off."""
        self._arrays.clear()
        self._bytes = 0
