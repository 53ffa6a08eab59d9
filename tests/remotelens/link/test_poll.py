from __future__ import annotations

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.errors import CameraBusy, LinkLost, LinkTimeout, NotAvailableNow, NotSupported, RefusedError
from remotelens.link.poll import long_poll
from remotelens.protocol.wifi.events import CameraEvent
from tests.remotelens.link.virtual import in_virtual_time, now_s

IDLE = CameraEvent({"cameraStatus": {"cameraStatus": "IDLE"}})
QUIET = CameraEvent()
TIMED_OUT = CameraBusy("timed out", code=2)
TAKEN = CameraBusy("double polling", code=40402)
NOT_READY = CameraBusy("not ready", code=40401)


async def polled(
    answers: list[CameraEvent | Exception], *, wait_s: float = 15.0
) -> tuple[list[CameraEvent], BaseException | None, float]:
    """Return the events that a poll with these answers yields, what ended it, and when."""
    answers = list(answers)

    async def ask() -> CameraEvent:
        if not answers:
            raise LinkLost("the script is over")
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        await REAL_CLOCK.sleep(wait_s)
        return answer

    events: list[CameraEvent] = []
    try:
        async for event in long_poll(ask, camera="qx", clock=REAL_CLOCK):
            events.append(event)
    except (RefusedError, LinkLost) as error:
        return events, error, now_s()
    raise AssertionError("a long poll ends by an error")


def test_changes_are_yielded_as_they_come() -> None:
    events, _, _ = in_virtual_time(polled([IDLE, IDLE]))
    assert events == [IDLE, IDLE]


def test_both_quiet_ends_are_empty_events() -> None:
    events, error, _ = in_virtual_time(polled([QUIET, TIMED_OUT, IDLE]))
    assert events == [QUIET, QUIET, IDLE]
    assert isinstance(error, LinkLost)


def test_a_poll_taken_over_by_another_ends_at_once() -> None:
    events, error, _ = in_virtual_time(polled([IDLE, TAKEN, IDLE]))
    assert events == [IDLE]
    assert error is TAKEN


def test_a_new_poll_waits_for_the_end_of_an_old_one() -> None:
    events, _, _ = in_virtual_time(polled([TAKEN, TAKEN, TAKEN, IDLE]))
    assert events == [IDLE]


def test_a_new_poll_does_not_wait_for_ever() -> None:
    events, error, ended_s = in_virtual_time(polled([TAKEN] * 100))
    assert events == []
    assert error is TAKEN
    assert ended_s == pytest.approx(20, abs=1)


def test_a_camera_that_changes_its_mode_is_asked_again() -> None:
    events, _, _ = in_virtual_time(polled([IDLE, NOT_READY, NotAvailableNow("x", code=1), IDLE]))
    assert events == [IDLE, IDLE]


def test_a_camera_that_refuses_for_long_is_given_up() -> None:
    _, error, ended_s = in_virtual_time(polled([IDLE] + [NOT_READY] * 100))
    assert error is NOT_READY
    assert ended_s == pytest.approx(45, abs=1)


@pytest.mark.parametrize("code", [12, 403, 404, 14])
def test_a_camera_without_events_is_told_at_once(code: int) -> None:
    _, error, ended_s = in_virtual_time(polled([NotSupported("no", code=code)]))
    assert isinstance(error, NotSupported)
    assert ended_s == 0


def test_a_silent_camera_is_told_with_its_name() -> None:
    _, error, _ = in_virtual_time(polled([LinkTimeout("no whole answer")]))
    assert str(error).startswith("qx: the camera has been silent for 75 s")


def test_a_camera_that_does_not_hold_a_poll_is_not_rushed() -> None:
    _, _, ended_s = in_virtual_time(polled([QUIET] * 10, wait_s=0.0))
    assert ended_s == pytest.approx(5)


def test_quick_changes_are_not_slowed_down() -> None:
    _, _, ended_s = in_virtual_time(polled([IDLE] * 10, wait_s=0.01))
    assert ended_s == pytest.approx(0.1)
