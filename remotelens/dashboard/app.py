"""The application: its screens, its cameras' operators, and the way in and out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver

from remotelens.camera.frame import Frame
from remotelens.camera.shot import Shot
from remotelens.clock import REAL_CLOCK, Clock
from remotelens.dashboard.keys import ANYWHERE
from remotelens.dashboard.operator import Connect, Operator
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.render.graphics import clear
from remotelens.dashboard.screens.live import LiveScreen
from remotelens.dashboard.screens.review import ReviewScreen
from remotelens.dashboard.terminal import Output, watched
from remotelens.dashboard.view import Notice, View

DARK, LIGHT = "textual-dark", "textual-light"
LEAVING_S = 1.0


class Seat:
    """Where one operator's finds are shown: passes them on while its camera is the one looked through."""

    def __init__(self, app: Dashboard, index: int) -> None:
        self._app = app
        self._index = index

    def show(self, view: View) -> None:
        """Show a new state."""
        self._app.show(self._index, view)

    def tell(self, notice: Notice) -> None:
        """Tell of something that has happened."""
        self._app.tell(self._index, notice)

    async def see(self, frame: Frame) -> None:
        """Show a live view frame."""
        await self._app.see(self._index, frame)


class Dashboard(App[None]):
    """The terminal dashboard; `serve` runs it.

    Args:
        cameras: which ones, as the person named them; None for the only one there is.
        connect: reaches a camera, and holds it while its block runs.
        folder: where pictures go.
        facts: what the terminal said of itself.
        clock: measures and spends the time.

    Attributes:
        output: how far the terminal is behind.
        operators: who works each of the cameras.
        on_leaving: called when the cameras are still being left some time after the screen.
    """

    TITLE = "remotelens"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(key.keys), key.action, key.text, show=False, priority=True) for key in ANYWHERE
    ]

    def __init__(
        self,
        cameras: Sequence[str | None],
        connect: Connect,
        *,
        folder: Path,
        facts: TerminalFacts | None = None,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self.output = Output(clock, asyncio.get_running_loop())
        super().__init__()
        self._facts = facts or TerminalFacts()
        self._clock = clock
        self.operators = [
            Operator(camera, connect, Seat(self, index), folder=folder, clock=clock)
            for index, camera in enumerate(cameras)
        ]
        self._working: list[asyncio.Task[None]] = []
        self._held: AbstractContextManager[None] | None = None
        self._missed = False
        self._asked_to_leave = False
        self._fetching = 0
        self._serving = False
        self._failure: BaseException | None = None
        self._live: LiveScreen | None = None
        self.on_leaving: Callable[[], None] | None = None
        self.theme = LIGHT if self._facts.light else DARK
        self.output.on_gone = self.exit

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver for this platform, with its output watched."""
        return watched(super().get_driver_class())

    @property
    def shots(self) -> tuple[Shot, ...]:
        """The pictures taken here."""
        return tuple(shot for operator in self.operators for shot in operator.view.shots)

    async def serve(self) -> None:
        """Run until the person leaves.

        Raises:
            RemoteLensError: what was asked for names no camera.
        """
        self._serving = True
        running = asyncio.create_task(self.run_async(), name="dashboard")
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self.exit()
            await running  # the terminal and the camera are left as they were, whoever ends this
            raise
        if self._failure is not None:
            raise self._failure

    def on_mount(self) -> None:
        """Start to work."""
        true_colour = self.console.color_system == "truecolor"
        self._live = LiveScreen(
            self.operators, self.output, self._facts, true_colour=true_colour, clock=self._clock
        )
        self.push_screen(self._live)
        self.app_resume_signal.subscribe(self, self._draw_anew)
        for operator in self.operators[1:]:
            operator.set_live(False)
        for operator in self.operators:
            task = asyncio.create_task(operator.run(), name=f"operator of {operator.view.name}")
            task.add_done_callback(self._look_at_end)
            self._working.append(task)

    def on_ready(self) -> None:
        """Take what has been loaded so far out of the garbage collector's sight.

        Its full rounds over a hundred thousand lasting objects stop the loop for 50 ms, again and again.
        """
        if self._serving:
            gc.collect()
            gc.freeze()

    async def on_unmount(self) -> None:
        """Leave every camera as it was, and say so where that takes a while."""
        for operator in self.operators:
            operator.leave()
        for task in self._working:
            task.cancel()
        telling = asyncio.get_running_loop().call_later(LEAVING_S, self._tell_leaving)
        try:
            await asyncio.gather(*self._working, return_exceptions=True)
        finally:
            telling.cancel()

    def _tell_leaving(self) -> None:
        if self.on_leaving is not None and self.output.finished:
            self.on_leaving()

    def post_display_hook(self) -> None:
        """After drawing, draw nothing more until the terminal has taken most of it.

        A change of the size or of the screen is drawn at once, and left out by Textual while a batch is on:
        then all of it is drawn afterwards.
        """
        if self._held:
            self._missed = True
        elif self.output.busy:
            self._held = self.batch_update()
            self._held.__enter__()
            self.output.when_ready(self._draw_again)
        self.output.painted()

    def show(self, index: int, view: View) -> None:
        """Show a new state of a camera."""
        self._count_fetching()
        if not self._is_shown(index):
            return
        assert self._live is not None
        self._live.show(view)
        if isinstance(self.screen, ReviewScreen):
            self.screen.refresh_shots()

    def tell(self, index: int, notice: Notice) -> None:
        """Show what has happened on a camera."""
        if self._live is None or not (self._live.is_built and self.is_running):
            return
        name = "" if self._is_shown(index) else f"{self.operators[index].view.name}: "
        self._say(Notice(f"{name}{notice.text}", notice.bad))

    async def see(self, index: int, frame: Frame) -> None:
        """Show a live view frame of a camera."""
        if self._is_shown(index):
            assert self._live is not None
            await self._live.see(frame)

    def action_theme(self) -> None:
        """Change between light and dark."""
        self.theme = DARK if self.theme == LIGHT else LIGHT

    def action_suspend_process(self) -> None:
        """Give the shell the terminal, without a picture of ours in it."""
        if self.output.send is not None:
            self.output.send(clear(self._facts.graphics))
        super().action_suspend_process()

    def _draw_anew(self, _: App[object]) -> None:
        """Draw everything: the terminal was somebody else's for a while."""
        self.refresh(layout=True)

    async def action_quit(self) -> None:
        """Leave; asked once more while pictures are on their way."""
        self._count_fetching()
        if self._fetching and not self._asked_to_leave:
            self._asked_to_leave = True
            self._say(Notice(f"{self._fetching} on the way to the disk: wait, or leave with q", bad=True))
            return
        if self.output.send is not None:
            self.output.send(clear(self._facts.graphics))
        self.exit()

    def _count_fetching(self) -> None:
        """Count the pictures on their way; with more of them, or none, an old answer counts no more."""
        fetching = sum(operator.view.fetching for operator in self.operators)
        if not fetching or fetching > self._fetching:
            self._asked_to_leave = False
        self._fetching = fetching

    def _say(self, notice: Notice) -> None:
        """Show a notice, also where pictures are looked at."""
        if self._live is not None:
            self._live.tell(notice)
        if isinstance(self.screen, ReviewScreen):
            self.screen.tell(notice)

    def _is_shown(self, index: int) -> bool:
        live = self._live
        there = live is not None and live.is_built and self.is_running
        return live is not None and there and live.operator is self.operators[index]

    def _draw_again(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.__exit__(None, None, None)
        missed, self._missed = self._missed, False
        if self.is_running and self.screen_stack:
            if missed:
                self.screen.refresh()
            self.screen.check_idle()

    def _look_at_end(self, task: asyncio.Task[None]) -> None:
        """End with the first operator that fails: it is never meant to end."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = self._failure or error
            self.exit()
