"""What a person beside the camera can do to it, and what only the makers of worlds can.

The control API, the command line and the test fixtures are faces of this; nothing here speaks a protocol.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from emulator.body.refusals import Reason, Refused
from emulator.clock import Clock, VirtualClock
from emulator.device import Device
from emulator.journal import Journal
from emulator.stage import Stage, Weather
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow, WifiJoinFailed

if TYPE_CHECKING:
    from emulator.ble.handling import RadioHands

Button = Literal["half", "full", "record", "af_on", "c1", "zoom_tele", "zoom_wide", "focus_near", "focus_far"]
BUTTONS: tuple[str, ...] = get_args(Button)

LONGEST_PRESS_S = 3600.0


class Cameras(Protocol):
    """The cameras in reach, and their world; `emulator.rack.Emulator` has this shape."""

    cameras: list[Device]
    clock: Clock
    journal: Journal
    stage: Stage

    def look_at_stage(self) -> None:
        """Let every camera see what the stage shows now."""
        ...

    async def reset(self) -> None:
        """Bring everything back to the start."""
        ...


class Hands:
    """A person with all the cameras of one rack in reach.

    Args:
        rack: the cameras.
    """

    def __init__(self, rack: Cameras) -> None:
        self._rack = rack
        self._begun: set[asyncio.Task[None]] = set()
        self._radios: dict[str, RadioHands] = {}

    def camera(self, camera_id: str) -> Device:
        """Return a camera by its id.

        Raises:
            CameraNotFound: there is none of that name.
        """
        for camera in self._rack.cameras:
            if camera.id == camera_id:
                return camera
        known = ", ".join(camera.id for camera in self._rack.cameras)
        raise CameraNotFound(f"there is no camera {camera_id!r}", remedy=f"there are {known}")

    async def power(self, camera: Device, on: bool) -> None:
        """Press the power button if need be; returns when the camera is so, its network included."""
        if on:
            await camera.body.power_on()
            if camera.peripheral is None:
                await camera.body.wifi_on()
        else:
            await camera.body.power_off()
        await camera.mind_gate()

    async def begin_power(self, camera: Device, on: bool) -> None:
        """Press the power button and return with what happens at once: for time that stands still."""
        task = asyncio.get_running_loop().create_task(self.power(camera, on))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        await self.advance(0.0)

    async def close(self) -> None:
        """Give up what has been begun and not ended."""
        for task in tuple(self._begun):
            task.cancel()
        await asyncio.gather(*self._begun, return_exceptions=True)
        await self._let_go_of_radios()

    def press(self, camera: Device, button: str, seconds: float = 0.2) -> None:
        """Press a button and let go of it after that many seconds of the camera's time.

        Raises:
            InvalidValue: there is no such button, or the time is none.
        """
        if button not in BUTTONS:
            raise InvalidValue(f"there is no button {button!r}", remedy=f"there are {', '.join(BUTTONS)}")
        if not 0.0 <= seconds <= LONGEST_PRESS_S:
            raise InvalidValue(f"a button cannot be held for {seconds:g} s")
        self._rack.journal.add(camera.id, "body", "press", button=button, s=seconds)
        camera.body.press(button)
        camera.body.clock.call_later(seconds, lambda: camera.body.release(button))

    def card(
        self,
        camera: Device,
        *,
        present: bool | None = None,
        full: bool | None = None,
        protected: bool | None = None,
    ) -> None:
        """Take the card out, put it in, fill it, or move its write protection."""
        card = camera.body.card
        if present is not None:
            card.present = present
        if full is not None:
            card.full = full
        if protected is not None:
            card.protected = protected

    def battery(self, camera: Device, ratio: float) -> None:
        """Charge or drain the battery to that ratio.

        Raises:
            InvalidValue: the ratio is not between 0 and 1.
        """
        if not 0.0 <= ratio <= 1.0:
            raise InvalidValue(f"a battery cannot be at {ratio:g}", remedy="give a ratio of 0 to 1")
        camera.body.battery_ratio = ratio

    def dial(
        self, camera: Device, *, exposure_mode: str | None = None, shoot_mode: str | None = None
    ) -> None:
        """Turn the mode dial, or switch between stills and movies; the camera takes its time.

        Raises:
            InvalidValue: there is no such mode.
            NotAvailableNow: the camera is busy, or has no dial.
        """
        with _refusals(camera):
            if shoot_mode is not None:
                camera.body.modes.set_shoot_mode(shoot_mode)
            if exposure_mode is not None:
                camera.body.modes.set_exposure_mode(exposure_mode)

    def settings(self, camera: Device, changes: Mapping[str, Any]) -> None:
        """Change settings in the camera's own menu, at once and behind the back of whoever is connected.

        Raises:
            InvalidValue: there is no such setting or value; nothing has changed.
            NotAvailableNow: it cannot be set in the present mode; nothing has changed.
        """
        settings = camera.body.settings
        known = settings.state
        for name, value in changes.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
                raise InvalidValue(f"the camera has no setting {name!r}", camera=camera.id, remedy=remedy)
            try:
                settings.check(name, value)
            except Refused as refused:
                offered = ", ".join(map(str, settings.candidates(name)))
                if not offered:
                    raise NotAvailableNow(
                        str(refused), camera=camera.id, remedy="choose another mode first"
                    ) from refused
                raise InvalidValue(str(refused), camera=camera.id, remedy=f"there are {offered}") from refused
            except (TypeError, ValueError) as error:
                raise InvalidValue(f"{name} cannot be {value!r}", camera=camera.id) from error
        for name, value in changes.items():
            settings.change(name, value)

    def lens(self, camera: Device, *, zoom: float | None = None, focus_m: float | None = None) -> None:
        """Turn the rings of the lens.

        Args:
            camera: whose.
            zoom: 0 wide to 1 tele.
            focus_m: a distance in metres.

        Raises:
            InvalidValue: the ring does not go there.
        """
        try:
            if zoom is not None:
                camera.body.lens.place(zoom)
            if focus_m is not None:
                camera.body.lens.focus_at(focus_m)
        except ValueError as error:
            raise InvalidValue(str(error), camera=camera.id) from error

    def temperature(self, camera: Device, celsius: float) -> None:
        """Bring the camera into air of another temperature; its sensor follows.

        Raises:
            InvalidValue: no camera works there.
        """
        if not -40.0 <= celsius <= 60.0:
            raise InvalidValue(f"cameras do not work at {celsius:g} °C", remedy="give -40 to 60")
        camera.body.ambient_c = celsius

    def scene(self, name: str) -> None:
        """Have another scene in front of the cameras, from its beginning and in its own weather.

        Raises:
            InvalidValue: there is no such scene.
            ConfigError: its file says something impossible.
        """
        self._rack.stage.set_scene(name)
        self._rack.look_at_stage()

    def weather(self, weather: Weather) -> None:
        """Change the weather.

        Raises:
            InvalidValue: there is no such weather.
            NotAvailableNow: clouds, under a roof.
        """
        self._rack.stage.set_weather(weather)
        self._rack.look_at_stage()

    def jump(self, seconds: float) -> None:
        """Let it be so much later at once, in the scene and by every clock; nothing happens in between.

        Raises:
            InvalidValue: time does not go there.
        """
        self._rack.stage.jump(seconds)
        self._rack.clock.jump(seconds)
        self._rack.look_at_stage()

    async def join(self, ssid: str, key: str, camera: Device | None = None) -> Device:
        """Bring this host onto a camera's network; returns the camera.

        Raises:
            WifiJoinFailed: no camera has a network of that name on the air, or the key is wrong.
        """
        cameras = self._rack.cameras if camera is None else [camera]
        for candidate in cameras:
            if candidate.ssid == ssid:
                await candidate.join(ssid, key)
                return candidate
        raise WifiJoinFailed(
            f"no network {ssid!r} is on the air", camera=None if camera is None else camera.id
        )

    def pairing(self, camera: Device, *, screen: bool | None = None, accept: bool | None = None) -> None:
        """Open or close the pairing screen, and press OK or Cancel on it.

        Raises:
            NotAvailableNow: the camera has no Bluetooth, or its screen is kept closed.
        """
        radio = camera.radio()
        if screen is not None:
            if screen:
                radio.open_pairing()
            else:
                radio.close_pairing()
        if accept is not None:
            radio.accept(accept)

    def radio(self, camera: Device) -> RadioHands:
        """Return the hands on a camera's radio.

        Raises:
            NotAvailableNow: the camera has no Bluetooth.
        """
        from emulator.ble.handling import RadioHands

        radio, hands = camera.radio(), self._radios.get(camera.id)
        if hands is None or hands.camera is not radio:
            hands = self._radios[camera.id] = RadioHands(radio)
        return hands

    async def advance(self, seconds: float) -> None:
        """Let time pass, where it stands still otherwise.

        Raises:
            NotAvailableNow: the rack's time passes by itself.
            InvalidValue: the seconds are negative or endless.
        """
        clock = self._rack.clock
        if not isinstance(clock, VirtualClock):
            raise NotAvailableNow(
                "time passes by itself here", remedy="start the emulator with --clock virtual"
            )
        if not 0.0 <= seconds < float("inf"):
            raise InvalidValue(f"time cannot pass by {seconds:g} s")
        await clock.advance(seconds)

    async def reset(self) -> None:
        """Bring everything back to the start."""
        await self._let_go_of_radios()
        await self._rack.reset()

    async def _let_go_of_radios(self) -> None:
        while self._radios:
            await self._radios.popitem()[1].close()


@contextlib.contextmanager
def _refusals(camera: Device) -> Iterator[None]:
    """Turn the camera's own refusals into words."""
    try:
        yield
    except Refused as refused:
        if refused.reason is Reason.ILLEGAL_ARGUMENT:
            raise InvalidValue(str(refused), camera=camera.id) from refused
        raise NotAvailableNow(str(refused), camera=camera.id, remedy="wait until it says IDLE") from refused
    except KeyError as error:
        raise NotAvailableNow(f"the camera has no {error}", camera=camera.id) from error
