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


class Keep(Generic[A]):
    """Makes an array once for everyone who asks for the same; the oldest go when there is no room.

    Args:
        limit_bytes: how much is kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._kept: OrderedDict[Hashable, A] = OrderedDict()
        self._making: dict[Hashable, Future[A]] = {}
        self._lock = threading.Lock()
        self._bytes = 0

    def get(self, key: Hashable, make: Callable[[], A]) -> A:
        """The array of this key, made now if it is not there; read-only."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
            running = self._making.get(key)
            if running is None:
                mine: Future[A] = Future()
                self._making[key] = mine
        if running is not None:
            return running.result()
        try:
            made = make()
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            made.setflags(write=False)
            mine.set_result(made)
            self._put(key, made)
            return made
        finally:
            with self._lock:
                del self._making[key]

    def clear(self) -> None:
        """Keep nothing any longer."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _put(self, key: Hashable, made: A) -> None:
        with self._lock:
            self._kept[key] = made
            self._bytes += made.nbytes
            while self._bytes > self._limit_bytes and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.nbytes


class Seen:
    """Remembers what it was asked about, the last so many; safe between threads.

    Args:
        limit: how many are remembered.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._keys: OrderedDict[Hashable, None] = OrderedDict()
        self._lock = threading.Lock()

    def again(self, key: Hashable) -> bool:
        """Whether it was asked about this before."""
        with self._lock:
            known = key in self._keys
            self._keys[key] = None
            self._keys.move_to_end(key)
            if len(self._keys) > self._limit:
                self._keys.popitem(last=False)
            return known

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._keys.clear()
