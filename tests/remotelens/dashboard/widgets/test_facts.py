"""What is measured, in two lines."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from remotelens.camera.state import CameraState, Zoom
from remotelens.dashboard.figures import Figures
from remotelens.dashboard.view import View
from remotelens.dashboard.widgets.facts import Facts

VIEW = View("qx", CameraState(link="ready", focus_status="Not Focusing", zoom=Zoom(50, 1, 0, 50)))


class Bare(App[None]):
    """An application of facts alone."""

    def compose(self) -> ComposeResult:
        yield Facts()


@pytest.mark.parametrize(
    ("width", "line"), [(28, "zoom 50 %  focus Not Focu…"), (40, "zoom 50 %  focus Not Focusing")]
)
async def test_the_zoom_is_shown_whole_and_what_is_cut_is_marked(width: int, line: str) -> None:
    app = Bare()
    async with app.run_test(size=(width, 4)) as pilot:
        app.query_one(Facts).show(VIEW, Figures(), 0.0, reduced=False)
        await pilot.pause()
        shown = [strip.text.strip() for strip in app.screen._compositor.render_strips()]
        assert shown[1] == line
