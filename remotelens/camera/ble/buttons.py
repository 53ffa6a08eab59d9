"""The camera's buttons, pressed from here; whatever was pressed is released, however the work ends.

A button that is not released leaves the camera stuck until it is (protocol/ble.md 4.3). So a release goes out
also when the work is cancelled, and a new connection begins by releasing the shutter.

Source: protocol/ble.md 4.1 and 4.3.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from remotelens.camera.ble.events import remote_is_off
from remotelens.clock import Clock
from remotelens.errors import InvalidValue, LinkError, NotSupported, RefusedError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.remote import BUTTONS, Button, Command, press, release
from remotelens.transport.ble.gatt import GattLink
from remotelens.transport.undone import undone

_log = logging.getLogger(__name__)
RELEASE_LIMIT_S: Final = 5.0
TAP_S: Final = 0.1
FASTEST_STEP: Final = 0x7F
"""The largest step that programs in use send; zoom takes a little more."""


class Buttons:
    """The buttons of one camera.

    Args:
        gatt: the connection.
        camera: what it is called in messages.
        clock: spends the time for which they are held.
    """

    def __init__(self, gatt: GattLink, camera: str, clock: Clock) -> None:
        self._gatt = gatt
        self._camera = camera
        self._clock = clock

    async def probe(self) -> None:
        """Release the shutter, which a session before this one may have left pressed.

        The answer tells whether buttons do anything at all.

        Raises:
            NotAvailableNow: remote control is off in the camera's menu, or the camera sleeps.
            NotSupported: this body has no remote control.
            LinkError: the connection ended.
        """
        await self._write(release(Button.FULL))
        await self._write(release(Button.HALF))

    @contextlib.asynccontextmanager
    async def held(self, button: Button, step: int | None = None) -> AsyncIterator[None]:
        """Hold a button for the length of a block.

        Args:
            button: which one.
            step: the speed of a jog; None for its middle one.

        Raises:
            NotAvailableNow, NotSupported, LinkError: as `probe` does; nothing is held then.
        """
        try:
            await self._write(press(button, step))
        except RefusedError:
            raise
        except BaseException:
            await undone(self._let_go(button))  # the press may have arrived
            raise
        try:
            yield
        finally:
            await undone(self._let_go(button))

    async def tap(self, button: Button) -> None:
        """Press a button and release it."""
        async with self.held(button):
            await self._clock.sleep(TAP_S)

    async def _let_go(self, button: Button) -> None:
        """Release on the way out; what ends the work is told to the caller, not a failure to release."""
        try:
            async with self._clock.timeout(RELEASE_LIMIT_S):
                await self._write(release(button))
        except (RefusedError, LinkError, TimeoutError) as error:
            _log.warning("%s: button %s may still be held: %s", self._camera, button, error)

    async def _write(self, command: Command) -> None:
        try:
            await self._gatt.write(uuids.REMOTE_COMMAND, command.encode(), "remote control")
        except RefusedError as error:
            if error.code == AttCode.REFUSED:
                raise remote_is_off(self._camera, error.code) from error
            if error.code == AttCode.UNKNOWN_COMMAND:
                raise NotSupported(
                    f"the camera does not know the button {command.button}, and has hung up",
                    camera=self._camera,
                    code=error.code,
                ) from error
            raise


def step_of(button: Button, speed: float) -> int:
    """Return the step for a speed above 0 and up to 1.

    Raises:
        InvalidValue: the speed is none of those, or the button is no jog.
    """
    facts = BUTTONS[button]
    if facts.slowest is None:
        raise InvalidValue(f"button {button} has no speed")
    if not 0 < speed <= 1:
        raise InvalidValue(f"{speed:g} is no speed", remedy="give more than 0 and at most 1")
    return round(facts.slowest + speed * (FASTEST_STEP - facts.slowest))
