"""The dashboard in a real pseudo-terminal, seen by pyte: the fast path shows the right pixels."""

from __future__ import annotations

import re
import signal
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emulator.threaded import ThreadedCamera
from tests.remotelens.dashboard.ptys import Pty, in_pty, rgb, termios
from tests.remotelens.dashboard.render.jpegs import Pixels, jpeg_of, quarters

MAIN_SCREEN = b"\x1b[?1049l"
CHILD = "tests.remotelens.dashboard.pty_child"
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
OFF = 8 + 4  # what a cell may lag behind, and what a JPEG decoder may round


def gradients() -> Pixels:
    """A picture in which every place has its own colour."""
    y, x = np.mgrid[0:480, 0:640]
    return np.stack([x * 255 // 640, y * 255 // 480, 255 - (x + y) * 255 // 1120], axis=-1).astype(np.uint8)


def spotted() -> Pixels:
    """The same with a spot that only some lines have to be written for."""
    pixels = gradients()
    pixels[200:300, 250:400] = (250, 240, 20)
    return pixels


@pytest.fixture
def album(tmp_path: Path) -> list[str]:
    paths = []
    for number, pixels in enumerate((gradients(), spotted(), quarters())):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(jpeg_of(pixels))
        paths.append(str(path))
    return paths


def picture_of(terminal: Pty) -> tuple[Pixels, Mask]:
    """Read the half blocks back into pixels; also which of the cells are half blocks."""
    cells = terminal.cells()
    is_half = np.array([[character == "▀" for character, _, _ in line] for line in cells])
    rows = np.flatnonzero(is_half.any(axis=1))
    columns = np.flatnonzero(is_half.any(axis=0))
    if not len(rows):
        return np.zeros((0, 0, 3), np.uint8), is_half[:0, :0]
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    pixels = np.zeros((2 * (bottom - top), right - left, 3), np.uint8)
    for row, column in np.argwhere(is_half):
        _, upper, lower = cells[row][column]
        pixels[2 * (row - top), column - left] = rgb(upper)
        pixels[2 * (row - top) + 1, column - left] = rgb(lower)
    return pixels, is_half[top:bottom, left:right]


def expected(pixels: Pixels, height: int, width: int) -> Pixels:
    """The mean of each cell's pixels, by numpy over the whole picture: not the way the dashboard goes."""
    image = Image.fromarray(pixels).resize((width * 16, height * 16), Image.Resampling.BILINEAR)
    means: Pixels = np.asarray(image).reshape(height, 16, width, 16, 3).mean(axis=(1, 3)).astype(np.uint8)
    return means


def right_cells(terminal: Pty, pixels: Pixels) -> int:
    """Return how many cells show the picture; 0 when more than a few do not.

    A cell on an edge mixes two colours by how the picture was scaled, so a few may be off.
    """
    shown, is_half = picture_of(terminal)
    if not is_half.size:
        return 0
    off = np.abs(shown.astype(int) - expected(pixels, *shown.shape[:2])).max(axis=-1)
    wrong = (off.reshape(len(is_half), 2, -1).max(axis=1) > OFF) & is_half
    return int(is_half.sum()) if wrong.sum() <= 0.04 * is_half.sum() else 0


def shows_picture(pixels: Pixels, terminal: Pty) -> bool:
    return right_cells(terminal, pixels) > 500


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_the_picture_on_the_terminal_is_the_cameras(
    tmp_path: Path, album: list[str], size: tuple[int, int]
) -> None:
    with in_pty([CHILD, *album], columns=size[0], rows=size[1], folder=tmp_path) as terminal:
        for pixels in (gradients(), spotted(), quarters()):
            terminal.until(partial(shows_picture, pixels), "the picture")
            terminal.write(b"+")
        terminal.write(b"q")
        assert terminal.end() == 0


def test_cells_beside_and_under_a_dialog_are_right(tmp_path: Path, album: list[str]) -> None:
    with in_pty([CHILD, *album], columns=120, rows=36, folder=tmp_path) as terminal:
        terminal.until(lambda it: right_cells(it, gradients()) > 500, "the picture")
        whole = right_cells(terminal, gradients())
        terminal.write(b"?")
        terminal.until(lambda it: it.shows("these keys"), "the help")
        terminal.until(lambda it: 0 < right_cells(it, gradients()) < whole - 500, "the picture beside it")
        terminal.write(b"\x1b[<64;10;30M")  # the wheel, turned over the picture below the help
        terminal.until(lambda it: 0 < right_cells(it, spotted()) < whole - 500, "another beside it")
        terminal.write(b"?")
        terminal.until(lambda it: not it.shows("these keys"), "the help gone")
        terminal.until(lambda it: right_cells(it, spotted()) == whole, "all of the picture")


def test_ctrl_z_gives_the_terminal_back_and_going_on_draws_all_of_it(
    tmp_path: Path, album: list[str]
) -> None:
    with in_pty([CHILD, *album], folder=tmp_path) as terminal:
        terminal.until(lambda it: right_cells(it, gradients()) > 500, "the picture")
        whole = right_cells(terminal, gradients())
        terminal.write(b"\x1a")
        terminal.until(lambda it: it.stopped(), "a stopped program")
        terminal.until(lambda it: MAIN_SCREEN in it.output[-200:], "the shell's screen")
        assert termios.tcgetattr(terminal.master)[3] & termios.ICANON
        terminal.screen.reset()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(lambda it: right_cells(it, gradients()) == whole, "all of the picture again")
        terminal.until(lambda it: it.shows("AUTO") and it.shows("quit"), "all the rest")
        terminal.write(b"+")
        terminal.until(partial(shows_picture, spotted()), "the next picture")
        terminal.write(b"q")
        assert terminal.end() == 0


def test_256_colours_are_used_where_there_are_no_more(tmp_path: Path, album: list[str]) -> None:
    with in_pty([CHILD, *album[2:]], folder=tmp_path, COLORTERM="") as terminal:
        terminal.until(lambda it: it.shows("▀▀▀▀▀▀▀▀") and it.shows("age"), "a picture")
        shown, is_half = picture_of(terminal)
        assert is_half.sum() > 500
        assert np.abs(shown[4, 4].astype(int) - (200, 30, 30)).max() < 40
        assert b"\x1b[38;02;" not in terminal.output
        assert b"\x1b[38;05;" in terminal.output


def test_a_terminal_of_20_by_5_and_back(tmp_path: Path, album: list[str]) -> None:
    with in_pty([CHILD, *album], folder=tmp_path) as terminal:
        terminal.until(lambda it: it.shows("▀▀▀▀▀▀▀▀") and it.shows("age"), "a picture")
        for columns, rows in ((20, 5), (1, 1), (3, 2), (20, 5)):
            terminal.resize(columns, rows)
        terminal.until(lambda it: it.shows("album"), "the name in the small one")
        terminal.resize(80, 24)
        terminal.until(lambda it: it.shows("AUTO") and it.shows("quit"), "the settings again")
        terminal.until(lambda it: right_cells(it, gradients()) > 500, "the picture again")
        terminal.write(b"q")
        assert terminal.end() == 0


def test_floods_of_keys_mouse_and_paste_leave_it_answering_and_small(
    tmp_path: Path, album: list[str]
) -> None:
    with in_pty([CHILD, *album], folder=tmp_path) as terminal:
        terminal.until(lambda it: it.shows("▀▀▀▀▀▀▀▀") and it.shows("age"), "a picture")
        for number in range(20_000):
            terminal.write(b"\x1b[<35;%d;%dM" % (number % 79 + 1, number % 23 + 1))
        terminal.write(b"\x1b[C\x1b[D\x1b[B\x1b[A" * 2_000)
        terminal.write(b"\x1b[200~" + b" qqq \r space " * 80_000 + b"\x1b[201~")
        terminal.write(b"?")
        terminal.until(lambda it: it.shows("these keys"), "the help, after all that")
        assert terminal.process.poll() is None
        terminal.write(b"\x1b")
        terminal.until(lambda it: not it.shows("these keys"), "the help gone")
        assert _most_memory_kb(terminal.process.pid) < 200_000
        terminal.write(b"q")
        assert terminal.end() == 0


def test_a_terminal_that_takes_nothing_for_a_while_gets_its_keys_answered_then(
    tmp_path: Path, album: list[str]
) -> None:
    with in_pty([CHILD, *album], columns=160, rows=45, folder=tmp_path) as terminal:
        terminal.until(lambda it: right_cells(it, gradients()) > 500, "the picture")
        terminal.reading.clear()
        before = len(terminal.output)
        for _ in range(60):  # each changes the whole picture, and nothing is taken meanwhile
            terminal.write(b"+")
        terminal.write(b"?")
        terminal.reading.set()
        terminal.until(lambda it: it.shows("these keys"), "the help")
        assert len(terminal.output) - before < 4_000_000


def test_a_new_size_while_the_terminal_takes_nothing_is_drawn_in_the_end(
    tmp_path: Path, album: list[str]
) -> None:
    with in_pty([CHILD, *album], columns=160, rows=45, folder=tmp_path) as terminal:
        terminal.until(lambda it: right_cells(it, gradients()) > 500, "the picture")
        terminal.reading.clear()
        terminal.write(b"+")
        terminal.resize(100, 30)
        terminal.write(b"d")
        terminal.reading.set()
        terminal.until(lambda it: it.shows("AUTO") and it.shows("quit"), "the settings")
        terminal.until(lambda it: right_cells(it, spotted()) > 500, "the picture")
        name = next(line for line in terminal.screen.display if "album" in line)
        assert "taken 0" in name


def test_the_terminal_is_left_as_it_was(tmp_path: Path, album: list[str]) -> None:
    import termios

    with in_pty([CHILD, *album], folder=tmp_path) as terminal:
        before = termios.tcgetattr(terminal.master)
        terminal.until(lambda it: it.shows("▀▀▀▀▀▀▀▀"), "a picture")
        assert termios.tcgetattr(terminal.master) != before
        terminal.write(b"q")
        assert terminal.end() == 0
        assert termios.tcgetattr(terminal.master) == before
    end = bytes(terminal.output).rpartition(b"\x1b[?1049l")
    assert end[1], "the alternate screen was not left"
    assert b"\x1b[?25h" in end[2]
    assert b"\x1b[?1003l" in bytes(terminal.output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with (
        ThreadedCamera(control=False, scene="chart") as camera,
        in_pty(["remotelens", "dashboard", camera.description_url], folder=tmp_path) as terminal,
    ):
        terminal.until(lambda it: it.shows("ready") and it.shows("▀▀▀▀▀▀▀▀"), "a live picture")
        terminal.process.send_signal(number)
        assert terminal.end() == 130
        assert camera.count("stopLiveview") == 1
        assert b"\x1b[?1049l" in terminal.output


def test_a_terminal_that_takes_nothing_any_more_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with (
        ThreadedCamera(control=False, scene="chart") as camera,
        in_pty(
            ["remotelens", "dashboard", camera.description_url], columns=160, rows=45, folder=tmp_path
        ) as terminal,
    ):
        terminal.until(lambda it: it.shows("ready") and it.shows("▀▀▀▀▀▀▀▀"), "a live picture")
        terminal.reading.clear()
        terminal.write(b"d")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(40) == 130
        assert camera.count("stopLiveview") == 1


def test_a_terminal_that_goes_away_ends_it_and_the_live_view(tmp_path: Path) -> None:
    with (
        ThreadedCamera(control=False, scene="chart") as camera,
        in_pty(["remotelens", "dashboard", camera.description_url], folder=tmp_path) as terminal,
    ):
        terminal.until(lambda it: it.shows("ready") and it.shows("▀▀▀▀▀▀▀▀"), "a live picture")
        terminal.close()
        terminal.process.wait(30)
        assert camera.count("stopLiveview") == 1


def test_demo_brings_a_camera_and_takes_it_away_again(tmp_path: Path) -> None:
    with in_pty(["remotelens", "dashboard", "--demo", "-o", "kept"], folder=tmp_path) as terminal:
        terminal.until(lambda it: it.shows("DSC-QX10") and it.shows("▀▀▀▀▀▀▀▀"), "a live picture")
        children = _children(terminal.process.pid)
        assert len(children) == 1
        terminal.write(b"s")
        terminal.until(lambda it: it.shows("saved "), "a picture")
        terminal.write(b"q")
        assert terminal.end() == 0
        assert not Path(f"/proc/{children[0]}").exists()
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes().startswith(b"\xff\xd8")
    assert kept.name.encode() in bytes(terminal.output).rpartition(b"\x1b[?1049l")[2]


def _most_memory_kb(pid: int) -> int:
    path = Path(f"/proc/{pid}/status")
    if not path.exists():
        pytest.skip("no /proc to see the memory of processes in")
    most = re.search(r"VmHWM:\s+(\d+) kB", path.read_text())
    assert most is not None
    return int(most[1])


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("no /proc to see child processes in")
    return [int(word) for word in path.read_text().split()]
