"""One camera: wires its abilities together and hands them out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remotelens.camera.contents import Contents
from remotelens.camera.drive import Drive
from remotelens.camera.exposure import Exposure
from remotelens.camera.focus import FOCUS_TIMEOUT_S, Focus, FocusResult
from remotelens.camera.guard import SettingsGuard, guarded
from remotelens.camera.image import Image
from remotelens.camera.line import IDLE_TIMEOUT_S, Line
from remotelens.camera.live_view import LiveView, LiveViewSource, Opener
from remotelens.camera.movie import Movie
from remotelens.camera.pictures import Pictures
from remotelens.camera.power import Power
from remotelens.camera.settings import Settings
from remotelens.camera.shot import ORIGINAL, Shot
from remotelens.camera.shutter import Shutter
from remotelens.camera.state import CameraState, Setting, Value
from remotelens.camera.wallclock import WallClock
from remotelens.camera.white_balance import WhiteBalance
from remotelens.camera.zoom import Zoom
from remotelens.errors import NotSupported
from remotelens.library.fetch import Source, StoredFile
from remotelens.protocol.wifi.calls import check_params

if TYPE_CHECKING:
    from remotelens.camera.remote import Remote
    from remotelens.link.pair import BleLink


class Camera:
    """A camera that has been reached; made by `connect`.

    Each ability is an attribute named after it. What the camera can do now, `state` tells; whatever it does
    not offer is refused before anything is sent.

    Args:
        line: its API and state.
        source: where its pictures are fetched from.
        open_stream: opens its live view.
        ble: gives the Bluetooth connection to it; None for a camera that is not reached that way.
    """

    def __init__(
        self,
        line: Line,
        *,
        source: Source,
        open_stream: Opener,
        ble: Callable[[], Awaitable[BleLink]] | None = None,
    ) -> None:
        self._line = line
        self._ble = ble
        self.name = line.name
        self.uuid: str | None = None
        """Its own id, which stays the same; None where it has not told one."""
        self._settings = Settings(line)
        self._live_view = LiveViewSource(line, open_stream)
        wall_clock = WallClock(line)
        pictures = self._pictures = Pictures(line, source)
        self.focus = Focus(line, self._settings)
        self.drive = Drive(line, self._settings)
        self.contents = Contents(line, pictures, open_stream)
        self.shutter = Shutter(
            line, self._settings, self.focus, self.drive, pictures, self.contents, wall_clock
        )
        self.exposure = Exposure(self._settings)
        self.white_balance = WhiteBalance(line, self._settings)
        self.zoom = Zoom(line, self._settings)
        self.movie = Movie(line, self._settings)
        self.image = Image(self._settings)
        self.power = Power(line, self._settings, wall_clock)

    @property
    def state(self) -> CameraState:
        """What is known of the camera now."""
        return self._line.state

    @property
    def settings(self) -> Mapping[str, Setting]:
        """The settings the camera offers now, by name."""
        return self._settings.now

    def subscribe(self) -> AsyncIterator[CameraState]:
        """Return an iterator of the camera's state: the present one, then the newest after each change."""
        return self._line.store.subscribe()

    async def capture(
        self,
        *,
        size: str = ORIGINAL,
        half_press: bool = False,
        burst_s: float | None = None,
        bulb_s: float | None = None,
    ) -> Shot:
        """Take a picture, a continuous run or a held exposure; see `Shutter.capture`."""
        return await self.shutter.capture(size=size, half_press=half_press, burst_s=burst_s, bulb_s=bulb_s)

    def live_view(self, *, frame_info: bool = False, size: str | None = None) -> LiveView:
        """Return the live view: an async iterator of `Frame`, newest wins.

        Args:
            frame_info: also ask for the camera's focus frames, where it has them.
            size: ``L`` or ``M`` on a camera that has a choice; None for the camera's own. Who watches first
                decides for all.
        """
        return LiveView(self._live_view, frame_info=frame_info, size=size)

    @asynccontextmanager
    async def remote(self) -> AsyncIterator[Remote]:
        """Use it over Bluetooth LE alone for a block, whether its Wi-Fi answers or not.

        ::

            async with camera.remote() as remote:
                await remote.shutter.shoot()

        Raises:
            NotSupported: this camera was not added over Bluetooth.
            CameraNotFound, LinkError: there is no connection, and none can be made.
        """
        if self._ble is None:
            raise NotSupported(
                "this camera was not added over Bluetooth",
                camera=self.name,
                remedy="add it with 'remotelens setup --ble'; QX cameras have no Bluetooth radio",
            )
        from remotelens.camera.remote import over

        async with over(await self._ble(), clock=self._line.clock) as remote:
            yield remote

    async def half_press(self, *, timeout_s: float = FOCUS_TIMEOUT_S) -> FocusResult:
        """Focus and hold it until `focus.release`; see `Focus.half_press`."""
        return await self.focus.half_press(timeout_s=timeout_s)

    def settings_guard(
        self, names: Iterable[str] | None = None
    ) -> AbstractAsyncContextManager[SettingsGuard]:
        """Leave the settings as they are now: what has changed by the end of the block is put back.

        ::

            async with camera.settings_guard() as guard:
                await camera.set("iso", "800")
                guard.drift()  # what differs now, by whomever it was changed

        A setting that the camera does not offer in the mode it is put back to is named in `guard.left`. An
        error in the block goes on after the settings were put back.

        Args:
            names: the settings to guard; None for all that can be changed now.
        """
        return guarded(self._line, self._settings, names)

    def get(self, name: str) -> Setting:
        """Return one setting; see `Settings.get`."""
        return self._settings.get(name)

    async def set(self, name: str, value: Value) -> Setting:
        """Change one setting; see `Settings.set`."""
        return await self._settings.set(name, value)

    async def set_all(self, values: Mapping[str, Value]) -> dict[str, Setting]:
        """Change several settings; see `Settings.set_all`."""
        return await self._settings.set_all(values)

    async def call(
        self,
        service: str,
        method: str,
        params: tuple[Any, ...] | list[Any] = (),
        version: str | None = None,
        *,
        timeout_s: float | None = None,
        checked: bool = True,
    ) -> list[Any]:
        """Call a method of the camera's API as it is, and return its values.

        Args:
            service: camera, system, avContent, guide or accessControl.
            method: its name there.
            params: its parameters.
            version: of the method; None for the newest the camera has.
            timeout_s: how long to wait for the answer.
            checked: refuse parameters that do not fit the method table, before they are sent.

        Raises:
            InvalidValue: the parameters do not fit; the message names what the method takes.
            AuthenticationNeeded: the method is locked; see `unlock`.
        """
        if checked:
            check_params(service, method, params)
        return await self._line.api.call(service, method, params, version, timeout_s=timeout_s)

    async def unlock(self) -> tuple[str, ...]:
        """Unlock what the developer's registration lists, until the camera is switched off.

        The abilities do it by themselves where the camera wants it; `call` does not. Returns the methods as
        ``service/method``; see `Access.unlock`.
        """
        return await self._line.access.unlock()

    async def fetch(self, url: str, folder: Path | str, name: str | None = None) -> StoredFile:
        """Bring the picture at an address of this camera's into a folder, whole or not at all.

        Args:
            url: as the camera gave it.
            folder: where it shall stand; nothing there is overwritten.
            name: its file name; None for the one in the address.
        """
        return await self._pictures.fetch(url, Path(folder), name)

    async def wait_idle(self, timeout_s: float = IDLE_TIMEOUT_S) -> CameraState:
        """Wait until the camera is ready for the next command."""
        return await self._line.wait_idle(timeout_s)

    async def refresh(self) -> CameraState:
        """Ask the camera for everything it has to tell, instead of waiting for its events."""
        return await self._line.snapshot()

    async def close(self) -> None:
        """Leave the camera as it was.

        What goes on is ended, live view stopped, Contents Transfer left, focus let go, the zoom at rest. A
        recording that was started by `movie.start` alone goes on.
        """
        async with AsyncExitStack() as leaving:  # each is closed whatever comes of those before
            leaving.callback(self._line.store.close)
            for part in (
                self.zoom,
                self.focus,
                self.contents,
                self._live_view,
                self.movie,
                self.shutter,
                self.drive,
            ):
                leaving.push_async_callback(part.close)  # the last is the first
