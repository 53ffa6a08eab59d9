"""What the screens look like in small, usual and large terminals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pytest

from remotelens.camera.shot import Shot, ShotFile
from remotelens.dashboard.query import TerminalFacts
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.dashboard.desk import Desk, Watched
from tests.remotelens.dashboard.render.jpegs import jpeg_of, quarters
from tests.remotelens.dashboard.svg import assert_looks_like, lines_of

SIZES = ((80, 24), (120, 40), (200, 60))


@asynccontextmanager
async def still_desk(folder: Path, size: tuple[int, int], *, light: bool = False) -> AsyncIterator[Desk]:
    """A dashboard on a scripted camera that shows the same at any time."""
    api = ApiDouble()
    app = Watched(["qx"], lambda _: camera_on(api), folder=folder, facts=TerminalFacts(light=light))
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, None, folder)  # type: ignore[arg-type]  # this camera is a double
        desk.live.operator.set_live(False)
        desk.live.query_one("Messages").clear()  # type: ignore[attr-defined]  # the widget's own
        await desk.until(lambda: "White balance" in "\n".join(desk.screen()), "the settings")
        await desk.until(lambda: "live view is off" in "\n".join(desk.screen()), "the words")
        yield desk


def picture_taken(folder: Path) -> Shot:
    """A picture of 64×48 on the disk, with its record."""
    path = folder / "DSC00001.JPG"
    path.write_bytes(jpeg_of(quarters(64, 48)))
    file = ShotFile("http://10.0.0.1/DSC00001.JPG", "original", path, 4_412_000, "0" * 64, 4896, 3672)
    return Shot(
        id="20260501T120000000Z-0001",
        camera="qx",
        files=(file,),
        on_card=True,
        clock_trusted=True,
        requested=MappingProxyType({}),
        asked_at=datetime(2026, 5, 1, 12, 0, tzinfo=UTC),
        answered_s=0.8,
        actual=MappingProxyType({"shutter_speed": "1/40", "f_number": "4", "iso": "100", "ev": 0.0}),
        saved_s=float(Fraction(3, 2)),
    )


@pytest.mark.parametrize("size", SIZES)
async def test_the_live_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with still_desk(tmp_path, size) as desk:
        assert_looks_like(desk.app.export_screenshot(simplify=True), f"live-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES)
async def test_the_help_over_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with still_desk(tmp_path, size) as desk:
        await desk.press("question_mark")
        await desk.until(lambda: "take a picture" in "\n".join(desk.screen()), "the help")
        assert_looks_like(desk.app.export_screenshot(simplify=True), f"help-{size[0]}x{size[1]}")


async def test_the_list_to_choose_from(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        while desk.current != "exposure_mode":
            await desk.press("down")
        await desk.press("enter")
        await desk.until(lambda: "Superior Auto" in "\n".join(desk.screen()), "the list")
        assert_looks_like(desk.app.export_screenshot(simplify=True), "choose-80x24")


async def test_the_last_picture_beside_the_live_view(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (120, 40)) as desk:
        desk.live.operator._board.add_shot(picture_taken(tmp_path))
        await desk.until(lambda: "DSC00001.JPG" in "\n".join(desk.screen()), "the picture's name")
        screen = "\n".join(desk.screen())
        assert "1/40  f/4  ISO 100" in screen
        assert "4896×3672  4.4 MB" in screen
        assert_looks_like(desk.app.export_screenshot(simplify=True), "last-120x40")


async def test_a_light_terminal_says_the_same_as_a_dark_one(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24), light=True) as desk:
        light = desk.app.export_screenshot(simplify=True)
    async with still_desk(tmp_path, (80, 24)) as desk:
        dark = desk.app.export_screenshot(simplify=True)
    assert lines_of(light) == lines_of(dark)
    assert light != dark


async def test_a_picture_is_in_the_screenshot_with_its_colours(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        desk.live.operator._board.add_shot(picture_taken(tmp_path))
        await desk.press("p")
        await desk.until(lambda: "▀▀▀▀" in "\n".join(desk.screen()), "the picture")
        svg = desk.app.export_screenshot()
    colours = {(200, 30, 30), (30, 200, 30), (30, 30, 200), (120, 120, 120)}
    for red, green, blue in colours:
        near = [
            f"#{r:02x}{g:02x}{b:02x}"
            for r in range(max(0, red - 3), red + 4)
            for g in range(max(0, green - 3), green + 4)
            for b in range(max(0, blue - 3), blue + 4)
        ]
        assert any(colour in svg for colour in near), (red, green, blue)
