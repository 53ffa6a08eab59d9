"""Waking a sleeping camera over Bluetooth LE, for what it does only when it is on.

There is no command for it but the one that asks for Wi-Fi; so that is asked for, and given back as soon as
the camera is awake and nobody else wants it.

Source: protocol/ble.md 5.1, 10.1 and 10.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from remotelens.clock import Clock
from remotelens.errors import LinkTimeout, NotAvailableNow, NotSupported, RefusedError, RemoteLensError
from remotelens.link.wifi_state import Wifi, WifiWatch, status_of, watching

if TYPE_CHECKING:
    from remotelens.link.pair import BleLink

WAKE_LIMIT_S: Final = 20.0


async def wake(link: BleLink, clock: Clock, *, limit_s: float | None = None) -> None:
    """Switch a sleeping camera on; nothing happens to one whose Wi-Fi is up.

    Args:
        link: the connection to it.
        clock: measures the time.
        limit_s: how long it may take; `WAKE_LIMIT_S` when not given.

    Raises:
        NotAvailableNow: the camera does not let itself be woken.
        NotSupported: this body has no Wi-Fi to ask for.
        LinkError: the connection ended; `LinkTimeout` when the camera did not wake in time.
    """
    limit_s = WAKE_LIMIT_S if limit_s is None else limit_s
    camera, uuid = link.camera.label, status_of(link.gatt)
    if uuid is None:
        raise NotSupported("this body cannot be woken over Bluetooth", camera=camera, remedy="switch it on")
    async with watching(link.gatt, uuid, clock) as states, link.wifi.wanted():
        if _is_up(await states.now()):
            return
        try:
            await link.wifi.on()
        except RefusedError as error:
            raise NotAvailableNow(
                "the camera does not let itself be woken",
                camera=camera,
                remedy="switch the camera on, or allow 'Cnct. while Power OFF' in its Bluetooth menu",
                code=error.code,
            ) from error
        try:
            async with clock.timeout(limit_s):
                await _awake(states)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            raise LinkTimeout(
                f"the camera did not wake within {limit_s:g} s", camera=camera, remedy="switch it on by hand"
            ) from error


async def _awake(states: WifiWatch) -> None:
    """Wait until the camera says what only one says that is on; a failed launch will do, if it is news."""
    while True:
        state, told = await states.next()
        if _is_up(state) or (told and state is not None and bool(state.camera_on or state.error)):
            return


def _is_up(state: Wifi | None) -> bool:
    return state is not None and (state.launched or state.starting)
