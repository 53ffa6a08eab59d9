"""The live screen, each flow against an emulated camera over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from emulator.journal import REQUEST
from emulator.rack import Emulator
from remotelens.camera.camera import Camera
from remotelens.dashboard.dialogs.choose import ChoosePanel
from remotelens.dashboard.dialogs.panel import Panel
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.widgets.histogram import HistogramView, Mode
from remotelens.dashboard.widgets.messages import Messages
from remotelens.dashboard.widgets.settings import SettingsList
from remotelens.errors import CameraNotFound
from remotelens.imaging.histogram import histogram as measured
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.dashboard.desk import Desk, Watched, desk_on, desk_with
from tests.remotelens.dashboard.test_snapshots import still_desk


async def test_it_shows_the_live_view_with_its_rate_its_age_and_its_histogram(desk: Desk) -> None:
    await desk.until(lambda: desk.live._stage.measured is not None, "a histogram")
    await desk.until(lambda: "f/s" in desk.text("#facts") and "age" in desk.text("#facts"), "figures")
    screen = "\n".join(desk.screen())
    assert screen.count("▀") > 500
    assert "luma  0: " in screen
    assert "≥250: " in screen


async def test_it_shows_link_status_battery_and_card(desk: Desk) -> None:
    assert "DSC-QX10" in desk.text("#link")
    assert "● ready" in desk.text("#link")
    assert "IDLE" in desk.text("#link")
    assert "battery –" in desk.text("#supplies")
    left = desk.view.state.storage[0].images_left
    assert f"card {left}" in desk.text("#supplies")


async def test_space_focuses_takes_a_picture_and_keeps_the_original(desk: Desk) -> None:
    await desk.press("space")
    await desk.until(lambda: desk.told.startswith("saved "), "a saved picture")
    assert desk.asked("actHalfPressShutter") == 1
    assert desk.asked("actTakePicture") == 1
    (shot,) = desk.view.shots
    assert shot.files[0].kind == "original"
    assert shot.path is not None
    assert shot.path.parent == desk.folder
    assert shot.path.read_bytes().startswith(b"\xff\xd8")
    assert "taken 1" in desk.text("#supplies")


async def test_s_takes_a_picture_without_focusing(desk: Desk) -> None:
    await desk.press("s")
    await desk.until(lambda: desk.told.startswith("saved "), "a saved picture")
    assert desk.asked("actHalfPressShutter") == 0
    assert desk.asked("actTakePicture") == 1


async def test_a_second_press_while_a_picture_is_taken_takes_no_second_one(desk: Desk) -> None:
    await desk.press("s", "s", "s", "s")
    await desk.until(lambda: any(n.text.startswith("saved ") for n in desk.app.notices), "a saved picture")
    await desk.until(lambda: desk.view.doing is None and desk.view.fetching == 0, "rest")
    assert desk.asked("actTakePicture") == 1
    assert any("press again when it is done" in notice.text for notice in desk.app.notices)


async def test_a_click_in_the_picture_focuses_there(desk: Desk) -> None:
    fit = desk.picture.fit
    await desk.pilot.click("#picture", offset=(fit.columns // 4, fit.rows // 2))
    await desk.until(lambda: desk.asked("setTouchAFPosition") == 1, "touch AF")
    (entry,) = [
        entry
        for entry in desk.emulator.journal.entries()
        if entry.kind == REQUEST and entry.method == "setTouchAFPosition"
    ]
    x, y = entry.data["params"]
    assert abs(x - 25) < 2
    assert abs(y - 50) < 3
    await desk.until(lambda: "there" in desk.told, "the result")
    assert desk.view.touch is not None
    await desk.press("x")
    await desk.until(lambda: desk.asked("cancelTouchAFPosition") == 1, "the release")
    await desk.until(lambda: desk.view.touch is None, "no mark")


async def test_a_picture_is_taken_with_the_focus_where_it_was_touched(desk: Desk) -> None:
    fit = desk.picture.fit
    await desk.pilot.click("#picture", offset=(fit.columns // 2, fit.rows // 2))
    await desk.until(lambda: "in focus there" in desk.told, "the focus")
    await desk.until(lambda: desk.view.state.touch_focus, "the camera's word for it")
    await desk.press("space")
    await desk.until(lambda: desk.told.startswith("saved "), "a saved picture")
    assert desk.asked("actHalfPressShutter") == 0


async def test_a_picture_is_taken_with_the_focus_that_is_held(desk: Desk) -> None:
    await desk.press("f")
    await desk.until(lambda: "f lets go" in desk.told, "the focus held")
    await desk.press("space")
    await desk.until(lambda: desk.told.startswith("saved "), "a saved picture")
    assert desk.asked("actHalfPressShutter") == 1


async def test_keys_change_the_setting_under_the_cursor(desk: Desk) -> None:
    await desk.program_auto()
    while desk.current != "ev":
        await desk.press("down")
    await desk.press("right", "right")
    await desk.until_set("ev", 0.7)
    await desk.press("left")
    await desk.until_set("ev", 0.3)
    await desk.until(lambda: "+0.3 EV" in "\n".join(desk.screen()), "the value on the screen")


async def test_the_wheel_over_a_setting_changes_it(desk: Desk) -> None:
    await desk.program_auto()
    settings = desk.live.query_one(SettingsList)
    row = [row.name for row in settings._rows].index("iso")
    await desk.pilot._post_mouse_events([_scroll_down()], settings, offset=(3, row))
    assert desk.current == "iso"
    before = desk.view.value("iso")
    await desk.pilot._post_mouse_events([_scroll_up()], settings, offset=(3, row))
    await desk.until(lambda: desk.view.state.value("iso") not in (None, before), "another ISO")


async def test_the_wheel_over_the_picture_zooms(desk: Desk) -> None:
    await desk.pilot._post_mouse_events([_scroll_up()], desk.picture, offset=(5, 5))
    await desk.until(lambda: (desk.view.state.zoom is not None) and desk.view.state.zoom.position > 0, "zoom")
    assert desk.asked("actZoom") >= 1


async def test_enter_opens_a_list_of_what_the_camera_offers_and_sets_what_is_chosen(desk: Desk) -> None:
    await desk.program_auto()
    while desk.current != "white_balance":
        await desk.press("down")
    await desk.press("enter")
    await desk.until(lambda: "Daylight" in "\n".join(desk.screen()), "the list")
    await desk.press("down", "enter")
    await desk.until(lambda: desk.view.state.value("white_balance") == "Daylight", "Daylight")
    await desk.until(lambda: not desk.live.query("ChoosePanel"), "the list gone")


async def test_what_the_camera_does_not_offer_is_not_shown(desk: Desk) -> None:
    assert "iso" not in desk.view.state.settings
    assert "ISO" not in "\n".join(desk.screen())
    await desk.program_auto()
    await desk.until(lambda: "ISO" in "\n".join(desk.screen()), "ISO")


async def test_a_setting_that_cannot_be_changed_says_so(desk: Desk) -> None:
    while desk.current != "shoot_mode":
        await desk.press("up")
    desk.device.body.card.present = False
    await desk.until(lambda: "card none" in desk.text("#supplies"), "no card")
    await desk.press("left", "left", "left")
    await desk.until(lambda: "goes no further" in desk.told or "cannot be changed" in desk.told, "a word")


async def test_the_histogram_goes_through_its_modes(desk: Desk) -> None:
    histogram = desk.live.query_one(HistogramView)
    for mode in (Mode.LOG, Mode.RGB, Mode.OFF, Mode.LUMA):
        await desk.press("h")
        assert histogram.mode is mode
        assert mode.value in desk.told
    assert histogram.display


async def test_live_view_can_be_stopped_and_started(desk: Desk) -> None:
    await desk.press("v")
    await desk.until(lambda: desk.asked("stopLiveview") == 1, "the camera told to stop")
    await desk.until(lambda: "live view off" in desk.text("#facts"), "words")
    seen = desk.frames
    await desk.press("v")
    await desk.until(lambda: desk.frames > seen + 2, "pictures again")
    assert desk.asked("startLiveview") == 2


async def test_leaving_stops_the_live_view_on_the_camera(tmp_path: Path) -> None:
    async with Emulator(control=False, scene="chart") as emulator:
        async with desk_on(emulator, tmp_path) as desk:
            await desk.until_live()
            assert emulator.journal.count("stopLiveview") == 0
            await desk.press("q")
        assert emulator.journal.count("stopLiveview") == 1


async def test_the_battery_is_shown_where_the_camera_tells_it(tmp_path: Path) -> None:
    async with desk_with(tmp_path, models=("ILCE-QX1",)) as desk:
        await desk.until_live()
        await desk.until(lambda: desk.view.state.battery_ratio is not None, "a battery")
        ratio = desk.view.state.battery_ratio
        await desk.until(lambda: f"battery {ratio:.0%}" in desk.text("#supplies"), "its charge")


async def test_a_light_terminal_gets_light_colours_and_d_changes_them(tmp_path: Path) -> None:
    async with desk_with(tmp_path, facts=TerminalFacts(light=True)) as desk:
        assert not desk.app.current_theme.dark
        await desk.press("d")
        assert desk.app.current_theme.dark


async def test_n_looks_through_the_next_camera_and_rests_the_first(tmp_path: Path) -> None:
    async with desk_with(tmp_path, models=("DSC-QX10", "DSC-QX100")) as desk:
        await desk.until_live()
        assert "n  " in "\n".join(key.shown + "  " for key in desk.live._keys)
        await desk.press("n")
        await desk.until(lambda: "DSC-QX100" in desk.text("#link"), "the other camera")
        await desk.until_live()
        assert desk.emulator.journal.count("stopLiveview") == 1
        await desk.press("n")
        await desk.until(lambda: desk.view.state.model == "DSC-QX10", "the first again")
        await desk.until_live()


@asynccontextmanager
async def two_doubles(folder: Path) -> AsyncIterator[tuple[Desk, dict[str | None, ApiDouble]]]:
    apis: dict[str | None, ApiDouble] = {"one": ApiDouble(), "two": ApiDouble()}
    app = Watched([*apis], lambda name: camera_on(apis[name]), folder=folder)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Desk(app, pilot, None, folder)  # type: ignore[arg-type]  # these cameras are doubles
        for operator in app.operators:
            operator.set_live(False)
        await desk.until(lambda: all(o.view.state.settings for o in app.operators), "the settings")
        yield desk, apis


async def test_n_takes_an_open_list_away_and_the_histogram_with_it(tmp_path: Path) -> None:
    async with two_doubles(tmp_path) as (desk, _):
        histogram = desk.live.query_one(HistogramView)
        histogram.show(measured(np.zeros((4, 4, 3), np.uint8)))
        assert histogram._lines
        await desk.press("enter")
        await desk.until(lambda: desk.live.query(ChoosePanel), "the list")
        await desk.press("n")
        assert desk.live.operator is desk.app.operators[1]
        assert not desk.live.query(ChoosePanel)
        assert not histogram._lines


async def test_what_is_chosen_goes_to_the_camera_whose_list_it_was(tmp_path: Path) -> None:
    async with two_doubles(tmp_path) as (desk, apis):
        first = desk.live.operator
        await desk.press("n")
        desk.live.post_message(ChoosePanel.Chosen(first, "self_timer", 2))
        async with asyncio.timeout(5):
            await apis["one"].until_called("setSelfTimer")
        assert not apis["two"].called("setSelfTimer")


@pytest.mark.parametrize("opening", ["enter", "question_mark"])
async def test_while_a_panel_has_the_keyboard_no_key_reaches_the_camera(tmp_path: Path, opening: str) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        await desk.press(opening)
        await desk.until(lambda: desk.live.query(Panel), "the panel")
        await desk.press("space", "s", "f", "c", "x", "plus", "v", "p")
        assert not desk.view.live
        assert not desk.told
        assert desk.live.operator.deeds is not None
        assert not desk.live.operator.deeds._shutter.busy
        await desk.press("escape", "p")
        assert "no picture taken yet" in desk.told


async def test_settings_that_are_not_on_the_screen_are_not_worked(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        current = desk.current
        await desk.pilot.resize_terminal(50, 24)
        for key in ("enter", "right", "left", "up", "down"):
            desk.live.query_one(Messages).clear()
            await desk.press(key)
            assert "make it wider" in desk.told
        assert desk.current == current
        assert not desk.view.wanted
        assert not desk.live.query(Panel)


async def test_a_wish_without_a_camera_is_answered_with_words(tmp_path: Path) -> None:
    @asynccontextmanager
    async def nowhere(_: str | None) -> AsyncIterator[Camera]:
        raise CameraNotFound("no camera answers", remedy="switch it on")
        yield

    async with desk_with(tmp_path, connecting=nowhere) as desk:
        await desk.until(lambda: "no camera answers — switch it on" in desk.text("#absent"), "the reason")
        for key in ("space", "s", "f", "c", "x", "plus", "minus"):
            desk.live.query_one(Messages).clear()
            await desk.press(key)
            assert "no camera now" in desk.told


def _scroll_up() -> type:
    from textual.events import MouseScrollUp

    return MouseScrollUp


def _scroll_down() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown
