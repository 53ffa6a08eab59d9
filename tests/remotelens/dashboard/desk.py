"""The dashboard on an emulated camera, over real sockets, in the test's own loop.

Nothing here sleeps: `until` looks again whenever the dashboard has shown something or the camera was asked
something.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Static

from emulator.device import Device
from emulator.faults.rules import parse_rule
from emulator.rack import Emulator
from remotelens.camera.camera import Camera
from remotelens.camera.connect import connect
from remotelens.camera.frame import Frame
from remotelens.dashboard.app import Dashboard
from remotelens.dashboard.operator import Connect
from remotelens.dashboard.query import TerminalFacts
from remotelens.dashboard.screens.live import LiveScreen
from remotelens.dashboard.view import Notice, View
from remotelens.dashboard.widgets.messages import Messages
from remotelens.dashboard.widgets.picture import Picture
from remotelens.dashboard.widgets.settings import SettingsList

LIMIT_S = 40.0


class Watched(Dashboard):
    """The dashboard as it is, and a bell that rings when it shows anything."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.news = asyncio.Event()
        self.notices: list[Notice] = []
        super().__init__(*arguments, **options)

    def show(self, index: int, view: View) -> None:
        super().show(index, view)
        self.news.set()

    def tell(self, index: int, notice: Notice) -> None:
        super().tell(index, notice)
        self.notices.append(notice)
        self.news.set()

    async def see(self, index: int, frame: Frame) -> None:
        await super().see(index, frame)
        self.news.set()

    def post_display_hook(self) -> None:
        super().post_display_hook()
        self.news.set()


class Desk:
    """A dashboard with its camera, and the ways to look at both."""

    def __init__(self, app: Watched, pilot: Pilot[None], emulator: Emulator, folder: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.emulator = emulator
        self.folder = folder

    @property
    def device(self) -> Device:
        return self.emulator.cameras[0]

    @property
    def live(self) -> LiveScreen:
        live = self.app._live
        assert live is not None
        return live

    @property
    def view(self) -> View:
        return self.live.operator.view

    @property
    def picture(self) -> Picture:
        return self.live._stage.picture

    @property
    def current(self) -> str | None:
        """The setting under the cursor."""
        return self.live.query_one(SettingsList).current

    @property
    def frames(self) -> int:
        """How many live view frames reached the screen."""
        return self.live._stage.figures.shown_total

    @property
    def told(self) -> str:
        """The last notice on the screen."""
        newest = self.live.query_one(Messages).newest
        return newest.text if newest else ""

    def asked(self, method: str) -> int:
        """How often the camera was asked to do something."""
        return self.emulator.journal.count(method)

    def fault(self, spec: str) -> None:
        self.emulator.faults.add(parse_rule(spec))

    def heal(self) -> None:
        self.emulator.faults.clear()

    def text(self, selector: str) -> str:
        """What a widget of words shows."""
        return str(self.live.query_one(selector, Static).content)

    def screen(self) -> list[str]:
        """The lines on the screen, without their colours."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    async def press(self, *keys: str) -> None:
        """Press keys as the terminal's driver tells of them, and let each be dealt with.

        Textual's pilot waits a second for each while the process is busy, which an emulated camera keeps it.
        """
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            driver.process_message(Key(key, None))
            await self.dealt_with()

    async def dealt_with(self) -> None:
        """Return when what was sent so far has gone through the application, its screen and its widgets."""
        for _ in range(2):
            for pump in (self.app, self.app.screen, self.app.focused, self.app.screen, self.app):
                if pump is not None and pump.is_running:
                    passed = asyncio.Event()
                    pump.call_later(passed.set)
                    async with asyncio.timeout(LIMIT_S):
                        await passed.wait()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Return when the condition holds; it is looked at whenever something has happened."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while not condition():
                    self.app.news.clear()
                    await self.app.news.wait()
        except TimeoutError:
            seen = "\n".join(self.screen())
            raise AssertionError(f"never seen: {what}\n{self.view}\n{self.app.notices}\n{seen}") from None

    async def until_live(self) -> None:
        """Return when the camera's picture is on the screen, and everything about it is known."""
        await self.until(lambda: self.view.state.link == "ready" and self.frames > 2, "a live picture")

    async def until_set(self, name: str, value: object) -> None:
        await self.until(lambda: self.view.state.value(name) == value, f"{name}={value}")

    async def program_auto(self) -> None:
        """Bring the camera into the mode that offers most settings."""
        deeds = self.live.operator.deeds
        assert deeds is not None
        deeds.change("exposure_mode", "Program Auto")
        await self.until(
            lambda: self.view.state.idle and "iso" in self.view.state.settings and not self.view.wanted,
            "Program Auto",
        )


def reach(target: str | None) -> AbstractAsyncContextManager[Camera]:
    """Connect as the command does."""
    return connect(target)


@asynccontextmanager
async def desk_on(
    emulator: Emulator,
    folder: Path,
    *,
    size: tuple[int, int] = (80, 24),
    facts: TerminalFacts | None = None,
    connecting: Connect = reach,
) -> AsyncIterator[Desk]:
    """A dashboard on cameras that run already."""
    targets = [camera.description_url for camera in emulator.cameras]
    app = Watched(targets, connecting, folder=folder, facts=facts)
    stop = emulator.journal.subscribe(lambda _: app.news.set())
    try:
        async with app.run_test(size=size) as pilot:
            yield Desk(app, pilot, emulator, folder)
    finally:
        stop()


@asynccontextmanager
async def desk_with(
    folder: Path,
    *,
    models: tuple[str, ...] = ("DSC-QX10",),
    size: tuple[int, int] = (80, 24),
    facts: TerminalFacts | None = None,
    connecting: Connect = reach,
    **options: Any,
) -> AsyncIterator[Desk]:
    """A dashboard on emulated cameras; their scene is a simple one and their pictures small, to be quick."""
    async with (
        Emulator(models=models, control=False, still_scale=16, scene="chart", **options) as emulator,
        desk_on(emulator, folder, size=size, facts=facts, connecting=connecting) as desk,
    ):
        yield desk
