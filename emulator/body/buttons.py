"""The buttons of the camera, whoever presses them: a finger, the Bluetooth remote, or a test.

Source: protocol/wifi.md 6.3 (a QX has a shutter button and a zoom lever), protocol/ble.md 4.
"""

from __future__ import annotations

import contextlib
from typing import Literal, get_args

from emulator.body.capture import Parts
from emulator.body.drive import Drive
from emulator.body.machine import Cause
from emulator.body.recorder import Recorder
from emulator.body.refusals import Refused
from emulator.body.shutter import Shutter

Button = Literal["half", "full", "record", "af_on", "c1", "zoom_tele", "zoom_wide", "focus_near", "focus_far"]
BUTTONS: tuple[str, ...] = get_args(Button)
_FASTEST = 0x7F
"""The largest step of a jog that remotes in use send."""
_SLOWEST_ZOOM = 0.1
_JOG_S = 0.1
_FOCUS_SHARE = 0.01
"""Of the dioptre scale, at each turn of a focus jog; up to three times as much at full speed."""


class Buttons:
    """What pressing and releasing does.

    Args:
        parts: the camera.
    """

    def __init__(self, parts: Parts, shutter: Shutter, drive: Drive, recorder: Recorder) -> None:
        self._parts = parts
        self._shutter = shutter
        self._drive = drive
        self._recorder = recorder
        self._held: set[str] = set()
        self._turns = 0

    def press(self, button: str, speed: int) -> None:
        """Hold a button down; what the camera cannot do now is ignored, as it is on the camera.

        Raises:
            ValueError: the camera has no such button.
        """
        if button not in BUTTONS:
            raise ValueError(f"there is no button {button!r}; there are {', '.join(BUTTONS)}")
        self._held.add(button)
        with contextlib.suppress(Refused):
            self._pressed(button, speed)

    def release(self, button: str) -> None:
        """Let go of a button."""
        if button in self._held:
            self._held.discard(button)
            with contextlib.suppress(Refused):
                self._released(button)

    def _pressed(self, button: str, speed: int) -> None:
        lens = self._parts.lens
        match button:
            case "half" | "af_on":
                self._half()
            case "full":
                self._full()
            case "record":
                self._recorder.toggle()
            case "zoom_tele":
                lens.start("in", _pace(speed))
            case "zoom_wide":
                lens.start("out", _pace(speed))
            case "focus_near":
                self._jog(button, "in", speed)
            case "focus_far":
                self._jog(button, "out", speed)

    def _released(self, button: str) -> None:
        match button:
            case "half" | "af_on":
                self.half_released()
            case "full":
                self._full_released()
            case "zoom_tele":
                self._parts.lens.stop("in")
            case "zoom_wide":
                self._parts.lens.stop("out")

    def release_all(self) -> None:
        """Let go of everything."""
        for button in tuple(self._held):
            self.release(button)

    def half_pressed(self) -> None:
        """Focus and hold focus and exposure, as a half-pressed shutter button does."""
        self._parts.focus.half_press()
        self._parts.work.start(self._lock_exposure(), "exposure lock")

    def half_released(self) -> None:
        """Let focus and exposure go."""
        self._parts.focus.release()
        self._parts.aim.unlock()

    async def _lock_exposure(self) -> None:
        await self._parts.aim.measure()
        if self._parts.focus.held:
            self._parts.aim.lock()

    def _half(self) -> None:
        if self._parts.settings.shoot_mode == "still" and self._parts.machine.can(Cause.RELEASE):
            self.half_pressed()

    def _full(self) -> None:
        if self._parts.settings.shoot_mode != "still":
            self._recorder.toggle()
        elif self._drive.is_bulb:
            self._drive.start_bulb()
        elif self._drive.is_continuous:
            self._drive.start_run()
        else:
            self._shutter.press()

    def _full_released(self) -> None:
        if self._drive.running:
            self._drive.stop(self._drive.running)

    def _jog(self, button: str, direction: Literal["in", "out"], speed: int) -> None:
        """Turn the focus, and go on turning it while the button is held."""
        if self._parts.focus.is_automatic:
            return
        share = _FOCUS_SHARE * (1 + 2 * min(max(speed, 0), _FASTEST) / _FASTEST)
        self._parts.lens.focus_step(direction, share)
        self._turns += 1
        self._parts.work.start(self._go_on_turning(button, direction, share, self._turns), button)

    async def _go_on_turning(
        self, button: str, direction: Literal["in", "out"], share: float, turn: int
    ) -> None:
        await self._parts.clock.sleep(_JOG_S)
        while button in self._held and turn == self._turns:
            self._parts.lens.focus_step(direction, share)
            await self._parts.clock.sleep(_JOG_S)


def _pace(speed: int) -> float:
    """Return the share of the zoom's full speed for a step; a button without steps goes at full speed."""
    return 1.0 if speed <= 0 else min(1.0, max(_SLOWEST_ZOOM, speed / _FASTEST))
