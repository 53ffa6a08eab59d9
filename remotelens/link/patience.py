"""Asking again what the camera refuses only for the moment.

Source: protocol/wifi.md 4.3 (retry classes), quirk 7 (40401 right after connecting).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from remotelens.clock import Clock
from remotelens.errors import RefusedError
from remotelens.protocol.wifi.codes import Retry, retry_of

_T = TypeVar("_T")


def may_pass(error: RefusedError) -> bool:
    """Whether the camera only says "not now"."""
    return error.code is not None and retry_of(error.code) is Retry.WAIT


async def patiently(
    ask: Callable[[], Awaitable[_T]], *, clock: Clock, limit_s: float, pause_s: float = 0.3
) -> _T:
    """Ask until the camera answers, refuses for good, or the time is over.

    Args:
        ask: makes one attempt.
        clock: measures the time.
        limit_s: how long to go on; the last refusal is raised then.
        pause_s: between two attempts.

    Raises:
        RefusedError: the refusal that ended it.
    """
    started_s = clock.monotonic()
    while True:
        try:
            return await ask()
        except RefusedError as error:
            if not may_pass(error) or clock.monotonic() - started_s + pause_s > limit_s:
                raise
        await clock.sleep(pause_s)
