"""Several watchers of one link: the first that fails ends them all, and cancelling always does.

A task group will not do: up to Python 3.12, one that is cancelled while a task of it fails tells of the
failure alone, and whoever goes on after failures would go on after having been told to stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any


async def first_failure(*watchers: Coroutine[Any, Any, None]) -> None:
    """Run watchers side by side until one fails, then end the others and raise what it raised.

    Returns when all of them have returned. When it is cancelled, it ends as cancelled, whatever the watchers
    do about that; none runs on in any case.
    """
    tasks = [asyncio.create_task(watcher) for watcher in watchers]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        failures = [error for task in tasks if task.done() and (error := task.exception()) is not None]
    finally:
        await end_all(tasks)
    if failures:
        raise failures[0]


async def end_all(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait for them, through cancellings of the one who waits."""
    for task in tasks:
        task.cancel()
    cancelled = False
    while not all(task.done() for task in tasks):
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError:
            cancelled = True
    for task in tasks:
        if not task.cancelled():
            task.exception()  # looked at: what it said about being ended is of no use to anyone
    if cancelled:
        raise asyncio.CancelledError
