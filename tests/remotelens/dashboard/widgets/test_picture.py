"""The picture widget: what is written again, and what Textual is handed."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from textual.app import App, ComposeResult
from textual.geometry import Region

from remotelens.dashboard.render.cells import RESET, Colours, colours_of
from remotelens.dashboard.render.fit import Fit
from remotelens.dashboard.widgets.picture import Picture
from tests.remotelens.dashboard.render.jpegs import Pixels, noise

CONSOLE = Console(color_system="truecolor", force_terminal=True)
FIT = Fit(30, 10)


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Picture()


def shown(picture: Picture) -> Pixels:
    """Read back what the widget hands to Textual."""
    lines = picture.render_lines(Region(0, 0, FIT.columns, FIT.rows))
    pixels = np.zeros((FIT.height, FIT.width, 3), np.uint8)
    for row, line in enumerate(lines):
        cells = colours_of(line.render(CONSOLE).removesuffix(RESET), Colours.TRUE)
        pixels[2 * row] = [upper for upper, _ in cells]
        pixels[2 * row + 1] = [lower for _, lower in cells]
    return pixels


async def test_the_first_picture_is_written_whole_and_a_change_only_where_it_is() -> None:
    app = Bare()
    async with app.run_test(size=(80, 24)) as pilot:
        picture = app.query_one(Picture)
        picture.lay_out(FIT, Colours.TRUE)
        first = noise(FIT.width, FIT.height)
        picture.show(first)
        assert len(picture._pending) == FIT.rows
        picture.write()
        assert not picture.pending
        await pilot.pause()
        assert (shown(picture) == first).all()
        second = first.copy()
        second[7, 4:9] = 255 - second[7, 4:9]
        picture.show(second)
        assert [(change.row, change.end) for change in picture._pending] == [(3, 9)]
        picture.write()
        assert (shown(picture)[6:8, :9] == second[6:8, :9]).all()
        assert (shown(picture)[:6] == first[:6]).all()


async def test_what_waits_is_joined_with_what_comes() -> None:
    app = Bare()
    async with app.run_test(size=(80, 24)):
        picture = app.query_one(Picture)
        picture.lay_out(FIT, Colours.TRUE)
        picture.show(noise(FIT.width, FIT.height, 1))
        picture.write(2 * FIT.columns * Colours.TRUE.stride)
        assert len(picture._pending) == FIT.rows - 2
        picture.show(noise(FIT.width, FIT.height, 2))
        assert [change.row for change in picture._pending] == list(range(FIT.rows))
        picture.write(1)
        assert len(picture._pending) == FIT.rows - 1


async def test_a_crop_is_what_it_says() -> None:
    app = Bare()
    async with app.run_test(size=(80, 24)):
        picture = app.query_one(Picture)
        picture.lay_out(FIT, Colours.TRUE)
        pixels = noise(FIT.width, FIT.height)
        picture.show(pixels)
        (line,) = picture.render_lines(Region(5, 4, 7, 1))
        cells = colours_of(line.render(CONSOLE).removesuffix(RESET), Colours.TRUE)
        assert [upper for upper, _ in cells] == [tuple(map(int, pixel)) for pixel in pixels[8, 5:12]]


async def test_another_size_forgets_the_picture() -> None:
    app = Bare()
    async with app.run_test(size=(80, 24)):
        picture = app.query_one(Picture)
        picture.lay_out(FIT, Colours.TRUE)
        picture.show(noise(FIT.width, FIT.height))
        picture.lay_out(Fit(20, 6), Colours.TRUE)
        assert not picture.pending
        assert picture.render_line(0).text.strip() == ""


async def test_an_image_is_written_after_the_last_line_and_only_there() -> None:
    app = Bare()
    async with app.run_test(size=(80, 24)) as pilot:
        picture = app.query_one(Picture)
        picture.lay_out(FIT, Colours.TRUE)
        await pilot.pause()
        picture.show_image("<image>")
        lines = picture.render_lines(Region(0, 0, FIT.columns, FIT.rows))
        assert ["<image>" in line.render(CONSOLE) for line in lines] == [False] * 9 + [True]
        picture.show(noise(FIT.width, FIT.height))
        assert not any("<image>" in picture.render_line(y).render(CONSOLE) for y in range(FIT.rows))
