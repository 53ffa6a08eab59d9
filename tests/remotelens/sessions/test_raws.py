"""Sessions in RAW+JPEG bring both files of each frame; the raw files when nothing is left to take."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from remotelens.errors import ContentGone, InputError, RemoteLensError
from remotelens.library.exif import read_exif
from remotelens.plans.steps import Capture, Plan
from remotelens.sessions.journal import read_journal
from remotelens.sessions.progress import fold
from remotelens.sessions.records import Done, Kept, Noted, Record
from remotelens.sessions.report import report
from remotelens.sessions.runner import Finish
from tests.remotelens.sessions.scripted import LOST, cut_after, run, virtually
from tests.remotelens.sessions.staged import PLAN, QX1, stage

THREE = Plan("night", (Capture(3),))
BOTH = PLAN.replace("Program Auto", "Program Auto, still_quality: RAW+JPEG")


def raws(records: list[Record]) -> list[int]:
    return [record.n for record in records if isinstance(record, Kept) and record.file_kind == "raw"]


def stored(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("night_*"))


def test_they_come_once_after_the_last_picture(tmp_path: Path) -> None:
    finish, records, _ = run(tmp_path, THREE, raw=True)
    assert (finish, raws(records)) == (Finish.COMPLETE, [1, 2, 3])
    kinds = [type(record) for record in records if isinstance(record, Kept | Done)]
    assert kinds == [Kept, Done] * 3 + [Kept] * 3
    assert fold(records).frames[2].to_dict()["paths"] == ["night_000002.JPG", "night_000002.ARW"]
    assert not fold(records).raws_left()


@pytest.mark.parametrize("killed_after", range(3, 7))
def test_what_a_killed_process_had_brought_is_not_stored_twice(tmp_path: Path, killed_after: int) -> None:
    run(tmp_path, THREE, raw=True)
    files = stored(tmp_path)
    cut_after(tmp_path, Kept, killed_after)
    _, records, engine = run(tmp_path, THREE, raw=True, shutter=[1, 2, 3])
    assert raws(records) == [1, 2, 3]
    assert stored(tmp_path) == files
    assert engine.shutter == [1, 2, 3]


def test_a_loss_of_the_camera_meanwhile_is_waited_for(tmp_path: Path) -> None:
    _, records, _ = run(tmp_path, THREE, raw=True, raw_trouble=deque([None, LOST, LOST, None]))
    assert raws(records) == [1, 2, 3]


@pytest.mark.parametrize(
    ("trouble", "left", "note"),
    [
        ([LOST] * 9, [2, 3], "raw files of frames 2, 3 stay on the card: stopped answering"),
        ([ContentGone("not there")], [2], "the raw file of frame 2 stays on the card: not there"),
    ],
)
def test_what_is_not_given_out_is_noted_and_comes_when_resumed(
    tmp_path: Path, trouble: list[RemoteLensError], left: list[int], note: str
) -> None:
    finish, records, _ = run(tmp_path, THREE, raw=True, raw_trouble=deque([None, *trouble]))
    assert (finish, [frame.n for frame in fold(records).raws_left()]) == (Finish.COMPLETE, left)
    assert note in [record.text for record in records if isinstance(record, Noted)]
    _, records, _ = run(tmp_path, THREE, raw=True, shutter=[1, 2, 3])
    assert sorted(raws(records)) == [1, 2, 3]


def test_a_plan_can_leave_them_on_the_card(tmp_path: Path) -> None:
    _, records, _ = run(tmp_path, Plan("night", (Capture(2, raw=False), Capture())), raw=True)
    assert raws(records) == [3]
    assert not fold(records).raws_left()


def test_a_stop_leaves_them_for_later(tmp_path: Path) -> None:
    finish, records, _ = run(tmp_path, THREE, raw=True, stop_at=3)
    assert (finish, raws(records)) == (Finish.STOPPED, [])
    assert len(fold(records).raws_left()) == 3


def test_both_files_of_each_frame_come_from_a_camera(tmp_path: Path) -> None:
    async def work() -> None:
        async with stage(QX1, tmp_path / "pictures") as scene:
            place = await scene.begin(BOTH)
            kept = [one for one in read_journal(place.journal).records if isinstance(one, Kept)]
            assert [(one.n, one.file_kind) for one in kept] == [
                *((n, "original") for n in (1, 2, 3)),
                *((n, "raw") for n in (1, 2, 3)),
            ]
            sizes = [(place.folder / one.path).stat().st_size for one in kept]
            assert sizes == [one.size_bytes for one in kept]
            assert all((place.folder / one.path).read_bytes()[:2] in (b"II", b"MM") for one in kept[3:])
            assert scene.device.body.machine.status == "IDLE"
            with pytest.raises(InputError, match="nothing left to do"):
                await scene.resume(place)

    virtually(work)


def test_they_are_fetched_when_resumed_and_nothing_is_shot_for_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with stage(QX1, tmp_path / "pictures") as scene:
            scene.fault("contents:reset,match=orgraw")
            place = await scene.begin(BOTH)
            assert (report(place)["taken"], report(place)["raws_left"]) == (3, 3)
            scene.emulator.faults.clear()
            await scene.emulator.hands.power(scene.device, False)
            await scene.emulator.hands.power(scene.device, True)
            told = await scene.resume(place)
            assert {type(record).__name__ for record in told} == {"Began", "Kept", "Ended"}
            assert report(place)["raws_left"] == 0

    virtually(work)


def test_a_picture_that_comes_from_the_card_comes_as_what_it_is(tmp_path: Path) -> None:
    async def work() -> None:
        async with stage(QX1, tmp_path / "pictures") as scene:
            scene.fault("contents:reset,match=/postview/")
            place = await scene.begin(BOTH)
        assert (report(place)["taken"], report(place)["raws_left"]) == (3, 0)
        assert all(read_exif(path).taken_local for path in place.folder.glob("*.JPG"))
        assert sorted(path.suffix for path in place.folder.glob("three_*")) == [".ARW"] * 3 + [".JPG"] * 3

    virtually(work)


def test_a_reduced_picture_is_written_down_as_one(tmp_path: Path) -> None:
    async def work() -> None:
        async with stage(QX1, tmp_path / "pictures") as scene:
            place = await scene.begin("version: 1\nname: one\nsteps:\n  - capture: {size: postview}\n")
        kept = [one.file_kind for one in read_journal(place.journal).records if isinstance(one, Kept)]
        assert kept == ["postview"]

    virtually(work)
