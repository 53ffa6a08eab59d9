"""The help is made from the keys, and each key in it does something that can be seen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from rich.cells import cell_len

from emulator.journal import REQUEST
from remotelens.dashboard.keys import ANYWHERE, LIVE_KEYS, NEXT_CAMERA, REVIEW_KEYS, Key
from remotelens.dashboard.screens.live import LiveScreen
from remotelens.dashboard.screens.review import ReviewScreen
from remotelens.dashboard.widgets.keybar import content_of
from tests.remotelens.dashboard.desk import Desk, desk_with

BY_THEMSELVES = {"getEvent", "getVersions", "getAvailableWhiteBalance", "getAvailableStillSize"}
QUITTING = ANYWHERE[-1]


def seen(desk: Desk) -> tuple[object, ...]:
    """What changes only because of a key: calls to the camera, words on the screen, which screen, colours."""
    calls = [
        entry.method
        for entry in desk.emulator.journal.entries()
        if entry.kind == REQUEST and entry.method and entry.method not in BY_THEMSELVES
    ]
    changing = ("f/s", "STALE", "age", "0:", "█", "▁", "▂", "▃", "▄", "▅", "▆", "▇")
    lines = [line for line in desk.screen() if not any(mark in line for mark in changing)]
    panels = [panel.id for panel in desk.live.query("Panel")]
    return len(calls), lines, panels, type(desk.app.screen), desk.app.theme


async def press_and_look(desk: Desk, key: str) -> None:
    before = seen(desk)
    await desk.press(key)
    await desk.until(lambda: seen(desk) != before, f"anything after {key}")
    await desk.until(lambda: desk.view.doing is None and not desk.view.wanted, f"rest after {key}")


async def test_every_key_of_the_help_changes_something(tmp_path: Path) -> None:
    async with desk_with(tmp_path, models=("DSC-QX10", "DSC-QX100"), size=(100, 30)) as desk:
        await desk.until_live()
        await desk.program_auto()
        await desk.press("question_mark")
        await desk.until(lambda: "these keys" in "\n".join(desk.screen()), "the help")
        shown = "\n".join(desk.screen())
        keys = desk.live._keys
        for key in keys:
            assert key.text in shown, f"{key.text!r} is not in the help"
            assert key.shown in shown
        await desk.press("escape")
        await desk.until(lambda: not desk.live.query("HelpPanel"), "the help gone")
        for key in keys:
            if key in ANYWHERE:
                continue
            for name in key.keys:
                await press_and_look(desk, name)
                if desk.app.screen is not desk.live:
                    await desk.press("escape")
                    await desk.until(lambda: desk.app.screen is desk.live, "the live view again")
                if desk.live.query("Panel"):
                    await desk.press("escape")
                    await desk.until(lambda: not desk.live.query("Panel"), "the panel gone")


@pytest.mark.parametrize("name", QUITTING.keys)
async def test_each_key_that_leaves_leaves(desk: Desk, name: str) -> None:
    await desk.press(name)
    assert not desk.app.is_running or desk.app._exit


async def test_leaving_with_a_picture_on_its_way_is_asked_about_once(desk: Desk) -> None:
    desk.fault("contents:stall")
    await desk.press("s")
    await desk.until(lambda: desk.view.fetching == 1, "a picture on its way")
    await desk.press("q")
    await desk.until(lambda: "1 on the way to the disk" in desk.told, "the question")
    assert not desk.app._exit
    await desk.press("q")
    assert desk.app._exit


def saved(desk: Desk) -> list[Path]:
    return [shot.path for shot in desk.view.shots if shot.path]


def more_saved(desk: Desk, before: int) -> bool:
    return len(saved(desk)) > before


async def test_review_keys_move_and_come_back(desk: Desk) -> None:
    for _ in range(2):
        before = len(saved(desk))
        await desk.press("s")
        await desk.until(partial(more_saved, desk, before), "a picture")
    await desk.press("p")
    await desk.until(lambda: isinstance(desk.app.screen, ReviewScreen), "the review")
    await desk.until(lambda: "2 of 2" in "\n".join(desk.screen()), "the newest")
    await desk.press("left")
    await desk.until(lambda: "1 of 2" in "\n".join(desk.screen()), "the one before")
    await desk.press("right")
    await desk.until(lambda: "2 of 2" in "\n".join(desk.screen()), "the next")
    await desk.press("p")
    await desk.until(lambda: isinstance(desk.app.screen, LiveScreen), "the live view")
    for key in REVIEW_KEYS:
        assert key.short


def test_no_key_does_two_things() -> None:
    for table in ((*LIVE_KEYS, NEXT_CAMERA), REVIEW_KEYS):
        names = [name for key in table for name in key.keys]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("width", [0, 5, 20, 40, 78, 200])
def test_the_bar_shows_what_fits_and_the_way_out_last_of_all_to_go(width: int) -> None:
    bar = str(content_of([key for key in LIVE_KEYS if key.short], width))
    assert cell_len(bar) <= width
    if width >= 20:
        assert "quit" in bar
    if width >= 40:
        assert "help" in bar
    if width == 200:
        assert all(key.short in bar for key in LIVE_KEYS)


def test_a_key_without_a_sign_is_shown_as_it_is() -> None:
    assert Key(("z",), "nothing", "nothing").shown == "z"
