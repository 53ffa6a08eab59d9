"""What a person can do with all the cameras of a rack, and what only the makers of worlds can."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from emulator.clock import Clock, VirtualClock
from emulator.device import Device
from emulator.hands.on_camera import CameraHands
from emulator.journal import Journal
from emulator.stage import Stage, Weather
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow, WifiJoinFailed

if TYPE_CHECKING:
    from emulator.ble.handling import RadioHands


class Cameras(Protocol):
    """The cameras in reach, and their world; `emulator.rack.Emulator` has this shape."""

    cameras: list[Device]
    clock: Clock
    journal: Journal
    stage: Stage

    def look_at_stage(self) -> None:
        """Let every camera see what the stage shows now."""
        ...


class Hands(CameraHands):
    """A person with all the cameras of one rack in reach.

    Args:
        rack: the cameras.
    """

    def __init__(self, rack: Cameras) -> None:
        super().__init__(rack.journal)
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

    async def press_power(self, camera: Device, on: bool) -> None:
        """Press the power button if need be; returns when the camera is so, or at once if time is still."""
        if isinstance(self._rack.clock, VirtualClock):
            await self.begin_power(camera, on)
        else:
            await self.power(camera, on)

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
        await self.let_go_of_radios()

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

    async def let_go_of_radios(self, *cameras: Device) -> None:
        """Let go of what is held at the radios of these cameras, which go; without any, of all."""
        for camera_id in [camera.id for camera in cameras] or tuple(self._radios):
            held = self._radios.pop(camera_id, None)
            if held is not None:
                await held.close()
