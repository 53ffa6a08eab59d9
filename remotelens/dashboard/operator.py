"""The operator: the one part of the dashboard that talks to a camera.

It connects, follows the camera's state, watches its live view and does what is asked, for as long as `run`
runs. Screens get a `View` at each change, and each frame; they never see the camera.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from remotelens.camera.camera import Camera
from remotelens.clock import Clock
from remotelens.dashboard.board import Board, Face
from remotelens.dashboard.deeds import Deeds
from remotelens.dashboard.view import View
from remotelens.errors import InputError, RemoteLensError

RETRY_FIRST_S = 1.0
RETRY_LONGEST_S = 15.0
LIVE_PAUSE_S = 1.0

Connect = Callable[[str | None], AbstractAsyncContextManager[Camera]]


class Operator:
    """Works one camera.

    Args:
        camera: which one, as the person named it; None for the only one there is.
        connect: reaches it, and holds it while its block runs.
        face: shows what comes of it.
        folder: where pictures go.
        clock: measures and spends the time.

    Attributes:
        deeds: takes wishes; None while no camera is connected.
    """

    def __init__(
        self, camera: str | None, connect: Connect, face: Face, *, folder: Path, clock: Clock
    ) -> None:
        self._target = camera
        self._connect = connect
        self._folder = folder
        self._clock = clock
        self._changed = asyncio.Event()
        self._board = Board(View(_called(camera)), face)
        self._leaving = False
        self._pause_s = RETRY_FIRST_S
        self.deeds: Deeds | None = None

    @property
    def view(self) -> View:
        """What is shown of the camera now."""
        return self._board.view

    def set_live(self, wanted: bool) -> None:
        """Have live view, or have it stopped on the camera."""
        self._board.put(live=wanted)
        self._changed.set()

    def leave(self) -> None:
        """Try no more, whatever comes; whoever runs it cancels that as well.

        Up to Python 3.12 a camera lost in the moment of the cancelling is all that comes out of a task group.
        """
        self._leaving = True

    async def run(self) -> None:
        """Work the camera until told to leave; one that cannot be reached is tried again and again.

        Raises:
            InputError: what was asked for names no camera.
        """
        while not self._leaving:
            try:
                await self._work()
            except InputError:
                raise
            except RemoteLensError as error:
                self._show_absent(error, self._pause_s)
            if self._leaving:
                return
            await self._clock.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, RETRY_LONGEST_S)

    def _show_absent(self, error: RemoteLensError, pause_s: float) -> None:
        now = self._clock.now()
        state = self.view.state
        link = "lost" if state.model else "absent"
        remedy = f" — {error.remedy}" if error.remedy else ""
        self._board.put(
            connected=False,
            state=replace(
                state,
                link=link,
                link_reason=f"{error.message}{remedy}",
                link_since=now if state.link == "ready" else state.link_since or now,
                link_next_try=now + timedelta(seconds=pause_s),
            ),
        )

    async def _work(self) -> None:
        """Connect, and do everything there is to do until the connection is given up."""
        self._board.put(state=replace(self.view.state, link_next_try=None))
        try:
            async with self._connect(self._target) as camera:
                await self._use(camera)
        except BaseExceptionGroup as group:
            raise _first_of(group) from group
        finally:
            self._board.put(connected=False, doing=None, touch=None, wanted=MappingProxyType({}))

    async def _use(self, camera: Camera) -> None:
        self._pause_s = RETRY_FIRST_S
        self._board.put(connected=True, name=camera.name, state=camera.state)
        self.deeds = Deeds(camera, self._board, self._folder, self._clock)
        try:
            async with asyncio.TaskGroup() as tasks:
                working = (tasks.create_task(self.deeds.run()), tasks.create_task(self._watch(camera)))
                await self._follow(camera)
                for task in working:
                    task.cancel()
        finally:
            self.deeds = None

    async def _follow(self, camera: Camera) -> None:
        async for state in camera.subscribe():
            let_go = self.view.state.touch_focus and not state.touch_focus
            self._board.put(state=state, touch=None if let_go else self.view.touch)
            self._changed.set()

    async def _watch(self, camera: Camera) -> None:
        """Watch the live view whenever it is wanted and the camera has one to give."""

        def may_watch() -> bool:
            state = camera.state
            return self.view.live and state.link == "ready" and "startLiveview" in state.available

        while True:
            await self._until(may_watch)
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._see_all(camera))
                unwanted = tasks.create_task(self._until(lambda: not self.view.live))
                await asyncio.wait((watching, unwanted), return_when=asyncio.FIRST_COMPLETED)
                watching.cancel()
                unwanted.cancel()
            if self.view.live:
                await self._clock.sleep(LIVE_PAUSE_S)

    async def _see_all(self, camera: Camera) -> None:
        try:
            async with camera.live_view(frame_info=True) as view, aclosing(aiter(view)) as frames:
                async for frame in frames:
                    await self._board.face.see(frame)
        except RemoteLensError as error:
            if camera.state.link == "ready":  # else the link itself is shown as lost, with its reason
                self._board.complain(error)

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds; it is looked at after each change."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()


def _called(camera: str | None) -> str:
    """Return what a camera is called until it has told its name: of a URL, host and port are enough."""
    if camera is None:
        return "camera"
    return camera.partition("://")[2].partition("/")[0] or camera


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one that says most: an error of ours before a foreign one."""
    ours = group.subgroup(RemoteLensError)
    flat: BaseException = ours or group
    while isinstance(flat, BaseExceptionGroup):
        flat = flat.exceptions[0]
    return flat
