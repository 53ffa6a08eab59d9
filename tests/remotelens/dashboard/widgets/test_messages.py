"""The last things that happened."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult

from remotelens.dashboard.view import Notice
from remotelens.dashboard.widgets.messages import Messages

LONG = Notice(
    "the picture is on the camera's card: the connection broke — see that the camera is on", bad=True
)


class Bare(App[None]):
    """An application of messages alone."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self._height = height

    def compose(self) -> ComposeResult:
        messages = Messages()
        messages.styles.height = self._height
        yield messages


@pytest.mark.parametrize(
    ("height", "lines"),
    [
        (1, [" the picture is on the camera's card: …"]),
        (2, [" the picture is on the camera's card:", " the connection broke — see that the …"]),
        (
            3,
            [
                " the picture is on the camera's card:",
                " the connection broke — see that the",
                " camera is on",
            ],
        ),
        (
            4,
            [
                " saved a.JPG",
                " the picture is on the camera's card:",
                " the connection broke — see that the",
                " camera is on",
            ],
        ),
    ],
)
async def test_a_long_one_is_folded_and_shown_from_its_beginning(height: int, lines: list[str]) -> None:
    app = Bare(height)
    async with app.run_test(size=(40, 10)):
        messages = app.query_one(Messages)
        messages.add(Notice("saved a.JPG"))
        messages.add(LONG)
        assert [messages.render_line(y).text.rstrip() for y in range(height)] == lines


async def test_it_fits_into_any_width() -> None:
    app = Bare(2)
    async with app.run_test(size=(40, 10)) as pilot:
        messages = app.query_one(Messages)
        messages.add(LONG)
        for width in (1, 2, 3, 4, 5, 40):
            await pilot.resize_terminal(width, 10)
            async with asyncio.timeout(20):
                while messages.size.width != width:
                    await pilot.pause()
            assert messages.render_line(0).cell_length == width
