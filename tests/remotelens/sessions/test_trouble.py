"""A night that nobody watches goes on: what is refused, garbled or out of reach costs its frame at most."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from remotelens.clock import LoopClock
from remotelens.errors import (
    CameraBusy,
    IllegalArgument,
    NotAvailableNow,
    RemoteLensError,
)
from remotelens.plans.steps import Capture, Plan, Set, Step, Wait
from remotelens.sessions.journal import Journal
from remotelens.sessions.records import Done, Noted, Record
from remotelens.sessions.runner import Finish, Runner
from tests.remotelens.sessions.scripted import (
    EPOCH,
    GARBLED,
    LOST,
    NIGHT,
    ScriptedEngine,
    night_of,
    outcomes,
    run,
    virtually,
)

REFUSED = IllegalArgument("no such value", camera="qx", code=3)


def missing(records: list[Record]) -> list[int]:
    return [n for n, outcome in outcomes(records).items() if outcome == "missing"]


@pytest.mark.parametrize("error", [REFUSED, GARBLED, NotAvailableNow("not now")])
def test_a_setting_refused_once_is_set_again_and_costs_nothing(
    tmp_path: Path, error: RemoteLensError
) -> None:
    plan = night_of(Set((("ev", "1"),)), Capture())
    finish, records, engine = run(tmp_path, plan, set_trouble=deque([None, error]))
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 13))
    assert set(outcomes(records).values()) == {"taken"}


def test_a_setting_refused_again_and_again_costs_the_frames_of_its_tick(tmp_path: Path) -> None:
    plan = night_of(Set((("ev", "1"),)), Capture(2), Set((("ev", "0"),)))
    finish, records, engine = run(tmp_path, plan, set_trouble=deque([None, None, *[REFUSED] * 5]))
    assert finish is Finish.COMPLETE
    assert missing(records) == [3, 4]
    (third,) = [record for record in records if isinstance(record, Done) and record.n == 3]
    assert third.evidence == "not taken: ev could not be set: no such value"
    assert engine.shutter == [1, 2, *range(5, 25)]


def test_a_setting_refused_under_way_is_said_and_the_pictures_are_taken_without(tmp_path: Path) -> None:
    plan = Plan("two", (Capture(), Set((("iso", "400"),)), Capture()))
    finish, records, engine = run(tmp_path, plan, set_trouble=deque([REFUSED] * 9))
    assert finish is Finish.COMPLETE
    assert engine.shutter == [1, 2]
    assert "iso could not be set: no such value" in [r.text for r in records if isinstance(r, Noted)]


def test_a_setting_refused_before_the_first_picture_ends_the_session(tmp_path: Path) -> None:
    with pytest.raises(IllegalArgument):
        run(tmp_path, NIGHT, set_trouble=deque([REFUSED] * 9))


@pytest.mark.parametrize("trouble", [GARBLED, ("after", GARBLED)])
def test_a_garbled_answer_to_the_shutter_is_looked_into_like_a_lost_one(
    tmp_path: Path, trouble: RemoteLensError | tuple[str, RemoteLensError]
) -> None:
    finish, records, engine = run(tmp_path, NIGHT, trouble=deque([None, trouble]))
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 101))
    assert set(outcomes(records).values()) == {"taken"}


def test_a_frame_that_no_attempt_brings_about_is_given_up(tmp_path: Path) -> None:
    finish, records, engine = run(tmp_path, Plan("two", (Capture(2),)), trouble=deque([GARBLED] * 5))
    assert (finish, missing(records), engine.shutter) == (Finish.COMPLETE, [1], [2])


def test_a_camera_too_busy_to_be_asked_costs_one_frame(tmp_path: Path) -> None:
    busy = CameraBusy("an idle camera was not seen within 60 s")
    finish, records, _ = run(tmp_path, NIGHT, trouble=deque([None, LOST]), evidence_error=busy)
    assert finish is Finish.COMPLETE
    assert [n for n, outcome in outcomes(records).items() if outcome == "unknown"] == [2]


@pytest.mark.parametrize("where", ["shutter", "fetch", "setting"])
def test_a_stop_while_the_camera_is_away_ends_the_session_at_once(tmp_path: Path, where: str) -> None:
    plan = night_of(Set((("ev", "1"),)), Capture())

    async def night() -> tuple[Finish, float]:
        engine = ScriptedEngine(LoopClock(EPOCH), away_s=6 * 3600.0)
        if where == "shutter":
            engine.trouble.extend([None, LOST])
        elif where == "fetch":
            engine.fetch_trouble[2] = deque([LOST])
        else:
            engine.set_trouble.extend([None, LOST])
        async with Journal(tmp_path / "journal.jsonl") as journal:
            runner = Runner(plan, journal, engine, tmp_path, engine.clock)
            asyncio.get_running_loop().call_later(60, runner.stop)
            return await runner.run(), engine.clock.monotonic()

    assert virtually(night) == (Finish.STOPPED, 60.0)


@pytest.mark.parametrize(
    ("do", "taken"),
    [
        ((Capture(),), [1, *range(8, 13)]),
        ((Set((("ev", "0"),)), Capture()), [1, *range(8, 13)]),
        ((Wait(0.1), Capture()), [1, *range(8, 13)]),
        ((Capture(2),), [1, *range(13, 25)]),
    ],
)
def test_a_tick_whose_time_has_passed_is_left_out_whole(
    tmp_path: Path, do: tuple[Step, ...], taken: list[int]
) -> None:
    finish, records, engine = run(tmp_path, night_of(*do), trouble=deque([None, LOST]), away_s=60.0)
    assert finish is Finish.COMPLETE
    assert engine.shutter == taken
    assert len(missing(records)) + len(taken) == len(outcomes(records))


def test_a_tick_that_takes_most_of_its_interval_is_not_late_by_that(tmp_path: Path) -> None:
    plan = night_of(Capture(), Wait(7.0), Capture())
    _, records, engine = run(tmp_path, plan)
    assert not missing(records)
    assert engine.shutter == list(range(1, 25))


def test_a_set_left_out_with_its_tick_is_not_sent(tmp_path: Path) -> None:
    plan = night_of(Set((("ev", "0"),)), Capture())
    _, _, engine = run(tmp_path, plan, trouble=deque([None, LOST]), away_s=60.0)
    assert len(engine.applied) == 7
