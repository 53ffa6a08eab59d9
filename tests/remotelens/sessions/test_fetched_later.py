"""A picture that could not be fetched comes when the session is resumed: real sockets, virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from remotelens.camera.connect import connect
from remotelens.errors import InputError
from remotelens.library.exif import read_exif
from remotelens.sessions.journal import read_journal
from remotelens.sessions.records import Applied, Done, Intent, Kept
from remotelens.sessions.report import incomplete, report, words
from tests.remotelens.sessions.scripted import virtually
from tests.remotelens.sessions.staged import PLAN, QX1, QX10, outcomes, stage


@pytest.mark.parametrize("model", [QX10, QX1])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_it_is_fetched_and_nothing_is_taken_or_set_again(tmp_path: Path, model: str, after: int) -> None:
    async def work() -> None:
        async with stage(model, tmp_path / "pictures") as scene:
            scene.break_fetching(after=after)
            place = await scene.begin()
            assert report(place)["unknown"] == report(place)["unfetched"] == 3 - after
            scene.emulator.faults.clear()
            told = await scene.resume(place)
            assert outcomes(told) == dict.fromkeys(range(after + 1, 4), "taken")
            assert not [record for record in told if isinstance(record, Intent | Applied)]
            kept = [one for one in read_journal(place.journal).records if isinstance(one, Kept)]
            assert [one.n for one in kept] == [1, 2, 3]
            exif = [read_exif(place.folder / one.path).taken_local for one in kept]
            assert exif == scene.taken_at()
            assert (report(place)["taken"], report(place)["unfetched"]) == (3, 0)
            with pytest.raises(InputError, match="nothing left to do"):
                await scene.resume(place)

    virtually(work)


@pytest.mark.parametrize("every", ["2.5s", "4s"])
@pytest.mark.parametrize("fault", ["contents:oversize=3e8", "contents:oversize=3e8,after=2,count=1"])
def test_on_the_card_pictures_of_a_quick_interval_are_told_apart(
    tmp_path: Path, every: str, fault: str
) -> None:
    async def work() -> None:
        async with stage(QX1, tmp_path / "pictures") as scene:
            scene.fault(fault)
            place = await scene.begin(PLAN.replace("10s, count: 3", f"{every}, count: 6"))
            scene.emulator.faults.clear()
            if report(place)["unfetched"]:
                await scene.resume(place)
            assert (report(place)["taken"], report(place)["missing"]) == (6, 0)
            exif = [read_exif(path).taken_local for path in sorted(place.folder.glob("*.JPG"))]
            assert exif == scene.taken_at()

    virtually(work)


@pytest.mark.parametrize("deleted", [1, 2, 3])
def test_where_the_card_holds_fewer_than_were_taken_none_is_taken_for_another(
    tmp_path: Path, deleted: int
) -> None:
    async def work() -> None:
        async with stage(QX1, tmp_path / "pictures") as scene:
            scene.fault("contents:oversize=3e8")
            place = await scene.begin(PLAN.replace("10s", "2.5s"))
            scene.emulator.faults.clear()
            way = connect(scene.device.description_url, clock=scene.clock)
            async with way as camera, camera.contents.transfer():
                entries = [entry async for entry in camera.contents.entries()]
                await camera.contents.delete(entries[deleted - 1 : deleted])
            told = await scene.resume(place)
            assert set(outcomes(told).values()) == {"unknown"}
            evidence = {one.n: one.evidence for one in told if isinstance(one, Done)}
            assert "the card holds 2 pictures of that time" in evidence[1]

    virtually(work)


@pytest.mark.parametrize(("model", "outcome"), [(QX10, "unknown"), (QX1, "taken")])
def test_after_the_camera_was_off_it_comes_from_the_card_or_is_said_to_be_gone(
    tmp_path: Path, model: str, outcome: str
) -> None:
    async def work() -> None:
        async with stage(model, tmp_path / "pictures") as scene:
            scene.break_fetching(after=2)
            place = await scene.begin()
            scene.emulator.faults.clear()
            await scene.emulator.hands.power(scene.device, False)
            await scene.emulator.hands.power(scene.device, True)
            told = await scene.resume(place)
            assert outcomes(told) == {3: outcome}
            (done,) = [record for record in told if isinstance(record, Done)]
            assert outcome == "taken" or "gone" in done.evidence or "404" in done.evidence
            assert done.late_s is not None

    virtually(work)


def test_what_still_cannot_be_fetched_stays_unknown_and_can_be_tried_again(tmp_path: Path) -> None:
    async def work() -> None:
        async with stage(QX10, tmp_path / "pictures") as scene:
            scene.break_fetching(after=2)
            place = await scene.begin()
            assert outcomes(await scene.resume(place)) == {3: "unknown"}
            advice = f"not fetched: 1 of the unknown; 'remotelens plan resume {place.id}' tries again"
            assert f"  {advice}" in words(report(place))
            error = incomplete(report(place), None)
            assert error is not None
            assert advice in (error.remedy or "")
            scene.emulator.faults.clear()
            (done,) = [record for record in await scene.resume(place) if isinstance(record, Done)]
            assert (done.n, done.outcome) == (3, "taken")
            assert done.evidence == "the camera's answer; fetched by a later process; file on disk"

    virtually(work)
