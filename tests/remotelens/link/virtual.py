"""Running a test in virtual time: waiting takes none, sockets are real."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from remotelens.virtual_loop import VirtualLoop

_T = TypeVar("_T")


def in_virtual_time(work: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine on a loop whose time jumps when all wait."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def now_s() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()
