"""Lines of cells as Textual cuts and joins them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

from remotelens.dashboard.render.cells import RESET, CellEncoder, Colours, colours_of
from remotelens.dashboard.render.strip import CellStrip
from tests.remotelens.dashboard.render.jpegs import noise

CONSOLE = Console(color_system="truecolor", force_terminal=True)
WIDTH = 24
(TEXT,) = CellEncoder(WIDTH, Colours.TRUE).rows(noise(WIDTH, 2))
COLOURS = colours_of(TEXT, Colours.TRUE)


def cells_of(strip: Strip) -> list[object]:
    text = strip.render(CONSOLE)
    assert text.endswith(RESET)
    return list(colours_of(text.removesuffix(RESET), Colours.TRUE))


@settings(deadline=None)
@given(st.integers(0, WIDTH), st.integers(0, WIDTH))
def test_cutting_keeps_whole_cells(start: int, end: int) -> None:
    cut = CellStrip(TEXT, Colours.TRUE).crop(start, end)
    assert cut.cell_length == max(0, end - start)
    assert cells_of(cut) == COLOURS[start:end]


@settings(deadline=None)
@given(st.lists(st.integers(0, WIDTH), max_size=6).map(sorted))
def test_dividing_gives_the_parts_in_their_order(cuts: list[int]) -> None:
    parts = CellStrip(TEXT, Colours.TRUE).divide([*cuts, WIDTH])
    assert [cell for part in parts for cell in cells_of(part)] == COLOURS
    assert [part.cell_length for part in parts] == [
        end - start for start, end in zip([0, *cuts], [*cuts, WIDTH], strict=True)
    ]


def test_a_screenshot_sees_each_cell_with_its_colours() -> None:
    segments = list(CellStrip(TEXT, Colours.TRUE))
    assert len(segments) == WIDTH
    style = segments[3].style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    assert style.color.get_truecolor() == COLOURS[3][0]
    assert style.bgcolor.get_truecolor() == COLOURS[3][1]


def test_it_joins_with_ordinary_strips() -> None:
    joined = Strip.join([CellStrip(TEXT, Colours.TRUE), Strip.blank(3)])
    assert joined.cell_length == WIDTH + 3


def test_what_stands_after_it_is_only_written_with_its_end() -> None:
    strip = CellStrip(TEXT, Colours.TRUE, after="<after>")
    assert strip.render(CONSOLE).endswith("<after>")
    assert strip.crop(5).render(CONSOLE).endswith("<after>")
    assert not strip.crop(0, 5).render(CONSOLE).endswith("<after>")


def test_a_line_can_be_begun_anew() -> None:
    (other,) = CellEncoder(WIDTH, Colours.TRUE).rows(noise(WIDTH, 2, seed=9))
    mixed = CellStrip(TEXT, Colours.TRUE).begun_anew(other, 10)
    assert cells_of(mixed) == colours_of(other, Colours.TRUE)[:10] + COLOURS[10:]


def test_nothing_is_taken_apart_to_be_simplified_or_styled() -> None:
    strip = CellStrip(TEXT, Colours.TRUE)
    assert strip.simplify() is strip
    assert strip.discard_meta() is strip
    assert strip.apply_style(Style(bold=True)) is strip


def test_equal_lines_are_equal() -> None:
    assert CellStrip(TEXT, Colours.TRUE) == CellStrip(TEXT, Colours.TRUE)
    assert CellStrip(TEXT, Colours.TRUE) != CellStrip(TEXT[:41], Colours.TRUE)
    assert not CellStrip("", Colours.TRUE)
