"""What a person can ask of a connected camera, each thing in its lane."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

from remotelens.camera.camera import Camera
from remotelens.camera.shot import Shot
from remotelens.camera.state import Value
from remotelens.clock import Clock
from remotelens.dashboard.board import Board
from remotelens.dashboard.lanes import Lane
from remotelens.dashboard.view import Touch
from remotelens.errors import ContentGone, LinkError, RemoteLensError, RemoteProtocolError

FETCH_TRIES = 5
FETCH_PAUSE_S = 1.0
NOT_FOCUSING = "Not Focusing"
_MOVIE = "movie"


class Deeds:
    """The wishes for one camera while it is connected.

    Args:
        camera: the camera.
        board: shows what is being done, and what became of it.
        folder: where pictures go.
        clock: spends the pauses.
    """

    def __init__(self, camera: Camera, board: Board, folder: Path, clock: Clock) -> None:
        self._camera = camera
        self._board = board
        self._folder = folder
        self._clock = clock
        self._shutter = Lane(board.complain)
        self._focus = Lane(board.complain)
        self._settings = Lane(board.complain)
        self._zoom = Lane(board.complain)
        self._taken: asyncio.Queue[Shot] = asyncio.Queue()
        self._holding = False

    async def run(self) -> None:
        """Do what is wished until cancelled; pictures that are not on the disk by then are left behind."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for lane in (self._shutter, self._focus, self._settings, self._zoom):
                    tasks.create_task(lane.run())
                tasks.create_task(self._fetch_all())
        finally:
            while not self._taken.empty():
                self._leave_behind(self._taken.get_nowait())

    def shoot(self, *, focus: bool) -> None:
        """Take a picture, or start and stop a movie where the camera films."""
        if self._shutter.busy:
            self._board.tell("a picture is being taken; press again when it is done")
            return
        self._shutter.put("shoot", lambda: self._shoot(focus=focus))

    def half_press(self) -> None:
        """Focus and hold it; if it is held, let it go."""
        self._focus.put("focus", self._release if self._holds else self._half_press)

    def touch(self, x: float, y: float) -> None:
        """Focus on a place of the picture, in fractions from its top left corner."""
        self._focus.put("focus", lambda: self._touch(x, y))

    def release_focus(self) -> None:
        """Give up a touched place and a held half-press."""
        self._focus.put("focus", self._release)

    def zoom(self, direction: str) -> None:
        """Zoom a step ``in`` or ``out``."""
        self._zoom.put("zoom", lambda: self._zoom_step(direction))

    def change(self, name: str, value: Value) -> None:
        """Set a setting; a newer wish for the same one replaces an older that waits."""
        self._board.want(name, value)
        self._settings.put(name, lambda: self._change(name, value))

    @property
    def _holds(self) -> bool:
        """Whether a half-press of ours is held; a camera that tells otherwise has let it go by itself."""
        return self._holding and self._camera.state.focus_status != NOT_FOCUSING

    async def _shoot(self, *, focus: bool) -> None:
        if self._camera.state.value("shoot_mode") == _MOVIE:
            await self._film()
            return
        state = self._camera.state
        can_focus = "actHalfPressShutter" in state.available and not self._camera.focus.by_hand
        focused_already = self._holds or bool(state.touch_focus)
        with self._board.doing("taking a picture"):
            shot = await self._camera.capture(half_press=focus and can_focus and not focused_already)
        self._board.add_shot(shot)
        self.fetch(shot)

    async def _film(self) -> None:
        if self._camera.state.recording:
            with self._board.doing("ending the movie"):
                await self._camera.movie.stop()
            self._board.tell("the movie is on the camera's card")
        else:
            with self._board.doing("starting a movie"):
                await self._camera.movie.start()

    async def _half_press(self) -> None:
        with self._board.doing("focusing"):
            result = await self._camera.half_press()
        self._holding = True
        found = _found(result.focused, "half-pressed", "")
        self._board.tell(f"{found}; f lets go")

    async def _touch(self, x: float, y: float) -> None:
        self._board.put(touch=Touch(x, y))
        try:
            with self._board.doing("focusing"):
                result = await self._camera.focus.touch(x, y)
        except RemoteLensError:
            self._board.put(touch=None)
            raise
        self._board.put(touch=Touch(x, y, result.focused))
        found = _found(result.focused, "focusing", " there")
        self._board.tell(f"{found}; x lets go")

    async def _release(self) -> None:
        held, self._holding = self._holds, False
        self._board.put(touch=None)
        if held:
            await self._camera.focus.release()
        if self._camera.state.touch_focus or not held:
            await self._camera.focus.release_touch()
        self._board.tell("focus let go")

    async def _zoom_step(self, direction: str) -> None:
        before = self._camera.zoom.position
        after = await self._camera.zoom.step(direction)
        if after is not None and after == before:
            self._board.tell(f"the zoom is at its {'long' if direction == 'in' else 'wide'} end")

    async def _change(self, name: str, value: Value) -> None:
        try:
            await self._camera.set(name, value)
        finally:
            if not self._settings.waits(name):
                self._board.settle(name)

    def fetch(self, shot: Shot) -> None:
        """Bring a picture to the disk; also one that did not get there before."""
        view = self._board.view
        self._board.put(fetching=view.fetching + 1, left_behind=view.left_behind - {shot.id})
        self._taken.put_nowait(shot)

    async def _fetch_all(self) -> None:
        while True:
            shot = await self._taken.get()
            try:
                await self._fetch(shot)
            except RemoteLensError as error:
                self._leave_behind(shot)
                place = "on the camera's card" if shot.on_card else "in the camera, which has no card"
                self._board.complain(error, f"the picture is {place}")
            except asyncio.CancelledError:
                self._leave_behind(shot)
                raise
            else:
                self._board.put(fetching=self._board.view.fetching - 1)

    def _leave_behind(self, shot: Shot) -> None:
        view = self._board.view
        self._board.put(fetching=view.fetching - 1, left_behind=view.left_behind | {shot.id})

    async def _fetch(self, shot: Shot) -> None:
        """Bring a picture to the disk; a link that breaks meanwhile is waited for.

        A raw file stays on the card: while it was fetched there would be no live view.
        """
        for remaining in reversed(range(FETCH_TRIES)):
            try:
                stored = await shot.download(self._folder, raw=False)
                break
            except (LinkError, RemoteProtocolError, ContentGone):
                if not remaining:
                    raise
            await self._clock.sleep(FETCH_PAUSE_S)
            await self._until_ready()
        self._board.replace_shot(stored)
        self._board.tell(f"saved {stored.path}")

    async def _until_ready(self) -> None:
        async with aclosing(self._camera.subscribe()) as states:  # type: ignore[type-var]  # an async generator has aclose
            async for state in states:
                if state.link == "ready":
                    return


def _found(focused: bool | None, not_told: str, where: str) -> str:
    """Return what came of focusing; some cameras do not tell."""
    if focused is None:
        return f"{not_told}{where}"
    return f"in focus{where}" if focused else f"no focus found{where}"
