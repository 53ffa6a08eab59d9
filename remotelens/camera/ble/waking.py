"""Waking a sleeping camera over Bluetooth LE, for what it does only when it is on.

There is no command for it but the one that asks for Wi-Fi; so that is asked for, and given back as soon as
the camera is awake and nobody else wants it.

Source: protocol/ble.md 5.1, 10.1 and 10.3.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from remotelens.clock import Clock
from remotelens.errors import (
    LinkTimeout,
    NotAvailableNow,
    NotSupported,
    RefusedError,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import WifiState, decode_camera_status, decode_old_wifi_status
from remotelens.transport.ble.gatt import GattLink, Notifications

if TYPE_CHECKING:
    from remotelens.link.pair import BleLink

_log = logging.getLogger(__name__)
WAKE_LIMIT_S: Final = 20.0
ASK_AGAIN_S: Final = 2.0
"""Notifications get lost; after this long without one the state is read."""
_OLD_OFF: Final = 2
_UP: Final = (WifiState.LAUNCHING, WifiState.LAUNCHED)


async def wake(link: BleLink, clock: Clock, *, limit_s: float = WAKE_LIMIT_S) -> None:
    """Switch a sleeping camera on; nothing happens to one whose Wi-Fi is up.

    Raises:
        NotAvailableNow: the camera does not let itself be woken.
        NotSupported: this body has no Wi-Fi to ask for.
        LinkError: the connection ended; `LinkTimeout` when the camera did not wake in time.
    """
    gatt, camera = link.gatt, link.camera.label
    uuid = next((item for item in (uuids.CAMERA_STATUS, uuids.WIFI_STATUS_OLD) if gatt.offers(item)), None)
    if uuid is None:
        raise NotSupported("this body cannot be woken over Bluetooth", camera=camera, remedy="switch it on")
    async with gatt.notifications(uuid, "the camera's waking") as states, link.wifi.wanted():
        if _is_up(uuid, await gatt.read(uuid, "the camera's status")):
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
                await _awake(gatt, uuid, states, clock)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            raise LinkTimeout(
                f"the camera did not wake within {limit_s:g} s", camera=camera, remedy="switch it on by hand"
            ) from error


async def _awake(gatt: GattLink, uuid: str, states: Notifications, clock: Clock) -> None:
    """Wait until the camera says that it is on."""
    while True:
        try:
            async with clock.timeout(ASK_AGAIN_S):
                value = await states.next()
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            if _is_up(uuid, await gatt.read(uuid, "the camera's status")):
                return
            continue
        if _is_awake(uuid, value):
            return


def _is_up(uuid: str, value: bytes) -> bool:
    try:
        if uuid == uuids.WIFI_STATUS_OLD:
            return decode_old_wifi_status(value).launched
        return decode_camera_status(value).wifi in _UP
    except RemoteProtocolError as error:
        _log.debug("status while waking: %s", error.message)
        return False


def _is_awake(uuid: str, value: bytes) -> bool:
    """Tell whether a notified state is one that only a camera has that is on, a failed launch included."""
    try:
        if uuid == uuids.WIFI_STATUS_OLD:
            return decode_old_wifi_status(value).state != _OLD_OFF
        status = decode_camera_status(value)
    except RemoteProtocolError as error:
        _log.debug("status while waking: %s", error.message)
        return False
    return status.wifi in _UP or bool(status.wifi_error)
