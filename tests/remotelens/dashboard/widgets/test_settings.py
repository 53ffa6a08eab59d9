"""The list of settings."""

from __future__ import annotations

from types import MappingProxyType

from textual.app import App, ComposeResult

from remotelens.camera.state import CameraState, Setting
from remotelens.dashboard.view import View
from remotelens.dashboard.widgets.settings import SettingsList, rows_of

SETTINGS = {
    "shoot_mode": Setting("still", ("still", "movie"), True),
    "iso": Setting("AUTO", ("AUTO", "100"), True),
    "ev": Setting(0.0, (-1.0, 0.0, 1.0), True),
    "beep": Setting("On", ("On",), True),
    "flash": Setting("off", ("off", "on"), False),
}
VIEW = View("qx", CameraState(link="ready", settings=MappingProxyType(SETTINGS)))


class Bare(App[None]):
    """An application of one list, four lines high."""

    CSS = "SettingsList { width: 24; height: 4; }"

    def compose(self) -> ComposeResult:
        yield SettingsList()


def text_of(settings: SettingsList) -> list[str]:
    return [settings.render_line(y).text for y in range(settings.size.height)]


def test_rows_say_what_can_be_changed_and_what_is_on_its_way() -> None:
    wanting = View("qx", VIEW.state, wanted=MappingProxyType({"iso": "100"}))
    rows = {row.name: row for row in rows_of(wanting)}
    assert rows["iso"].value == "100"
    assert rows["iso"].pending
    assert not rows["ev"].pending
    assert [name for name, row in rows.items() if row.writable] == ["shoot_mode", "iso", "ev"]


async def test_the_cursor_goes_round_and_stays_in_sight() -> None:
    app = Bare()
    async with app.run_test():
        settings = app.query_one(SettingsList)
        settings.show(VIEW)
        assert settings.current == "shoot_mode"
        settings.move(-1)
        assert settings.current == "flash"
        assert text_of(settings)[-1].startswith(" Flash")
        settings.move(1)
        assert settings.current == "shoot_mode"
        assert text_of(settings)[0].startswith(" Shoot mode")
        assert "‹ still ›" in text_of(settings)[0]


async def test_the_cursor_stays_with_its_setting_when_others_come_and_go() -> None:
    app = Bare()
    async with app.run_test():
        settings = app.query_one(SettingsList)
        settings.show(VIEW)
        settings.move(2)
        fewer = {name: SETTINGS[name] for name in ("ev", "flash")}
        settings.show(View("qx", CameraState(settings=MappingProxyType(fewer))))
        assert settings.current == "ev"
        settings.show(View("qx", CameraState()))
        assert settings.current is None
        settings.move(1)
        assert text_of(settings) == [" " * 24] * 4


async def test_long_words_are_cut_and_every_line_fills_the_width() -> None:
    long = {"white_balance": Setting("Fluorescent: Day White (+1)", ("a", "b"), True)}
    app = Bare()
    async with app.run_test():
        settings = app.query_one(SettingsList)
        settings.show(View("qx", CameraState(settings=MappingProxyType(long))))
        assert {settings.render_line(y).cell_length for y in range(4)} == {24}
