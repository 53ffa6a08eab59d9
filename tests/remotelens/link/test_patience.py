from __future__ import annotations

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.errors import CameraBusy, NotSupported, RefusedError
from remotelens.link.patience import may_pass, patiently
from tests.remotelens.link.virtual import in_virtual_time, now_s

NOT_READY = CameraBusy("not ready", code=40401)


async def ask_until(refusals: list[RefusedError], *, limit_s: float = 5) -> str:
    async def ask() -> str:
        if refusals:
            raise refusals.pop(0)
        return "answered"

    return await patiently(ask, clock=REAL_CLOCK, limit_s=limit_s, pause_s=0.5)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(1, True), (7, True), (40401, True), (503, True), (406, True), (2, False), (12, False), (403, False),
     (40402, False), (None, False)],
)  # fmt: skip
def test_only_refusals_for_the_moment_may_pass(code: int | None, expected: bool) -> None:
    assert may_pass(RefusedError("no", code=code)) is expected


def test_a_camera_that_is_not_ready_is_asked_again() -> None:
    assert in_virtual_time(ask_until([NOT_READY] * 3)) == "answered"


def test_patience_ends_with_the_last_refusal() -> None:
    async def ask() -> float:
        with pytest.raises(CameraBusy, match="not ready"):
            await ask_until([NOT_READY] * 100)
        return now_s()

    assert in_virtual_time(ask()) == pytest.approx(5)


def test_a_final_refusal_is_raised_at_once() -> None:
    async def ask() -> float:
        with pytest.raises(NotSupported):
            await ask_until([NotSupported("no", code=12)])
        return now_s()

    assert in_virtual_time(ask()) == 0
