"""The runner on virtual time: the grid holds, the journal tells all, nothing is taken twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remotelens.clock import LoopClock
from remotelens.errors import CaptureFailed, DiskFull
from remotelens.plans.steps import Capture, Plan, Set
from remotelens.sessions.journal import Journal, read_journal
from remotelens.sessions.progress import fold
from remotelens.sessions.records import Applied, Done, Intent, Record
from remotelens.sessions.runner import Finish, Runner
from tests.remotelens.sessions.scripted import (
    EPOCH,
    LOST,
    NIGHT,
    ScriptedEngine,
    outcomes,
    shoot,
    virtually,
)


def test_every_frame_of_a_night_is_taken_on_the_grid(tmp_path: Path) -> None:
    async def night() -> tuple[Finish, list[Record], ScriptedEngine, float]:
        engine = ScriptedEngine(LoopClock(EPOCH))
        finish, records = await shoot(NIGHT, tmp_path, engine)
        return finish, records, engine, engine.clock.monotonic()

    finish, records, engine, ended_s = virtually(night)
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 101))
    assert 990 <= ended_s <= 992
    late = [record.late_s for record in records if isinstance(record, Done)]
    assert all(value is not None and 0 <= value < 0.001 for value in late)
    assert len(list(tmp_path.glob("night_*.JPG"))) == 100


def test_an_intention_stands_before_each_outcome(tmp_path: Path) -> None:
    async def night() -> list[Record]:
        return (await shoot(NIGHT, tmp_path, ScriptedEngine(LoopClock(EPOCH))))[1]

    begun: set[int] = set()
    for record in virtually(night):
        if isinstance(record, Intent):
            begun.add(record.n)
        elif isinstance(record, Done):
            assert record.n in begun


def test_frames_due_while_the_camera_is_away_are_missing_and_the_rest_on_time(tmp_path: Path) -> None:
    async def night() -> tuple[list[Record], ScriptedEngine]:
        engine = ScriptedEngine(LoopClock(EPOCH), away_s=60.0)
        engine.trouble.extend([None, None, LOST])
        return (await shoot(NIGHT, tmp_path, engine))[1], engine

    records, engine = virtually(night)
    missing = [n for n, outcome in outcomes(records).items() if outcome == "missing"]
    assert missing == [3, 4, 5, 6, 7, 8]
    assert engine.shutter == [1, 2, *range(9, 101)]
    late = {record.n: record.late_s for record in records if isinstance(record, Done)}
    assert max(value or 0 for value in late.values()) < 0.001


def test_a_picture_whose_answer_was_lost_is_found_and_not_taken_again(tmp_path: Path) -> None:
    async def night() -> tuple[list[Record], ScriptedEngine]:
        engine = ScriptedEngine(LoopClock(EPOCH), away_s=2.0)
        engine.trouble.extend([None, ("after", LOST)])
        return (await shoot(NIGHT, tmp_path, engine))[1], engine

    records, engine = virtually(night)
    assert engine.shutter == list(range(1, 101))
    assert set(outcomes(records).values()) == {"taken"}
    (second,) = [record for record in records if isinstance(record, Done) and record.n == 2]
    assert second.evidence == "the camera lists it; file on disk"


def test_a_frame_the_camera_refuses_is_missing_and_the_session_goes_on(tmp_path: Path) -> None:
    async def night() -> list[Record]:
        engine = ScriptedEngine(LoopClock(EPOCH))
        engine.trouble.extend([CaptureFailed("no focus", camera="qx", code=40400)])
        return (await shoot(NIGHT, tmp_path, engine))[1]

    settled = outcomes(virtually(night))
    assert settled[1] == "missing"
    assert set(list(settled.values())[1:]) == {"taken"}


def test_a_full_disk_ends_the_session_with_the_frame_still_on_the_camera(tmp_path: Path) -> None:
    async def night() -> None:
        engine = ScriptedEngine(LoopClock(EPOCH), store_error=DiskFull("no room left"))
        with pytest.raises(DiskFull):
            await shoot(NIGHT, tmp_path, engine)

    virtually(night)
    progress = fold(read_journal(tmp_path / "journal.jsonl").records)
    assert progress.finish == "storage"
    (frame,) = progress.unsettled()
    assert frame.taken is not None
    assert not frame.kept

    async def resumed() -> tuple[Finish, ScriptedEngine]:
        engine = ScriptedEngine(LoopClock(EPOCH), shutter=[1])
        return (await shoot(NIGHT, tmp_path, engine))[0], engine

    finish, engine = virtually(resumed)
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 101))


def test_a_half_file_of_a_killed_run_is_gone_once_its_frame_is_kept(tmp_path: Path) -> None:
    async def cut() -> None:
        engine = ScriptedEngine(LoopClock(EPOCH), store_error=DiskFull("no room left"))
        with pytest.raises(DiskFull):
            await shoot(NIGHT, tmp_path, engine)

    virtually(cut)
    half = tmp_path / "night_000001.JPG.part"
    half.write_bytes(b"half")

    async def resumed() -> None:
        await shoot(NIGHT, tmp_path, ScriptedEngine(LoopClock(EPOCH), shutter=[1]))

    virtually(resumed)
    assert (tmp_path / "night_000001.JPG").exists()
    assert not half.exists()


@pytest.mark.parametrize("stop_at", [1, 2, 50, 100])
def test_a_stopped_session_goes_on_where_it_was(tmp_path: Path, stop_at: int) -> None:
    async def first() -> tuple[Finish, list[int]]:
        engine = ScriptedEngine(LoopClock(EPOCH))
        return (await shoot(NIGHT, tmp_path, engine, stop_at=stop_at))[0], engine.shutter

    finish, shutter = virtually(first)
    assert finish is Finish.STOPPED

    async def second() -> tuple[Finish, ScriptedEngine]:
        engine = ScriptedEngine(LoopClock(EPOCH), shutter=shutter)
        return (await shoot(NIGHT, tmp_path, engine))[0], engine

    finish, engine = virtually(second)
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 101))
    assert engine.applied == [{"iso": "400"}] * (1 if stop_at < 100 else 0)


def test_a_resumed_session_says_what_was_changed_again(tmp_path: Path) -> None:
    plan = Plan("brackets", (Set((("ev", "-1"),)), Capture(), Set((("ev", "1"),)), Capture(2)))

    async def first() -> list[int]:
        engine = ScriptedEngine(LoopClock(EPOCH))
        await shoot(plan, tmp_path, engine, stop_at=2)
        return engine.shutter

    shutter = virtually(first)

    async def second() -> list[Record]:
        return (await shoot(plan, tmp_path, ScriptedEngine(LoopClock(EPOCH), shutter=shutter)))[1]

    applied = [record.values for record in virtually(second) if isinstance(record, Applied)]
    assert applied == [{"ev": "-1"}, {"ev": "1"}, {"ev": "1"}]


def test_a_night_does_not_gather_what_only_finding_out_needs(tmp_path: Path) -> None:
    class Talkative(ScriptedEngine):
        def requested(self) -> dict[str, Any]:
            return {"iso": "400"}

    async def night() -> tuple[Runner, int]:
        engine = Talkative(LoopClock(EPOCH))
        async with Journal(tmp_path / "journal.jsonl") as journal:
            runner = Runner(NIGHT, journal, engine, tmp_path, engine.clock)
            await runner.run()
            return runner, len(journal.records)

    runner, in_memory = virtually(night)
    assert in_memory == 0
    intents = [frame.intent for frame in runner.progress.frames.values()]
    assert len(intents) == 100
    assert all(intent and intent.due and not intent.requested and not intent.known_urls for intent in intents)
