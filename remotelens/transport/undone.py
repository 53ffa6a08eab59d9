"""Work that must not stop half-way whatever happens to who asked for it, above all taking something back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


async def undone(work: Coroutine[Any, Any, _T] | asyncio.Task[_T]) -> _T:
    """Run what takes something back, or writes it down, to its end, also while the caller is being cancelled.

    The work has a time limit of its own. A cancellation that comes meanwhile takes effect afterwards.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # looked at: being cancelled is what the caller is told
        raise cancelled
    return task.result()
