"""Cameras that die, freeze, refuse and come back: the screen stays usable and says how things are."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from emulator.hands import Hands
from remotelens.camera import holding
from remotelens.dashboard import operator
from remotelens.transport.stream import live_view_stream
from tests.remotelens.dashboard.desk import Desk, desk_with


def stale_s(desk: Desk) -> float:
    """The age that the screen tells of a stale picture; 0 where it tells none."""
    found = re.search(r"STALE ([\d.]+) s", desk.text("#facts"))
    return float(found[1]) if found else 0.0


async def until_age_grows(desk: Desk) -> None:
    await desk.until(lambda: stale_s(desk) >= 1.0, "a stale picture")
    first = stale_s(desk)
    await desk.until(lambda: stale_s(desk) > first, "a growing age")


async def test_a_camera_that_is_switched_off_leaves_a_usable_screen_and_comes_back(desk: Desk) -> None:
    hands = Hands(desk.emulator)
    await hands.power(desk.device, False)
    await until_age_grows(desk)
    await desk.until(lambda: desk.view.state.link != "ready", "a lost link")
    await desk.until(lambda: "lost" in desk.text("#link"), "words for it")
    assert desk.view.state.link_reason
    assert "\n".join(desk.screen()).count("▀") > 500
    await desk.press("question_mark")
    await desk.until(lambda: "these keys" in "\n".join(desk.screen()), "the help")
    await desk.press("escape", "space")
    assert desk.told == "no camera now: wait until the link is ready"
    seen = desk.frames
    await hands.power(desk.device, True)
    await desk.until(lambda: desk.view.state.link == "ready", "the link again")
    await desk.until(lambda: desk.frames > seen + 2, "pictures again")
    await desk.until(lambda: stale_s(desk) == 0.0, "no stale picture")
    assert desk.view.doing is None
    assert desk.asked("actTakePicture") == 0


async def test_a_live_view_that_freezes_is_called_stale_and_opened_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(holding, "live_view_stream", partial(live_view_stream, stall_timeout_s=2.5))
    async with desk_with(tmp_path, faults=["liveview:stall=300000,count=1"]) as desk:
        await desk.until_live()
        await until_age_grows(desk)
        assert desk.view.state.link == "ready"
        seen = desk.frames
        await desk.until(lambda: desk.frames > seen + 2, "pictures again")
        await desk.until(lambda: stale_s(desk) == 0.0, "no stale picture")
        assert desk.asked("startLiveview") >= 2


async def test_a_stale_picture_is_dimmed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(holding, "live_view_stream", partial(live_view_stream, stall_timeout_s=60))
    async with desk_with(tmp_path, faults=["liveview:stall=300000"]) as desk:
        await desk.until_live()
        written = desk.picture._written
        assert written is not None
        bright = written.mean()
        await until_age_grows(desk)
        await desk.until(lambda: desk.picture._written is not None, "a picture")
        dimmed = desk.picture._written
        assert dimmed is not None
        assert dimmed.mean() < 0.7 * bright


async def test_a_refused_setting_shows_why_and_the_value_that_is(desk: Desk) -> None:
    await desk.program_auto()
    desk.fault("rpc:error=5,match=setIsoSpeedRate")
    while desk.current != "iso":
        await desk.press("down")
    await desk.press("right")
    await desk.until(lambda: any(notice.bad for notice in desk.app.notices), "the refusal")
    await desk.until(lambda: not desk.view.wanted, "rest")
    assert desk.view.value("iso") == "AUTO"


async def test_a_damaged_live_view_is_passed_over(desk: Desk) -> None:
    desk.fault("liveview:corrupt=20000")
    seen = desk.frames
    await desk.press("v")
    await desk.until(lambda: desk.asked("stopLiveview") == 1, "the stop")
    await desk.press("v")
    await desk.until(lambda: desk.frames > seen + 3, "pictures all the same")


async def test_a_picture_whose_transfer_breaks_is_fetched_again(desk: Desk) -> None:
    desk.fault("contents:truncate=2000,count=1")
    await desk.press("s")
    await desk.until(lambda: desk.told.startswith("saved "), "the picture")
    (shot,) = desk.view.shots
    assert shot.path is not None
    assert [path.name for path in desk.folder.iterdir()] == [shot.path.name]


async def test_a_folder_that_cannot_be_written_says_where_the_picture_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with desk_with(tmp_path / "file" / "pictures") as desk:
        await desk.until_live()
        await desk.press("s")
        await desk.until(lambda: any(notice.bad for notice in desk.app.notices), "the complaint")
        assert "the picture is on the camera's card" in desk.told
        await desk.until(lambda: desk.view.fetching == 0, "rest")
        await desk.press("p")
        await desk.until(lambda: "left on the card" in "\n".join(desk.screen()), "where it is")
        (tmp_path / "file").unlink()
        await desk.press("r")
        await desk.until(lambda: desk.view.shots[0].path is not None, "the picture, after all")
        await desk.until(lambda: "▀▀▀▀" in "\n".join(desk.screen()), "the picture on the screen")
        assert desk.view.left_behind == frozenset()


async def test_a_camera_that_is_not_there_yet_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(operator, "RETRY_LONGEST_S", 1.0)
    async with desk_with(tmp_path, faults=["description:reset"]) as desk:
        await desk.until(lambda: "next try in" in desk.text("#absent"), "the next try")
        desk.heal()
        await desk.until_live()
