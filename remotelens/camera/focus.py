"""Focusing: half-press, touch AF, tracking focus, and what came of it.

Source: protocol/wifi.md 5.4 and 7.4.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from remotelens.camera.ending import Ending
from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.camera.state import CameraState
from remotelens.errors import CameraBusy, InvalidValue, NotAvailableNow
from remotelens.protocol.wifi.codes import ApiError

FOCUS_TIMEOUT_S = 10.0
RELEASE_TIMEOUT_S = 5.0
TRACK_TIMEOUT_S = 4.0
TRACKING = "Tracking"
BY_HAND = "MF"
_TRACK_HELP = "set tracking_focus=On and wait until the camera is idle"
_BY_HAND_HELP = "set focus_mode=AF-S, or leave the half-press out"
_AUTO_HELP = "set shoot_mode=still and wait until the camera is idle"


@dataclass(frozen=True, slots=True)
class FocusResult:
    """What came of focusing.

    Attributes:
        focused: whether the camera found focus; None where it does not tell (getEvent 1.0).
        status: the camera's word.
    """

    focused: bool | None
    status: str | None


class Focus:
    """Focus of one camera."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self.mode: Control = settings.control("focus_mode")
        self.tracking: Control = settings.control("tracking_focus")
        self._pressed = self._holding("cancelHalfPressShutter")
        self._touched = self._holding("cancelTouchAFPosition")
        self._tracked = self._holding("cancelTrackingFocus")

    @property
    def status(self) -> str | None:
        """The camera's word for its focus; None where it does not tell."""
        return self._line.state.focus_status

    @property
    def by_hand(self) -> bool:
        """Whether the lens is focused by hand, so that a half-press comes to no result."""
        return self._line.state.value("focus_mode") == BY_HAND

    async def half_press(self, *, timeout_s: float = FOCUS_TIMEOUT_S) -> FocusResult:
        """Focus as a half-pressed shutter button does, and hold it until `release`.

        Raises:
            NotSupported: this camera has no half-press.
            NotAvailableNow: it has, but not in its present mode, or it is focused by hand.
            CameraBusy: it came to no result in time; the button is released again.
        """
        line = self._line
        line.require("actHalfPressShutter", "half-press", _AUTO_HELP)
        if self.by_hand:  # it takes the call, and tells no result, ever
            raise NotAvailableNow("it is focused by hand", camera=line.name, remedy=_BY_HAND_HELP)
        if _has_result(line.state):
            await self.release()
        await self._pressed.begin("actHalfPressShutter")
        if line.state.focus_status is None:
            return FocusResult(None, None)
        try:
            state = await line.until(_has_result, timeout_s=timeout_s, what="the result of focusing")
        except BaseException:
            await self._pressed.quietly()
            raise
        return FocusResult(_is_focused(state), state.focus_status)

    async def release(self, *, timeout_s: float = RELEASE_TIMEOUT_S) -> None:
        """Let the half-pressed shutter button go."""
        line = self._line
        await self._pressed.now()
        if line.state.focus_status is not None:
            await line.until(
                lambda state: not _has_result(state), timeout_s=timeout_s, what="the release of the focus"
            )

    @asynccontextmanager
    async def held(self, *, timeout_s: float = FOCUS_TIMEOUT_S) -> AsyncIterator[FocusResult]:
        """Half-press for as long as the block runs."""
        result = await self.half_press(timeout_s=timeout_s)
        try:
            yield result
        finally:
            await self._pressed.quietly()

    async def touch(self, x: float, y: float, *, timeout_s: float = 20.0) -> FocusResult:
        """Focus on a place in the live view picture, and hold it until `release_touch`.

        Args:
            x: from the left edge, 0 to 1.
            y: from the top edge, 0 to 1.
            timeout_s: how long the camera may take.

        Raises:
            InvalidValue: the place is outside the picture.
            CameraBusy: the camera came to no result in time; it was told to stop.
        """
        _check_inside(x, y)
        line = self._line
        line.require("setTouchAFPosition", "touch AF", _AUTO_HELP)
        try:
            values = await self._touched.begin(
                "setTouchAFPosition", round(x * 100, 2), round(y * 100, 2), timeout_s=timeout_s
            )
        except CameraBusy as error:
            if error.code == ApiError.TIMEOUT:  # it goes on focusing after that answer
                await self._touched.quietly()
            raise
        told = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        found = told.get("AFResult")
        return FocusResult(found if isinstance(found, bool) else None, self.status)

    async def release_touch(self) -> None:
        """Give up the touched place; the camera chooses by itself again."""
        line = self._line
        await self._touched.now()
        await line.until(
            lambda state: not state.touch_focus, timeout_s=RELEASE_TIMEOUT_S, what="the release of the focus"
        )

    async def track(self, x: float, y: float, *, timeout_s: float = TRACK_TIMEOUT_S) -> FocusResult:
        """Follow what is at a place in the live view picture and keep it in focus, until `release_tracking`.

        The camera may give it up by itself: `tracking_status` tells.

        Args:
            x: from the left edge, 0 to 1.
            y: from the top edge, 0 to 1.
            timeout_s: how long the camera may take to take hold of it.

        Raises:
            InvalidValue: the place is outside the picture.
            NotSupported: this camera has no tracking focus.
            NotAvailableNow: it has, but tracking focus is off, or not in its present mode.
        """
        _check_inside(x, y)
        line = self._line
        line.require("actTrackingFocus", "tracking focus", _TRACK_HELP)
        place = {"xPosition": round(x * 100, 2), "yPosition": round(y * 100, 2)}
        await self._tracked.begin("actTrackingFocus", place)
        try:
            state = await line.until(
                lambda state: state.tracking_status == TRACKING,
                timeout_s=timeout_s,
                what="something to track",
            )
        except CameraBusy:
            await self._tracked.quietly()
            return FocusResult(False, line.state.tracking_status)
        except BaseException:
            await self._tracked.quietly()
            raise
        return FocusResult(True, state.tracking_status)

    async def release_tracking(self) -> None:
        """Follow nothing any more."""
        line = self._line
        await self._tracked.now()
        await line.until(
            lambda state: state.tracking_status != TRACKING,
            timeout_s=RELEASE_TIMEOUT_S,
            what="the end of tracking",
        )

    @property
    def follows(self) -> bool:
        """Whether the camera follows something now."""
        return self.tracking_status == TRACKING

    @property
    def tracking_status(self) -> str | None:
        """The camera's word for its tracking focus; None where it does not tell."""
        return self._line.state.tracking_status

    def keep(self) -> None:
        """Leave a touched or tracked place held by the camera when it is closed here, for whoever is next."""
        self._touched.owed = self._tracked.owed = False

    async def close(self) -> None:
        """Let go of whatever is still held: tracking, touch, half-press, in that order (wifi.md 7.4)."""
        for held in (self._tracked, self._touched, self._pressed):
            await held.close()

    def _holding(self, release: str) -> Ending:
        return Ending(
            self._line,
            release,
            doubt="the focus may still be held",
            limit_s=RELEASE_TIMEOUT_S,
            call_timeout_s=RELEASE_TIMEOUT_S / 2,
        )


def _check_inside(x: float, y: float) -> None:
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise InvalidValue(f"({x:g}, {y:g}) is outside the picture", remedy="give fractions from 0 to 1")


def _has_result(state: CameraState) -> bool:
    return _is_focused(state) or (state.focus_status or "").startswith("Failed")


def _is_focused(state: CameraState) -> bool:
    return (state.focus_status or "").startswith("Focused")
