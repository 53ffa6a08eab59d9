"""Pictures fetched in a session: at once, at the end, or when it is resumed; none lost, none stored twice."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from remotelens.clock import LoopClock
from remotelens.errors import CameraBusy, ContentGone, LinkLost, NotAvailableNow, RemoteLensError
from remotelens.plans.steps import Capture, Plan
from remotelens.sessions.journal import Journal, read_journal
from remotelens.sessions.progress import fold
from remotelens.sessions.records import Done, Kept, Record, Taken
from remotelens.sessions.runner import Finish, Runner
from tests.remotelens.sessions.scripted import (
    EPOCH,
    GARBLED,
    NIGHT,
    ScriptedEngine,
    cut_after,
    night_of,
    outcomes,
    run,
    shoot,
    virtually,
)

RESET = LinkLost("the connection ended in the middle of an answer", camera="qx")


@pytest.mark.parametrize(
    ("error", "times"), [(GARBLED, 1), (RESET, 3), (CameraBusy("saving"), 1), (NotAvailableNow("not now"), 1)]
)
def test_a_picture_that_cannot_be_fetched_is_fetched_at_the_end(
    tmp_path: Path, error: RemoteLensError, times: int
) -> None:
    finish, records, engine = run(tmp_path, NIGHT, fetch_trouble={2: deque([error] * times)}, away_s=0.5)
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 101))
    assert set(outcomes(records).values()) == {"taken"}
    assert [record.n for record in records if isinstance(record, Done)][-1] == 2


@pytest.mark.parametrize("error", [GARBLED, RESET])
def test_a_picture_that_can_never_be_fetched_is_unknown_with_its_address(
    tmp_path: Path, error: RemoteLensError
) -> None:
    finish, records, engine = run(tmp_path, NIGHT, fetch_trouble={2: deque([error] * 99)})
    assert finish is Finish.COMPLETE
    assert engine.shutter == list(range(1, 101))
    (second,) = [record for record in records if isinstance(record, Done) and record.n == 2]
    assert second.outcome == "unknown"
    assert second.evidence.endswith("its address is http://camera/2.JPG")


def test_a_picture_left_for_later_is_fetched_when_a_stopped_session_is_resumed(tmp_path: Path) -> None:
    async def first() -> list[int]:
        engine = ScriptedEngine(LoopClock(EPOCH), fetch_trouble={2: deque([GARBLED] * 99)})
        await shoot(NIGHT, tmp_path, engine, stop_at=5)
        return engine.shutter

    shutter = virtually(first)
    (left,) = fold(read_journal(tmp_path / "journal.jsonl").records).unsettled()
    assert (left.n, left.taken is not None) == (2, True)

    async def second() -> tuple[Finish, list[Record], list[int]]:
        engine = ScriptedEngine(LoopClock(EPOCH), shutter=shutter)
        return (*await shoot(NIGHT, tmp_path, engine), engine.shutter)

    finish, records, shutter = virtually(second)
    assert finish is Finish.COMPLETE
    assert shutter == list(range(1, 101))
    assert set(outcomes(records).values()) == {"taken"}


@pytest.mark.parametrize(("fetch_s", "ended_s", "left"), [(20.0, 21.0, []), (600.0, 31.0, [1])])
def test_a_picture_that_is_being_fetched_holds_up_a_stop_for_a_while(
    tmp_path: Path, fetch_s: float, ended_s: float, left: list[int]
) -> None:
    async def night() -> tuple[Finish, float]:
        engine = ScriptedEngine(LoopClock(EPOCH), fetch_s=fetch_s)
        finish, _ = await shoot(night_of(Capture()), tmp_path, engine, stop_at=1)
        return finish, engine.clock.monotonic()

    assert virtually(night) == (Finish.STOPPED, ended_s)
    assert [frame.n for frame in fold(read_journal(tmp_path / "journal.jsonl").records).unsettled()] == left


def test_a_file_that_is_written_down_is_not_fetched_again(tmp_path: Path) -> None:
    one = Plan("night", (Capture(),))
    run(tmp_path, one)
    cut_after(tmp_path, Kept)
    gone = {1: deque([ContentGone("no longer there")])}
    finish, records, engine = run(tmp_path, one, shutter=[1], fetch_trouble=gone)
    assert (finish, outcomes(records)) == (Finish.COMPLETE, {1: "taken"})
    assert engine.fetched == []
    assert [path.name for path in tmp_path.glob("*.JPG")] == ["night_000001.JPG"]


def test_a_file_that_is_written_down_and_was_changed_since_is_fetched_again(tmp_path: Path) -> None:
    one = Plan("night", (Capture(),))
    run(tmp_path, one)
    cut_after(tmp_path, Kept)
    (tmp_path / "night_000001.JPG").write_bytes(b"other")
    _, records, engine = run(tmp_path, one, shutter=[1])
    assert (outcomes(records), engine.fetched) == ({1: "taken"}, [1])


def test_a_file_that_a_killed_process_left_is_named_where_its_picture_is_gone(tmp_path: Path) -> None:
    one = Plan("night", (Capture(),))
    run(tmp_path, one)
    cut_after(tmp_path, Taken)
    _, records, _ = run(tmp_path, one, shutter=[1], fetch_trouble={1: deque([ContentGone("gone")])})
    (done,) = [record for record in records if isinstance(record, Done)]
    assert done.outcome == "unknown"
    assert "night_000001.JPG stands there already" in done.evidence


def test_a_run_that_broke_off_between_its_files_is_stored_once(tmp_path: Path) -> None:
    _, records, _ = run(tmp_path, Plan("night", (Capture(),)), files=2, cut_between=deque([RESET]))
    kept = [record.path for record in records if isinstance(record, Kept)]
    assert sorted(kept) == sorted(path.name for path in tmp_path.glob("*.JPG"))
    assert len(kept) == 2


def test_a_stop_while_pictures_are_fetched_at_the_end_waits_for_one_at_most(tmp_path: Path) -> None:
    trouble: dict[int, deque[RemoteLensError]] = {n: deque([GARBLED]) for n in range(1, 6)}

    async def night() -> tuple[Finish, float]:
        engine = ScriptedEngine(LoopClock(EPOCH), fetch_s=20.0, fetch_trouble=trouble)
        async with Journal(tmp_path / "journal.jsonl") as journal:
            runner = Runner(Plan("night", (Capture(5),)), journal, engine, tmp_path, engine.clock)
            asyncio.get_running_loop().call_later(110, runner.stop)
            return await runner.run(), engine.clock.monotonic()

    assert virtually(night) == (Finish.STOPPED, 125.0)
    left = fold(read_journal(tmp_path / "journal.jsonl").records).unsettled()
    assert [frame.n for frame in left] == [2, 3, 4, 5]
