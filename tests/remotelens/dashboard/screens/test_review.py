"""The pictures taken, with what they say of themselves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.render.graphics import Graphics
from remotelens.dashboard.screens.review import ReviewScreen, about_content, exif_lines
from remotelens.dashboard.widgets.picture import Picture
from remotelens.library.exif import ExifFacts
from tests.remotelens.dashboard.desk import Desk, desk_with
from tests.remotelens.dashboard.test_snapshots import picture_taken, still_desk


async def test_the_last_picture_is_shown_with_its_exif(desk: Desk) -> None:
    await desk.press("s")
    await desk.until(lambda: desk.told.startswith("saved "), "a picture")
    await desk.press("p")
    await desk.until(lambda: isinstance(desk.app.screen, ReviewScreen), "the review")
    await desk.until(lambda: "▀▀▀▀▀" in "\n".join(desk.screen()), "the picture")
    screen = "\n".join(desk.screen())
    for words in ("1 of 1", "DSC-QX10", "shutter", "f-number", "ISO", "on card"):
        assert words in screen
    (shot,) = desk.view.shots
    assert shot.path is not None
    assert shot.path.name in screen


async def test_without_pictures_it_says_how_to_take_one(desk: Desk) -> None:
    await desk.press("p")
    assert "no picture taken yet" in desk.told
    assert desk.app.screen is desk.live


async def test_while_it_is_looked_at_live_frames_are_not_drawn(tmp_path: Path) -> None:
    async with desk_with(tmp_path) as desk:
        await desk.until_live()
        desk.live.operator._board.add_shot(picture_taken(tmp_path))
        await desk.press("p")
        await desk.until(lambda: "1 of 1" in "\n".join(desk.screen()), "the review")
        seen = desk.frames
        arrived = desk.live._stage.figures._arrivals[-1]
        await desk.until(lambda: desk.live._stage.figures._arrivals[-1] != arrived, "another frame")
        assert desk.frames == seen
        await desk.press("escape")
        await desk.until(lambda: desk.frames > seen, "live frames again")


async def test_a_picture_on_its_way_says_so_and_appears_when_it_has_come(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        whole = picture_taken(tmp_path)
        coming = replace(whole, files=(replace(whole.files[0], path=None),), saved_s=None, actual=None)
        desk.live.operator._board.add_shot(coming)
        await desk.press("p")
        await desk.until(lambda: "on its way" in "\n".join(desk.screen()), "the words")
        desk.live.operator._board.replace_shot(whole)
        await desk.until(lambda: "▀▀▀▀" in "\n".join(desk.screen()), "the picture")


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut"])
async def test_a_file_that_is_no_picture_any_more_is_called_that(tmp_path: Path, content: bytes) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        shot = picture_taken(tmp_path)
        assert shot.path is not None
        shot.path.write_bytes(content)
        desk.live.operator._board.add_shot(shot)
        await desk.press("p")
        await desk.until(lambda: "trouble" in "\n".join(desk.screen()), "the trouble")


async def test_a_file_that_is_gone_is_called_gone_and_fetched_again(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        shot = picture_taken(tmp_path)
        assert shot.path is not None
        desk.live.operator._board.add_shot(shot)
        await desk.press("p")
        await desk.until(lambda: "▀▀▀▀" in "\n".join(desk.screen()), "the picture")
        await desk.press("r")
        await desk.until(lambda: "it is on the disk" in "\n".join(desk.screen()), "that it is there")
        shot.path.unlink()
        desk.app.screen.refresh_shots()  # type: ignore[attr-defined]  # the review's own
        await desk.until(lambda: "the file is gone" in "\n".join(desk.screen()), "that it is gone")
        await desk.press("r")
        await desk.until(lambda: "at hand" in "\n".join(desk.screen()), "what came of fetching it again")


def shows(desk: Desk, words: str) -> bool:
    return words in "\n".join(desk.screen())


async def test_the_question_before_leaving_is_seen_here_too_and_asked_again(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        board = desk.live.operator._board
        board.add_shot(picture_taken(tmp_path))
        await desk.press("p")
        for before, fetching in ((0, 1), (1, 2), (0, 1)):
            board.put(fetching=before)
            board.put(fetching=fetching)
            await desk.press("q")
            words = f"{fetching} on the way to the disk"
            await desk.until(partial(shows, desk, words), "the question")
            assert desk.app.is_running
        assert desk.app.return_code is None
        await desk.press("q")
        assert desk.app._exit


async def test_it_fits_into_any_terminal(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        desk.live.operator._board.add_shot(picture_taken(tmp_path))
        await desk.press("p")
        for width, height in ((20, 5), (40, 12), (200, 60), (80, 24)):
            await desk.pilot.resize_terminal(width, height)
        await desk.until(lambda: "▀▀▀▀" in "\n".join(desk.screen()), "the picture")


def test_what_a_picture_does_not_say_is_left_out(tmp_path: Path) -> None:
    assert exif_lines(ExifFacts()) == []
    lines = dict(
        exif_lines(
            ExifFacts(
                exposure_s=Fraction(1, 250),
                f_number=5.6,
                iso=400,
                bias_ev=-0.7,
                flash_fired=False,
                focal_length_mm=4.45,
                focal_length_35mm_mm=25,
            )
        )
    )
    assert lines == {
        "shutter": "1/250",
        "f-number": "f/5.6",
        "ISO": "400",
        "EV": "-0.7",
        "flash": "no",
        "focal l.": "4.45 mm (as 25 mm on 35 mm film)",
    }


def test_a_picture_without_a_card_says_so(tmp_path: Path) -> None:
    shot = picture_taken(tmp_path)
    assert "on card   no" in str(about_content(replace(shot, on_card=False), "1 of 1", None))
    assert "on card   –" in str(about_content(replace(shot, on_card=None), "1 of 1", None))


async def test_real_pixels_show_the_picture_and_are_taken_away_again(tmp_path: Path) -> None:
    async with still_desk(tmp_path, (80, 24)) as desk:
        sent: list[str] = []
        desk.app.output.send = sent.append
        desk.live._facts = TerminalFacts(graphics=Graphics.KITTY, cell_pixels=(8, 16))
        desk.live.operator._board.add_shot(picture_taken(tmp_path))
        await desk.press("p")
        still = desk.app.screen.query_one("#still", Picture)
        await desk.until(lambda: "\x1b_Ga=T" in still._image, "the image")
        assert f"s={8 * still.fit.columns},v={16 * still.fit.rows}" in still._image
        await desk.press("escape")
        await desk.until(lambda: sent, "the end of it")
        assert sent[-1].startswith("\x1b_Ga=d")
