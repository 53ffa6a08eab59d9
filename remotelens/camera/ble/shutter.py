"""The shutter over Bluetooth LE: half-press, full press, and what the camera confirms of it.

A full press alone is ignored two times out of three, so it always follows a half-press. What the camera then
says proves the exposure; a press is never repeated because nothing was heard.

Source: protocol/ble.md 4.2, 4.3, quirks 14 and 16.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from remotelens.camera.ble.buttons import Buttons
from remotelens.camera.ble.events import Heard, RemoteEvents
from remotelens.camera.ble.readings import Readings
from remotelens.camera.evidence import CaptureUnknown, Finding, Outcome
from remotelens.clock import Clock
from remotelens.errors import (
    CaptureFailed,
    CardFull,
    InvalidValue,
    LinkError,
    ProtocolError,
    RefusedError,
    RemoteLensError,
)
from remotelens.protocol.ble.remote import Button, Category, RemoteStatus
from remotelens.protocol.ble.supply import MediaState

FOCUS_LIMIT_S: Final = 3.0
"""Bodies on manual focus or back-button focus never tell of focus; after this long we shoot anyway."""
EXPOSE_LIMIT_S: Final = 5.0
READY_LIMIT_S: Final = 5.0
LONGEST_HOLD_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class FocusSeen:
    """What the camera told of its focus.

    Attributes:
        focused: found, or given up; None where it did not say, as bodies on manual focus never do.
        seconds: until it was told.
    """

    focused: bool | None
    seconds: float


@dataclass(frozen=True, slots=True)
class RemoteShot:
    """One exposure that the camera has confirmed.

    Attributes:
        focused: as in `FocusSeen`.
        asked_at: when the shutter was pressed, UTC.
        opened_s: from the full press until the camera said that the shutter is open.
        open_s: how long it was open by what the camera said; None where it did not say when it closed.
        held_s: how long the button was held for a bulb exposure, else None.
        closed_early: the shutter closed before the button was released: the camera is not set to BULB.
    """

    focused: bool | None
    asked_at: datetime
    opened_s: float
    open_s: float | None
    held_s: float | None = None
    closed_early: bool = False


class RemoteShutter:
    """The shutter button of one camera.

    Args:
        buttons: presses it.
        events: what the camera says of it.
        readings: looked at to explain an exposure that did not happen.
        camera: what it is called in messages.
        clock: measures and spends the time.
    """

    def __init__(
        self, buttons: Buttons, events: RemoteEvents, readings: Readings, camera: str, clock: Clock
    ) -> None:
        self._buttons = buttons
        self._events = events
        self._readings = readings
        self._camera = camera
        self._clock = clock

    async def shoot(
        self,
        *,
        autofocus: bool = True,
        focus_limit_s: float = FOCUS_LIMIT_S,
        expose_limit_s: float = EXPOSE_LIMIT_S,
    ) -> RemoteShot:
        """Take a picture: half-press, focus, full press, exposure seen, released.

        In continuous drive the camera may take several: its word comes later than the next frame.

        Args:
            autofocus: wait for focus before the full press; False for manual focus.
            focus_limit_s: how long; then it is pressed anyway.
            expose_limit_s: how long the shutter may take to open, a self-timer included.

        Raises:
            CaptureFailed, CardFull: the camera did not open its shutter.
            CaptureUnknown: the connection ended between the press and the camera's word.
            NotAvailableNow, NotSupported: see `Buttons.probe`.
            LinkError: the connection ended before the full press.
        """
        return await self._expose(None, autofocus, focus_limit_s, expose_limit_s)

    async def bulb(
        self,
        seconds: float,
        *,
        autofocus: bool = True,
        focus_limit_s: float = FOCUS_LIMIT_S,
        expose_limit_s: float = EXPOSE_LIMIT_S,
    ) -> RemoteShot:
        """Hold the shutter open for so long, on a camera whose shutter speed is BULB.

        Raises:
            InvalidValue: no such time.
            CaptureFailed, CardFull, CaptureUnknown, NotAvailableNow, NotSupported, LinkError: as `shoot`.
        """
        _check_hold(seconds)
        return await self._expose(seconds, autofocus, focus_limit_s, expose_limit_s)

    async def half_press(
        self, hold_s: float = 0.0, *, button: Button = Button.HALF, focus_limit_s: float = FOCUS_LIMIT_S
    ) -> FocusSeen:
        """Focus as a half-pressed shutter button, or AF-ON, does; hold it for a while; let go.

        Raises:
            InvalidValue: no such time.
            NotAvailableNow, NotSupported, LinkError: see `Buttons.probe`.
        """
        if hold_s:
            _check_hold(hold_s)
        async with self._buttons.held(button):
            seen = await self._focus(self._events.mark, focus_limit_s)
            await self._clock.sleep(hold_s)
        return seen

    async def _expose(
        self, hold_s: float | None, autofocus: bool, focus_limit_s: float, expose_limit_s: float
    ) -> RemoteShot:
        mark = self._events.mark
        closed: Heard | None = None
        async with self._buttons.held(Button.HALF):
            focused = (await self._focus(mark, focus_limit_s)).focused if autofocus else None
            mark = self._events.mark
            pressed_s, asked_at = self._clock.monotonic(), self._clock.now()
            with self._unknown_when_lost():
                async with self._buttons.held(Button.FULL):
                    opened = await self._opened(mark, expose_limit_s, focused)
                    if hold_s is not None:
                        closed = await self._closed(opened, hold_s)
                        await self._clock.sleep(opened.at_s + hold_s - self._clock.monotonic())
        early = closed is not None
        with contextlib.suppress(LinkError, RefusedError):  # the exposure itself is confirmed
            closed = closed or await self._closed(opened, READY_LIMIT_S)
        return RemoteShot(
            focused=focused,
            asked_at=asked_at,
            opened_s=opened.at_s - pressed_s,
            open_s=closed.at_s - opened.at_s if closed and opened.status.active else None,
            held_s=hold_s,
            closed_early=early,
        )

    async def _focus(self, mark: int, limit_s: float) -> FocusSeen:
        started_s = self._clock.monotonic()
        busy = False

        def decided(status: RemoteStatus) -> bool:
            """A lost focus counts only after a search: it may be the last release, told late."""
            nonlocal busy
            if status.category != Category.FOCUS:
                return False
            busy = busy or status.busy
            return status.active or (busy and not status.busy)

        focused: bool | None = None
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(limit_s):
                focused = (await self._events.until(decided, since=mark)).status.active
        return FocusSeen(focused, self._clock.monotonic() - started_s)

    async def _opened(self, mark: int, limit_s: float, focused: bool | None) -> Heard:
        """Wait for the word that the shutter is open; the word that it has closed again says as much."""
        was_open = self._events.active(Category.SHUTTER) is True

        def said(status: RemoteStatus) -> bool:
            return status.category == Category.SHUTTER and (status.active or not was_open)

        try:
            async with self._clock.timeout(limit_s):
                return await self._events.until(said, since=mark)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            raise await self._why_not(limit_s, focused) from error

    async def _closed(self, opened: Heard, limit_s: float) -> Heard | None:
        """Wait for the word that the shutter has closed; None when it has not come in time."""
        if not opened.status.active:
            return opened
        try:
            async with self._clock.timeout(limit_s):
                return await self._events.until(_is_closed, since=opened.number)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            return None

    async def _why_not(self, limit_s: float, focused: bool | None) -> RemoteLensError:
        """Say why there was no exposure, as far as the camera lets us know."""
        try:
            slots = (await self._readings.media()).slots
        except (RefusedError, ProtocolError, LinkError):
            slots = ()
        present = [slot for slot in slots if slot.state != MediaState.NONE]
        if slots and not present:
            return CardFull(
                "the camera did not open its shutter: it has no memory card",
                camera=self._camera,
                remedy="put a memory card in",
            )
        if present and all(slot.shots_left == 0 for slot in present):
            return CardFull(
                "the camera did not open its shutter: its memory card is full",
                camera=self._camera,
                remedy="make room on it",
            )
        why = ": it found no focus" if focused is False else f" within {limit_s:g} s"
        return CaptureFailed(
            f"the camera did not open its shutter{why}",
            camera=self._camera,
            remedy="see that it is in a shooting mode; with a self-timer allow more time",
        )

    @contextlib.contextmanager
    def _unknown_when_lost(self) -> Iterator[None]:
        """Say that nobody knows, where the connection ends between the press and the camera's word."""
        try:
            yield
        except LinkError as error:
            words = "the Bluetooth connection was lost after the shutter was pressed"
            raise CaptureUnknown(
                f"{words}; whether a picture was taken is not known",
                finding=Finding(Outcome.UNKNOWN, words),
                camera=self._camera,
                remedy="look at the pictures on the camera before you take another",
            ) from error


def _is_closed(status: RemoteStatus) -> bool:
    return status.category == Category.SHUTTER and not status.active


def _check_hold(seconds: float) -> None:
    if not 0 < seconds <= LONGEST_HOLD_S:
        raise InvalidValue(
            f"a button cannot be held for {seconds:g} s", remedy="give more than 0, up to a day"
        )
