from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from remotelens.camera.ending import QUIET_LOOKS, Ending, status_is
from remotelens.camera.line import Line
from remotelens.errors import LinkLost, NotAvailableNow, NotSupported, RemoteProtocolError
from remotelens.protocol.wifi.events import CameraEvent
from tests.remotelens.camera.double import ApiDouble
from tests.remotelens.library.clocks import SkippingClock

STOP = "stopContShooting"
GOING = "StillCapturing"


class Run:
    """A continuous run, and the answers to its stop; after the last of them it ends."""

    def __init__(self, *answers: Any, status: str = GOING) -> None:
        self.api = ApiDouble()
        self.api.change_silently(cameraStatus={"cameraStatus": status, "type": "cameraStatus"})
        self.api.handlers["startContShooting"] = list
        self.api.handlers[STOP] = self.stop
        self._answers = list(answers)
        self.line = Line(self.api, clock=SkippingClock(), model=None)
        self.line.take(CameraEvent(dict(self.api.slots)), snapshot=True)
        self.line.set_link("ready", None)
        self.ending = Ending(self.line, STOP, going=status_is(GOING), doubt="it may still be shooting")

    def stop(self) -> Any:
        if not self._answers:
            return self.api.tell_status("IDLE")
        return self._answers.pop(0)

    @property
    def stops(self) -> int:
        return len(self.api.called(STOP))

    def refusal(self, code: int = 40401) -> Exception:
        return self.api.refuse(code, method=STOP)


@asynccontextmanager
async def started(run: Run) -> AsyncIterator[Run]:
    async with asyncio.timeout(5):
        await run.ending.begin("startContShooting")
        yield run


@pytest.mark.parametrize("trouble", [LinkLost("gone"), RemoteProtocolError("noise"), None])
async def test_a_stop_that_was_lost_or_refused_is_made_again(trouble: Exception | None) -> None:
    run = Run()
    run._answers = [trouble or run.refusal()] * 7
    async with started(run):
        await run.ending.now()
    assert run.stops == 8
    assert not run.ending.owed


async def test_a_lost_stop_waits_for_the_link() -> None:
    run = Run(LinkLost("gone"))
    async with started(run):
        run.line.set_link("lost", "out of range")
        ending = asyncio.create_task(run.ending.now())
        for _ in range(50):
            await asyncio.sleep(0)
        assert run.stops == 1
        run.line.set_link("ready", None)
        await ending
    assert run.stops == 2


async def test_what_has_ended_by_a_stop_whose_answer_was_lost_is_not_an_error() -> None:
    run = Run(status="StillSaving")
    run._answers = [LinkLost("gone"), *[run.refusal(1)] * 10]
    async with started(run):
        await run.ending.now()
    assert run.stops == 1 + QUIET_LOOKS
    assert not run.ending.owed


async def test_what_was_never_started_cannot_be_ended() -> None:
    run = Run(status="IDLE")
    run._answers = [run.refusal(1)] * 10
    with pytest.raises(NotAvailableNow):
        await run.ending.now()
    assert not run.ending.owed


async def test_a_refusal_before_the_camera_shows_the_start_is_not_believed() -> None:
    run = Run(status="IDLE")
    run._answers = [run.refusal(1)] * (QUIET_LOOKS - 1)
    async with started(run):
        await run.ending.now()
    assert run.stops == QUIET_LOOKS  # the last of them was accepted


async def test_what_does_not_end_in_time_says_what_may_be_so_and_stays_owed() -> None:
    run = Run()
    run._answers = [run.refusal()] * 10_000
    async with started(run):
        with pytest.raises(Exception, match="it may still be shooting") as caught:
            await run.ending.now()
    assert type(caught.value) is type(run.refusal())
    assert run.ending.owed
    assert run.stops > 10


async def test_what_the_camera_can_never_do_is_asked_for_once() -> None:
    run = Run()
    run._answers = [run.refusal(12)] * 10
    async with started(run):
        with pytest.raises(NotSupported):
            await run.ending.now()
    assert run.stops == 1


async def test_what_was_never_started_is_not_in_doubt_where_the_camera_cannot_do_it_at_all() -> None:
    run = Run(status="IDLE")
    run._answers = [run.refusal(12)] * 10
    with pytest.raises(NotSupported) as caught:
        await run.ending.now()
    assert "may still be" not in str(caught.value)
    assert not run.ending.owed
    assert run.stops == 1


async def test_it_goes_on_when_the_one_who_asked_is_cancelled() -> None:
    run = Run()
    arrived, answer = asyncio.Event(), asyncio.Event()

    async def slowly() -> list[Any]:
        arrived.set()
        await answer.wait()
        return []

    run.api.handlers[STOP] = slowly
    async with started(run):
        asking = asyncio.create_task(run.ending.now())
        await arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert run.ending.owed
        answer.set()
        await run.ending.close()
    assert not run.ending.owed
    assert run.stops == 1


async def test_what_is_owed_is_ended_when_the_camera_is_left_and_nothing_else() -> None:
    run = Run()
    await run.ending.close()
    assert run.stops == 0
    async with started(run):
        await run.ending.close()
        await run.ending.close()
    assert run.stops == 1


async def test_what_could_not_be_ended_for_a_lost_link_is_ended_as_soon_as_the_camera_is_back() -> None:
    run = Run(LinkLost("gone"))
    async with started(run):
        run.line.set_link("lost", "out of range")
        with pytest.raises(LinkLost, match="it may still be shooting") as caught:
            await run.ending.now(0.01)
        assert "back into reach" in (caught.value.remedy or "")
        assert run.ending.owed
        told = asyncio.Event()

        def stop() -> list[Any]:
            told.set()
            return []

        run.api.handlers[STOP] = stop
        run.line.set_link("ready", None)
        await told.wait()
        await run.ending.settle()
    assert run.stops == 2
    assert not run.ending.owed


async def test_nothing_new_is_begun_before_the_last_has_ended() -> None:
    run = Run(LinkLost("gone"))
    async with started(run):
        run.line.set_link("lost", "out of range")
        ending = asyncio.create_task(run.ending.now())
        await run.api.until_called(STOP)
        ending.cancel()
        again = asyncio.create_task(run.ending.begin("startContShooting"))
        run.line.set_link("ready", None)
        await again
        assert [call[0] for call in run.api.calls] == ["startContShooting", STOP, STOP, "startContShooting"]
        assert run.ending.owed
        await run.ending.close()
    assert run.stops == 3


async def test_what_goes_on_as_wanted_is_not_settled_and_what_should_have_ended_is() -> None:
    run = Run()
    run._answers = [run.refusal(12)]
    async with started(run):
        await run.ending.settle()
        assert run.stops == 0
        with pytest.raises(NotSupported):
            await run.ending.now()
        await run.ending.settle()
        await run.ending.settle()
    assert run.stops == 2
    assert not run.ending.owed


async def test_who_waits_for_the_end_when_the_camera_is_left_is_told_so() -> None:
    run = Run(LinkLost("gone"))
    async with started(run):
        run.line.set_link("lost", "out of range")
        waiting = asyncio.create_task(run.ending.now())
        await run.api.until_called(STOP)
        run.ending.owed = False  # so that leaving does not wait for it
        await run.ending.close()
        with pytest.raises(LinkLost, match="left before"):
            await waiting


async def test_leaving_a_camera_that_is_closed_for_good_does_not_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = Run()
    run._answers = [LinkLost("gone")] * 10
    async with started(run):
        run.line.set_link("lost", "off")
        run.line.store.close()
        await run.ending.close()
    assert run.stops == 1
    assert run.ending.owed
    assert "it may still be shooting" in caplog.text
    assert "back into reach" not in caplog.text
