"""The stage: real pixels where the terminal has them, cells under dialogs, less for slow terminals."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from remotelens.camera.frame import FocusArea, Frame
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.render.cells import Colours
from remotelens.dashboard.render.graphics import Graphics
from remotelens.dashboard.render.overlay import FOUND
from remotelens.dashboard.widgets.stage import Stage
from tests.remotelens.dashboard.desk import Desk
from tests.remotelens.dashboard.render.jpegs import jpeg_of, quarters
from tests.remotelens.dashboard.test_snapshots import still_desk

CONSOLE = Console(color_system="truecolor", force_terminal=True)


def stage_of(desk: Desk) -> Stage:
    return desk.live._stage


def frame(
    sequence: int = 1, *, areas: tuple[FocusArea, ...] = (), shape: tuple[int, int] = (640, 480)
) -> Frame:
    return Frame(jpeg_of(quarters(*shape)), sequence, 0, 0.0, areas)


def of_colour(stage: Stage, colour: tuple[int, int, int]) -> int:
    """How many pixels have exactly that colour."""
    pixels = stage._pixels
    assert pixels is not None
    return int(np.all(pixels == colour, axis=-1).sum())


def written(desk: Desk) -> str:
    picture = desk.picture
    return "".join(picture.render_line(y).render(CONSOLE) for y in range(picture.fit.rows))


@pytest.mark.parametrize(
    ("graphics", "mark"), [(Graphics.KITTY, "\x1b_Ga=T"), (Graphics.ITERM2, "\x1b]1337;File=inline=1")]
)
async def test_real_pixels_are_used_where_the_terminal_has_them_and_nothing_lies_over_them(
    tmp_path: Path, graphics: Graphics, mark: str
) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        stage._facts = TerminalFacts(graphics=graphics, cell_pixels=(8, 16))
        assert await stage.see(frame())
        await desk.pilot.pause()
        assert mark in written(desk)
        assert "▀" not in written(desk)
        stage.set_covered(True)
        assert mark not in written(desk)
        assert "▀" in written(desk)
        stage.set_covered(False)
        assert mark in written(desk)


async def test_iterm2_gets_the_jpeg_itself_unless_something_is_drawn_on_it(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        stage._facts = TerminalFacts(graphics=Graphics.ITERM2)
        plain = frame()
        await stage.see(plain)
        assert f"size={len(plain.jpeg)};" in written(desk)
        area = FocusArea(0.4, 0.4, 0.6, 0.6, None, "focused", True)
        await stage.see(frame(2, areas=(area,)))
        assert f"size={len(plain.jpeg)};" not in written(desk)


async def test_focus_frames_are_drawn_until_they_are_switched_off(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        await stage.see(frame(areas=(FocusArea(0.4, 0.4, 0.6, 0.6, None, "focused", True),)))
        assert of_colour(stage, FOUND) > 20
        await desk.press("o")
        await desk.until(lambda: of_colour(stage, FOUND) == 0, "a picture without focus frames")


async def test_another_shape_gets_another_place(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        await stage.see(frame())
        wide = desk.picture.fit
        await stage.see(frame(2, shape=(480, 640)))
        tall = desk.picture.fit
        assert wide.columns > 2 * wide.rows
        assert tall.columns < 2 * tall.rows


@pytest.mark.parametrize("damaged", [b"", b"\xff\xd8nonsense", jpeg_of(quarters())[:2000]])
async def test_a_damaged_frame_leaves_the_one_before(tmp_path: Path, damaged: bytes) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        await stage.see(frame())
        before = written(desk)
        assert not await stage.see(Frame(damaged, 2, 0, 0.0))
        assert written(desk) == before


async def test_a_busy_terminal_gets_no_frame(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        output = desk.app.output
        output.measured = True
        output.hand_over(100_000)
        assert not await stage.see(frame())
        output.wrote(100_000)
        assert await stage.see(frame(2))


async def test_a_terminal_that_gets_less_gets_a_smaller_picture_and_more_again(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        await stage.see(frame())
        whole = desk.picture.fit
        stage.pace._step = len(stage.pace._ladder) - 1
        stage._lay_out()
        stage.redraw()
        assert desk.picture.fit.rows < whole.rows / 2
        assert re.search(r"\x1b\[38;05;\d{3}", written(desk))
        stage.pace._step = 0
        stage._lay_out()
        stage.redraw()
        assert desk.picture.fit == whole


async def test_without_colours_the_picture_is_grey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with still_desk(tmp_path, (80, 24)) as desk:
        stage = stage_of(desk)
        await stage.see(frame())
        pixels = stage._pixels
        assert pixels is not None
        assert (np.ptp(pixels, axis=-1) == 0).all()
        assert desk.picture._encoder.colours is Colours.TRUE
