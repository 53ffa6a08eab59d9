"""Owned activities."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.body.refusals import Reason, Refused
from emulator.body.work import Work


async def test_stopping_ends_everything_that_goes_on() -> None:
    work = Work()
    forever = work.start(asyncio.Event().wait(), "forever")
    await work.stop()
    assert forever.cancelled()


async def test_an_activity_may_stop_the_others() -> None:
    work = Work()
    other = work.start(asyncio.Event().wait(), "other")
    one = work.start(work.stop(), "stops")
    await one
    assert other.cancelled()


async def test_a_failure_is_reported_and_a_refusal_is_not() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context))
    work = Work()

    async def fail(error: Exception) -> None:
        raise error

    await asyncio.wait([work.start(fail(Refused(Reason.BUSY)), "refused")])
    await asyncio.wait([work.start(fail(KeyError("x")), "broken")])
    await asyncio.sleep(0)
    assert ["broken" in context["message"] for context in reported] == [True]


async def test_stopping_ends_also_what_begins_meanwhile() -> None:
    work = Work()
    work.start(asyncio.Event().wait(), "first")
    stopping = asyncio.ensure_future(work.stop())
    await asyncio.sleep(0)
    second = work.start(asyncio.Event().wait(), "second")
    await stopping
    assert second.cancelled()


async def test_once_closed_nothing_is_begun() -> None:
    work = Work()
    going = work.start(asyncio.Event().wait(), "forever")
    await work.close()
    assert going.cancelled()
    with pytest.raises(Refused, match="put away"):
        work.start(asyncio.Event().wait(), "another")
