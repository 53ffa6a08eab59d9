"""What a person beside the camera can do to it, and what only the makers of worlds can.

The control API, the command line and the test fixtures are faces of this; nothing here speaks a protocol.
"""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol, get_args

from emulator.clock import Clock, VirtualClock
from emulator.device import Device
from emulator.journal import Journal
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow, WifiJoinFailed

Button = Literal["half", "full", "record", "af_on", "c1", "zoom_tele", "zoom_wide", "focus_near", "focus_far"]
BUTTONS: tuple[str, ...] = get_args(Button)

LONGEST_PRESS_S = 3600.0


class Cameras(Protocol):
    """The cameras in reach, and their world; `emulator.rack.Emulator` has this shape."""

    cameras: list[Device]
    clock: Clock
    journal: Journal

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
        await self._rack.reset()
