"""Zoom and manual focus over Bluetooth LE: a jog is held for a time, at a speed.

The camera does not tell where the lens stands then. Focus moves only while the body is on manual focus.

Source: protocol/ble.md 4.1 and quirk 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remotelens.camera.ble.buttons import Buttons, step_of
from remotelens.clock import Clock
from remotelens.errors import InvalidValue
from remotelens.protocol.ble.remote import Button

ZOOM: Final = {"tele": Button.ZOOM_TELE, "wide": Button.ZOOM_WIDE}
FOCUS: Final = {"near": Button.FOCUS_NEAR, "far": Button.FOCUS_FAR}
LONGEST_MOVE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class LensMove:
    """A movement that was asked for, and that the camera has taken.

    Attributes:
        direction: tele, wide, near or far.
        seconds: how long the jog was held.
        step: the speed as it was sent.
    """

    direction: str
    seconds: float
    step: int


class RemoteLens:
    """The lens of one camera.

    Args:
        buttons: holds the jogs.
        clock: measures and spends the time.
    """

    def __init__(self, buttons: Buttons, clock: Clock) -> None:
        self._buttons = buttons
        self._clock = clock

    async def zoom(self, direction: str, seconds: float, *, speed: float = 0.5) -> LensMove:
        """Zoom to ``tele`` or ``wide`` for so long.

        Args:
            direction: where to.
            seconds: how long.
            speed: above 0, up to 1.

        Raises:
            InvalidValue: no such direction, time or speed.
            NotAvailableNow, NotSupported, LinkError: see `Buttons.probe`.
        """
        return await self._move(ZOOM, "zoom", direction, seconds, speed)

    async def focus(self, direction: str, seconds: float, *, speed: float = 0.5) -> LensMove:
        """Pull the focus ``near`` or ``far`` for so long, on a camera in manual focus.

        Raises:
            InvalidValue, NotAvailableNow, NotSupported, LinkError: as `zoom`.
        """
        return await self._move(FOCUS, "focus", direction, seconds, speed)

    async def _move(
        self, jogs: dict[str, Button], what: str, direction: str, seconds: float, speed: float
    ) -> LensMove:
        if direction not in jogs:
            raise InvalidValue(f"the {what} cannot go {direction!r}", remedy=f"choose {' or '.join(jogs)}")
        if not 0 < seconds <= LONGEST_MOVE_S:
            raise InvalidValue(
                f"the {what} cannot be moved for {seconds:g} s",
                remedy=f"give more than 0, up to {LONGEST_MOVE_S:g} s",
            )
        button = jogs[direction]
        step = step_of(button, speed)
        async with self._buttons.held(button, step):
            started_s = self._clock.monotonic()
            await self._clock.sleep(seconds)
            held_s = self._clock.monotonic() - started_s
        return LensMove(direction, held_s, step)
