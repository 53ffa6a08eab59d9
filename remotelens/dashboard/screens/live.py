"""The live view with everything around it; keys, mouse and wheel become wishes to the operator."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from remotelens.camera.frame import Frame
from remotelens.camera.shot import Shot
from remotelens.clock import Clock
from remotelens.dashboard import words
from remotelens.dashboard.deeds import Deeds
from remotelens.dashboard.dialogs.choose import ChoosePanel
from remotelens.dashboard.dialogs.help import HelpPanel
from remotelens.dashboard.dialogs.panel import Panel
from remotelens.dashboard.keys import NEXT_CAMERA, Key, bindings, live_keys
from remotelens.dashboard.operator import Operator
from remotelens.dashboard.pace import Pace
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.render.cells import Colours
from remotelens.dashboard.screens.review import ReviewScreen
from remotelens.dashboard.terminal import Output
from remotelens.dashboard.view import NOT_READY, Notice, View
from remotelens.dashboard.widgets.facts import Facts
from remotelens.dashboard.widgets.histogram import HistogramView
from remotelens.dashboard.widgets.keybar import KeyBar
from remotelens.dashboard.widgets.last import LastPicture
from remotelens.dashboard.widgets.messages import Messages
from remotelens.dashboard.widgets.picture import Picture
from remotelens.dashboard.widgets.settings import SettingsList
from remotelens.dashboard.widgets.stage import Stage
from remotelens.dashboard.widgets.status import StatusBar

TICK_S = 0.25
_LIVE_ACTIONS = frozenset(key.action.partition("(")[0] for key in live_keys(several=True))
_OVER_PANELS = frozenset({"help", NEXT_CAMERA.action})
_NOT_SEEN = Notice("the settings are not shown in so narrow a terminal: make it wider", bad=True)


class LiveScreen(Screen[None]):
    """The dashboard's first screen.

    Args:
        operators: the cameras; one of them is shown.
        output: tells how far the terminal is behind.
        facts: what the terminal said of itself.
        true_colour: whether it shows all colours.
        clock: tells the time.
    """

    DEFAULT_CSS = """
    LiveScreen { layers: base dialog; background: $background; }
    LiveScreen > #middle { height: 1fr; }
    LiveScreen Stage { width: 1fr; }
    LiveScreen #side { width: 28; background: $surface; }
    LiveScreen.-wide #side { width: 36; }
    LiveScreen.-wider #side { width: 44; }
    LiveScreen.-narrow #side, LiveScreen.-narrow #supplies { display: none; }
    LiveScreen SettingsList { height: 1fr; }
    LiveScreen LastPicture { display: none; }
    LiveScreen.-high LastPicture, LiveScreen.-higher LastPicture { display: block; }
    LiveScreen Messages { height: 2; }
    LiveScreen.-high Messages { height: 3; }
    LiveScreen.-high HistogramView { height: 9; }
    LiveScreen.-higher HistogramView { height: 13; }
    LiveScreen.-higher Messages { height: 5; }
    LiveScreen.-low Messages, LiveScreen.-low KeyBar { display: none; }
    LiveScreen Panel { offset: 1 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(live_keys(several=True))]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (56, "-usual"), (100, "-wide"), (140, "-wider")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (12, "-fair"), (34, "-high"), (50, "-higher")]  # noqa: RUF012 - as above

    def __init__(
        self,
        operators: list[Operator],
        output: Output,
        facts: TerminalFacts,
        *,
        true_colour: bool,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._operators = operators
        self._shown = 0
        self._clock = clock
        self._pace = Pace(clock, true_colour=true_colour)
        self._true_colour = true_colour
        self._output = output
        self._facts = facts
        self._stage = Stage(output, self._pace, facts, clock)
        self._histogram = HistogramView(Colours.TRUE if true_colour else Colours.INDEXED)

    def compose(self) -> ComposeResult:
        """Put everything in its place."""
        yield StatusBar()
        with Horizontal(id="middle"):
            yield self._stage
            with Vertical(id="side"):
                yield self._histogram
                yield Facts()
                yield SettingsList()
                yield LastPicture()
        yield Messages()
        yield KeyBar(self._keys)

    def on_mount(self) -> None:
        """Show how things are, and go on doing so, unless the application ended before all was in place."""
        if not self._stage.is_attached:
            return
        self.set_interval(TICK_S, self.tick)
        self.show(self.operator.view)

    def on_screen_suspend(self) -> None:
        """Take real pixels away: another screen is shown."""
        self._stage.set_covered(True)

    def on_screen_resume(self) -> None:
        """Bring them back."""
        self._stage.set_covered(bool(self.query(Panel)))

    @property
    def is_built(self) -> bool:
        """Whether everything is in its place; it never is where the application ends before."""
        return self.is_mounted and self._stage.is_attached

    @property
    def operator(self) -> Operator:
        """Who works the camera that is shown."""
        return self._operators[self._shown]

    @property
    def _keys(self) -> tuple[Key, ...]:
        return live_keys(several=len(self._operators) > 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the keys from the camera while a panel has the keyboard."""
        if action not in _LIVE_ACTIONS or action in _OVER_PANELS or self.focused is None:
            return super().check_action(action, parameters)
        return not any(isinstance(node, Panel) for node in self.focused.ancestors_with_self)

    def show(self, view: View) -> None:
        """Show a new state of the camera."""
        self.query_one(SettingsList).show(view)
        self.query_one(LastPicture).show(view)
        self._stage.mark(view.touch)
        self.tick()

    def tell(self, notice: Notice) -> None:
        """Show what has happened."""
        self.query_one(Messages).add(notice)

    async def see(self, frame: Frame) -> None:
        """Show a live view frame."""
        if await self._stage.see(frame):
            self._histogram.show(self._stage.measured)

    def tick(self) -> None:
        """Show what changes with time: how long the link is lost, how old the picture is."""
        view = self.operator.view
        now_s = self._clock.monotonic()
        self.query_one(StatusBar).show(view, self._clock.now())
        figures = self._stage.figures
        self.query_one(Facts).show(view, figures, now_s, reduced=self._pace.reduced)
        age_s = figures.age_s(now_s)
        if age_s is not None and age_s >= words.STALE_S:
            self._stage.dim()
        self._stage.say(words.absent(view, self._clock.now()))

    def action_shoot(self) -> None:
        """Focus and take a picture."""
        if deeds := self._deeds():
            deeds.shoot(focus=True)

    def action_shoot_now(self) -> None:
        """Take a picture as it is."""
        if deeds := self._deeds():
            deeds.shoot(focus=False)

    def action_half_press(self) -> None:
        """Focus and hold, or let go."""
        if deeds := self._deeds():
            deeds.half_press()

    def action_touch_centre(self) -> None:
        """Focus on the middle."""
        self._touch(0.5, 0.5)

    def action_release_focus(self) -> None:
        """Let go of the focus."""
        if deeds := self._deeds():
            deeds.release_focus()

    def action_zoom(self, direction: str) -> None:
        """Zoom a step."""
        if deeds := self._deeds():
            deeds.zoom(direction)

    def action_move_setting(self, step: int) -> None:
        """Go to another setting."""
        if self._settings_are_seen():
            self.query_one(SettingsList).move(step)

    def action_step_setting(self, step: int) -> None:
        """Give the setting another value."""
        if self._settings_are_seen() and (name := self.query_one(SettingsList).current):
            self._step(name, step)

    async def action_choose(self) -> None:
        """Choose the setting's value from a list."""
        if self._settings_are_seen() and (name := self.query_one(SettingsList).current):
            await self._open(name)

    def action_review(self) -> None:
        """Look at the last picture."""
        if self.operator.view.shots:
            self.app.push_screen(
                ReviewScreen(
                    lambda: self.operator.view,
                    self._fetch,
                    self._output,
                    self._facts,
                    true_colour=self._true_colour,
                )
            )
        else:
            self.tell(Notice("no picture taken yet: space takes one"))

    def action_histogram(self) -> None:
        """Show the histogram in another way."""
        mode = self._histogram.next_mode()
        self._stage.measuring = self._histogram.display
        self.tell(Notice(f"histogram: {mode.value}"))

    def action_areas(self) -> None:
        """Draw the camera's focus frames, or leave them out."""
        self._stage.areas = not self._stage.areas
        self._stage.redraw()
        self.tell(Notice(f"focus frames {'on' if self._stage.areas else 'off'}"))

    def action_live(self) -> None:
        """Have live view, or have it stopped."""
        wanted = not self.operator.view.live
        self.operator.set_live(wanted)
        self.tell(Notice(f"live view {'on' if wanted else 'off'}"))

    async def action_next_camera(self) -> None:
        """Look through the next camera; the live view of the others rests."""
        if len(self._operators) == 1:
            return
        await self._on_closed()
        self.operator.set_live(False)
        self._shown = (self._shown + 1) % len(self._operators)
        self._stage.clear()
        self._histogram.show(None)
        self.operator.set_live(True)
        self.show(self.operator.view)

    async def action_help(self) -> None:
        """Show the keys, or take them away."""
        if self.query(HelpPanel):
            await self._on_closed()
        else:
            await self._put_over(HelpPanel(self._keys))

    @on(Picture.Touched)
    def _on_touched(self, event: Picture.Touched) -> None:
        self._touch(event.x, event.y)

    @on(Picture.Wheeled)
    def _on_wheeled(self, event: Picture.Wheeled) -> None:
        self.action_zoom(event.direction)

    @on(SettingsList.Stepped)
    def _on_stepped(self, event: SettingsList.Stepped) -> None:
        self._step(event.name, event.step)

    @on(SettingsList.Opened)
    async def _on_opened(self, event: SettingsList.Opened) -> None:
        await self._open(event.name)

    @on(ChoosePanel.Chosen)
    def _on_chosen(self, event: ChoosePanel.Chosen) -> None:
        if deeds := self._deeds(event.operator):
            deeds.change(event.name, event.value)

    @on(Panel.Closed)
    async def _on_closed(self) -> None:
        await self.query(Panel).remove()
        self._stage.set_covered(False)

    async def _put_over(self, panel: Panel) -> None:
        await self.query(Panel).remove()
        self._stage.set_covered(True)
        await self.mount(panel)

    def _deeds(self, operator: Operator | None = None) -> Deeds | None:
        """Return who does what is wished, of the camera shown or of another one; if it is away say so.

        A camera that is lost would be waited for, and what was wished done when nobody reckons with it.
        """
        operator = operator or self.operator
        if operator.deeds is None or operator.view.state.link != "ready":
            self.tell(NOT_READY)
            return None
        return operator.deeds

    def _settings_are_seen(self) -> bool:
        """Return whether the cursor is on the screen; if it is not, say so."""
        seen = self.query_one("#side").display
        if not seen:
            self.tell(_NOT_SEEN)
        return seen

    def _fetch(self, shot: Shot) -> bool:
        """Have a picture brought to the disk; returns whether there is a camera to bring it."""
        deeds = self.operator.deeds
        if deeds is not None:
            deeds.fetch(shot)
        return deeds is not None

    def _touch(self, x: float, y: float) -> None:
        if deeds := self._deeds():
            deeds.touch(x, y)

    def _step(self, name: str, step: int) -> None:
        view = self.operator.view
        value = view.neighbour(name, step)
        deeds = self._deeds()
        if deeds is None:
            return
        if value is not None:
            deeds.change(name, value)
            return
        setting = view.state.settings.get(name)
        fixed = setting is None or not setting.writable
        what = "cannot be changed now" if fixed else "goes no further"
        self.tell(Notice(f"{words.label(name)} {what}"))

    async def _open(self, name: str) -> None:
        setting = self.operator.view.state.settings.get(name)
        if setting is None or not setting.writable or not setting.candidates:
            self.tell(Notice(f"{words.label(name)} cannot be changed now"))
            return
        value = self.operator.view.value(name)
        await self._put_over(ChoosePanel(name, setting.candidates, value, self.operator))
