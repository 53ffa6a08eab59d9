"""The buttons of the camera, whoever presses them: a finger, the Bluetooth remote, or a test.

Source: protocol/wifi.md 6.3 (a QX has a shutter button and a zoom lever), protocol/ble.md 4.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
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
        self._press: dict[str, Callable[[int], None]] = {
            "half": self._half,
            "af_on": self._half,
            "full": self._full,
            "record": lambda _speed: self._recorder.toggle(),
            "c1": lambda _speed: None,
            "zoom_tele": lambda speed: self._parts.lens.start("in", _pace(speed)),
            "zoom_wide": lambda speed: self._parts.lens.start("out", _pace(speed)),
            "focus_near": lambda speed: self._jog("focus_near", "in", speed),
            "focus_far": lambda speed: self._jog("focus_far", "out", speed),
        }
        self._release: dict[str, Callable[[], None]] = {
            "half": self.half_released,
            "af_on": self.half_released,
            "full": self._full_released,
            "zoom_tele": lambda: self._parts.lens.stop("in"),
            "zoom_wide": lambda: self._parts.lens.stop("out"),
        }

    def press(self, button: str, speed: int) -> None:
        """Hold a button down; what the camera cannot do now is ignored, as it is on the camera.

        Raises:
            ValueError: the camera has no such button.
        """
        if button not in BUTTONS:
            raise ValueError(f"there is no button {button!r}; there are {', '.join(BUTTONS)}")
        self._held.add(button)
        with contextlib.suppress(Refused):
            self._press[button](speed)

    def release(self, button: str) -> None:
        """Let go of a button."""
        if button in self._held:
            self._held.discard(button)
            with contextlib.suppress(Refused):
                self._release.get(button, lambda: None)()

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

    def _half(self, _speed: int) -> None:
        if self._parts.settings.shoot_mode == "still" and self._parts.machine.can(Cause.RELEASE):
            self.half_pressed()

    def _full(self, _speed: int) -> None:
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
