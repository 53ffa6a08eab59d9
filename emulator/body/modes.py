"""Changing shoot mode, exposure mode and camera function: accepted at once, done a moment later.

Source: protocol/wifi.md 7.2, 9.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from emulator.body.capture import Parts
from emulator.body.machine import Cause, Status
from emulator.body.refusals import Reason, Refused
from emulator.body.settings import EXPOSURE_MODE, SHOOT_MODE

FUNCTION = "CameraFunction"
REMOTE_SHOOTING = "Remote Shooting"
CONTENTS_TRANSFER = "Contents Transfer"
MEMORY_CARD = "Memory Card 1"
NO_CARD = "No Media"
JOURNEYS = frozenset({SHOOT_MODE, EXPOSURE_MODE, FUNCTION})
"""Settings whose change is a journey of the whole camera, not a value."""


class Modes:
    """The modes of one camera.

    Args:
        parts: the camera.
        leaving: called when a mode is left.
    """

    def __init__(self, parts: Parts, leaving: Callable[[], None]) -> None:
        self._parts = parts
        self._leaving = leaving
        self.function_result: Literal["", "Success", "Failure"] = ""
        """How the last change of function ended."""
        self.changing_function = False
        """On the way to another function: no live view, no shooting."""
        self.format_result: Literal["", "Success", "Failure"] = ""
        """How the last formatting of the card ended."""

    def set_shoot_mode(self, mode: str) -> None:
        """Accept another shoot mode."""
        self._change(SHOOT_MODE, mode, self._parts.profile.timings.shoot_mode)

    def set_exposure_mode(self, mode: str) -> None:
        """Accept another exposure mode."""
        self._change(EXPOSURE_MODE, mode, self._parts.profile.timings.exposure_mode)

    def set_function(self, function: str) -> None:
        """Accept another camera function.

        Raises:
            Refused: the camera is busy, or has no such function.
        """
        parts = self._parts
        if function not in parts.settings.supported(FUNCTION):
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"there is no camera function {function!r}")
        if function == parts.settings.value(FUNCTION) and parts.machine.can(Cause.MODE):
            return
        parts.settings.flush()
        parts.machine.move(Cause.MODE)
        self.function_result = ""
        self.changing_function = True
        self._leaving()
        self._drop_pictures()
        parts.work.start(self._reach_function(function), "camera function")

    def format_card(self, storage: str) -> None:
        """Accept to delete everything on the card.

        Raises:
            Refused: the camera is busy, or there is no such storage.
        """
        parts = self._parts
        if not parts.card.present or storage != MEMORY_CARD:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"there is no storage {storage!r}")
        if parts.machine.status is Status.CONTENTS_TRANSFER:
            raise Refused(Reason.NOT_NOW, "the card cannot be formatted while contents are transferred")
        parts.machine.move(Cause.MODE)
        self.format_result = ""
        parts.work.start(self._format(), "format")

    def forget(self) -> None:
        """Start anew after power on."""
        self.changing_function = False
        self.function_result = self.format_result = ""

    def _change(self, setting: str, value: str, seconds: float) -> None:
        parts = self._parts
        parts.settings.flush()
        parts.settings.check(setting, value)
        if parts.machine.status is Status.CONTENTS_TRANSFER:
            raise Refused(Reason.NOT_NOW, f"{setting} cannot be set while contents are transferred")
        if parts.settings.value(setting) == value and parts.machine.status is Status.IDLE:
            return
        parts.machine.move(Cause.MODE)
        parts.focus.reset()
        parts.aim.unlock()
        parts.work.start(self._reach(setting, value, seconds), "mode change")

    async def _reach(self, setting: str, value: str, seconds: float) -> None:
        parts = self._parts
        await parts.clock.sleep(seconds)
        parts.settings.change(setting, value)
        if setting == SHOOT_MODE:
            self._drop_pictures()
        parts.machine.move(Cause.READY)

    async def _format(self) -> None:
        parts = self._parts
        await parts.clock.sleep(parts.profile.timings.format)
        if parts.card.protected or not parts.card.present:
            self.format_result = "Failure"
        else:
            self.format_result = "Success"
            parts.card.format()
        parts.machine.move(Cause.READY)

    def _drop_pictures(self) -> None:
        """A server that keeps only the latest picture drops it at a mode change (wifi.md 9.2)."""
        if self._parts.profile.rules.postviews_kept == 1:
            self._parts.pictures.clear()

    async def _reach_function(self, function: str) -> None:
        parts = self._parts
        await parts.clock.sleep(parts.profile.timings.camera_function)
        parts.settings.change(FUNCTION, function)
        self.changing_function = False
        self.function_result = "Success"
        parts.machine.move(Cause.CONTENTS if function == CONTENTS_TRANSFER else Cause.READY)
        parts.bell.ring("settings")
