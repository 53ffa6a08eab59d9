"""Where the live view is shown, at the pace that the terminal can bear."""

from __future__ import annotations

import asyncio
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Label

from remotelens.camera.frame import FocusArea, Frame
from remotelens.clock import Clock
from remotelens.dashboard.figures import Figures
from remotelens.dashboard.pace import Pace
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.render.decode import BadPicture, Pixels, size_of
from remotelens.dashboard.render.develop import Developed, develop
from remotelens.dashboard.render.fit import Fit, fit
from remotelens.dashboard.render.graphics import Graphics, clear, image_of, image_size
from remotelens.dashboard.render.overlay import CHOSEN, FOUND, MISSED, PLAIN, Box, dim, grey
from remotelens.dashboard.terminal import Output
from remotelens.dashboard.view import Touch
from remotelens.dashboard.widgets.picture import Picture
from remotelens.imaging.histogram import Histogram

LOOP_LIMIT_S = 0.002
HISTOGRAM_S = 0.1
HISTOGRAM_WIDTH = 320
USUAL_SHAPE = (640, 480)
TOUCH_RADIUS = 0.04


class Stage(Container):
    """Holds the picture, in the middle and as large as it gets, or words where there is none.

    Args:
        output: tells how far the terminal is behind.
        pace: chooses how much picture the terminal gets.
        facts: what the terminal said of itself.
        clock: tells how long things take.

    Attributes:
        figures: how the live view runs.
        pace: chooses how much picture the terminal gets.
        measured: the newest histogram.
        measuring: whether histograms are wanted.
        areas: whether the camera's focus frames are drawn.
        covered: whether something lies over the picture, so that it must be made of cells.
    """

    DEFAULT_CSS = """
    Stage { align: center middle; layers: below above; background: $background; }
    Stage > Picture { layer: below; }
    Stage > #absent { layer: above; width: auto; max-width: 90%; text-align: center; color: $text-muted; }
    """

    def __init__(self, output: Output, pace: Pace, facts: TerminalFacts, clock: Clock) -> None:
        super().__init__(id="stage")
        self._output = output
        self.pace = pace
        self._facts = facts
        self._clock = clock
        self._shape = USUAL_SHAPE
        self._frame: Frame | None = None
        self._pixels: Pixels | None = None
        self._touch: Touch | None = None
        self._dimmed = False
        self._develop_s = 0.0
        self._measured_s = 0.0
        self.figures = Figures()
        self.measured: Histogram | None = None
        self.measuring = True
        self.areas = True
        self.covered = False
        output.on_painted = self._after_paint

    def compose(self) -> ComposeResult:
        """Put the picture below the words."""
        yield Picture(id="picture")
        yield Label("", id="absent")

    @property
    def picture(self) -> Picture:
        """The picture itself."""
        return self.query_one(Picture)

    async def see(self, frame: Frame) -> bool:
        """Show a frame, unless the terminal is still busy with an older one; returns whether it did."""
        self.figures.take(frame)
        if not self.screen.is_active:
            return False
        if self._output.busy or self.picture.pending:
            if self.pace.overdue():
                self._end_picture()
            return False
        try:
            shape = size_of(frame.jpeg)
            if shape != self._shape:
                self._shape = shape
                self._lay_out()
            developed = await self._develop(frame)
        except BadPicture:
            return False  # the camera sent damaged bytes; the next frame replaces them
        self._frame, self._dimmed = frame, False
        if developed is None:
            return False
        if developed.histogram is not None:
            self.measured = developed.histogram
        self.query_one("#absent", Label).display = False
        self._draw(developed.pixels)
        self.figures.show(frame, self._clock.monotonic())
        return True

    def say(self, text: str) -> None:
        """Show words where there is no picture."""
        label = self.query_one("#absent", Label)
        if self._frame is None and str(label.content) != text:
            label.update(text)

    def mark(self, touch: Touch | None) -> None:
        """Mark the place that was touched."""
        if touch != self._touch:
            self._touch = touch
            self.redraw()

    def clear(self) -> None:
        """Forget the picture: another camera is looked through."""
        self._frame, self._pixels, self.measured = None, None, None
        self.figures = Figures()
        self.picture.forget()
        self.query_one("#absent", Label).display = True

    def dim(self) -> None:
        """Show that the picture is no longer true."""
        if not self._dimmed and self._pixels is not None:
            self._dimmed = True
            self._draw(dim(self._pixels), keep=False)

    def redraw(self) -> None:
        """Draw the newest frame again: what lies over it, or how it is drawn, has changed."""
        frame = self._frame
        if frame is None or not self.picture.fit.rows:
            return
        try:
            developed = develop(
                frame.jpeg,
                *self._pixels_wanted(),
                boxes=self._boxes(frame),
                measure_width=self._measure_width,
            )
        except BadPicture:
            return
        self._draw(developed.pixels, keep=not self._dimmed)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the picture into the new size."""
        self._lay_out()
        self.redraw()

    def set_covered(self, covered: bool) -> None:
        """Say whether something lies over the picture."""
        if covered != self.covered:
            self.covered = covered
            if self._facts.graphics is Graphics.NONE:
                return
            if covered and self._output.send is not None:
                self._output.send(clear(self._facts.graphics))
            self._lay_out()
            self.picture.forget()
            self.redraw()

    @property
    def _graphics(self) -> Graphics:
        return Graphics.NONE if self.covered or self.pace.reduced else self._facts.graphics

    @property
    def _measure_width(self) -> int:
        return HISTOGRAM_WIDTH if self.measuring else 0

    def _lay_out(self) -> None:
        quality = self.pace.quality
        width, height = self.content_size
        scale = 1.0 if self._graphics is not Graphics.NONE else quality.scale
        self.picture.lay_out(fit(*self._shape, width, height, scale=scale), quality.colours)

    def _pixels_wanted(self) -> tuple[int, int]:
        """Return how many pixels of the picture are shown, across and down."""
        cells: Fit = self.picture.fit
        if self._graphics is Graphics.NONE:
            return cells.width, cells.height
        return image_size(self._shape, cells, self._facts.cell_pixels)

    async def _develop(self, frame: Frame) -> Developed | None:
        """Develop in the loop where that is quick, else in a thread."""
        width, height = self._pixels_wanted()
        if not width or not height:
            return None
        now_s = self._clock.monotonic()
        due = self.measuring and now_s - self._measured_s >= HISTOGRAM_S
        if due:
            self._measured_s = now_s
        work = partial(
            develop,
            frame.jpeg,
            width,
            height,
            boxes=self._boxes(frame),
            measure_width=self._measure_width,
            measure=due,
        )
        developed = await asyncio.to_thread(work) if self._develop_s > LOOP_LIMIT_S else work()
        self._develop_s += 0.1 * (self._clock.monotonic() - now_s - self._develop_s)
        return developed if (width, height) == self._pixels_wanted() else None

    def _draw(self, pixels: Pixels, *, keep: bool = True) -> None:
        if self.app.no_color:
            pixels = grey(pixels)
        if keep:
            self._pixels = pixels
        picture = self.picture
        if self._graphics is Graphics.NONE:
            picture.show(pixels)
            if picture.pending:
                self.pace.begin()
                self._write()
            return
        self.pace.begin()
        frame = self._frame
        untouched = frame is not None and not self._dimmed and not self._boxes(frame)
        jpeg = frame.jpeg if frame is not None and untouched else None
        picture.show_image(image_of(self._graphics, pixels, picture.fit, jpeg))

    def _write(self) -> None:
        self.picture.write(self._output.slice_characters)

    def _after_paint(self) -> None:
        self._output.when_ready(self._go_on)

    def _go_on(self) -> None:
        """Write what is left of the picture; at its end see whether the terminal could bear more, or less."""
        if not self.is_mounted:
            return
        if self.picture.pending:
            self._write()
        else:
            self._end_picture()

    def _end_picture(self) -> None:
        if self.pace.under_way:
            self._output.ask()
        if self.pace.end(self._output.answer_s):
            self._lay_out()
            self.redraw()

    def _boxes(self, frame: Frame) -> tuple[Box, ...]:
        if not self.areas:
            return ()
        touched = () if self._touch is None else (_touch_box(self._touch, self._shape),)
        return (*touched, *(_box(area) for area in frame.focus_areas))


def _box(area: FocusArea) -> Box:
    colour = PLAIN
    if area.status == "focused":
        colour = FOUND
    elif area.selected or area.status == "main":
        colour = CHOSEN
    return Box(area.left, area.top, area.right, area.bottom, colour)


def _touch_box(touch: Touch, shape: tuple[int, int]) -> Box:
    """Return a square around a touched place."""
    colour = CHOSEN if touch.found is None else FOUND if touch.found else MISSED
    down = TOUCH_RADIUS * shape[0] / shape[1]
    return Box(touch.x - TOUCH_RADIUS, touch.y - down, touch.x + TOUCH_RADIUS, touch.y + down, colour)
