"""How a camera's Wi-Fi stands, as it tells over Bluetooth LE: newer bodies by CC09, older ones by CC05.

Source: protocol/ble.md 2.1, 5.1 and 5.2.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from remotelens.clock import Clock
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import WifiState, decode_camera_status, decode_old_wifi_status
from remotelens.transport.ble.gatt import GattLink, Notifications

ASK_AGAIN_S: Final = 2.0
"""Notifications get lost; after this long without one the state is read."""
_WHAT: Final = "the Wi-Fi state"
_OLD_IDLE: Final = 0
_OLD_CAMERA_OFF: Final = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wifi:
    """State of the access point, in the words that both generations share.

    Args:
        launched: it is up.
        starting: it is about to be up.
        ending: it is about to be down.
        error: why it has not started, 0 where nothing is wrong.
        camera_on: whether the camera itself is on; None where the value does not tell.
    """

    launched: bool = False
    starting: bool = False
    ending: bool = False
    error: int = 0
    camera_on: bool | None = None


class WifiWatch:
    """Reads how the Wi-Fi stands, and hears how it changes; made by `watching`.

    Args:
        gatt: the connection.
        uuid: where this camera tells it.
        states: what it notifies there.
        clock: measures how long to wait for a word.
    """

    def __init__(self, gatt: GattLink, uuid: str, states: Notifications, clock: Clock) -> None:
        self._gatt = gatt
        self._uuid = uuid
        self._states = states
        self._clock = clock

    async def now(self) -> Wifi | None:
        """Read it; None when the value says nothing about Wi-Fi or cannot be understood."""
        return await wifi_now(self._gatt, self._uuid)

    async def next(self) -> tuple[Wifi | None, bool]:
        """Return the next word of it, and True; what it is now, and False, after a while without one."""
        try:
            async with self._clock.timeout(ASK_AGAIN_S):
                return _decoded(self._uuid, await self._states.next()), True
        except TimeoutError:
            return await self.now(), False


def status_of(gatt: GattLink) -> str | None:
    """Return where a camera tells the state of its Wi-Fi, None when it does not."""
    return next((item for item in (uuids.CAMERA_STATUS, uuids.WIFI_STATUS_OLD) if gatt.offers(item)), None)


async def wifi_now(gatt: GattLink, uuid: str) -> Wifi | None:
    """Read how the Wi-Fi stands; None when the value says nothing about it or cannot be understood."""
    return _decoded(uuid, await gatt.read(uuid, _WHAT))


@contextlib.asynccontextmanager
async def watching(gatt: GattLink, uuid: str, clock: Clock) -> AsyncIterator[WifiWatch]:
    """Hear how the Wi-Fi changes for the length of a block."""
    async with gatt.notifications(uuid, _WHAT) as states:
        yield WifiWatch(gatt, uuid, states, clock)


def _decoded(uuid: str, value: bytes) -> Wifi | None:
    try:
        if uuid == uuids.WIFI_STATUS_OLD:
            old = decode_old_wifi_status(value)
            return Wifi(
                launched=old.launched,
                error=old.reason if old.state == _OLD_IDLE else 0,
                camera_on=old.state != _OLD_CAMERA_OFF,
            )
        status = decode_camera_status(value)
    except RemoteProtocolError as error:
        _log.debug("Wi-Fi state: %s", error)
        return None
    if status.wifi is None:
        return None
    return Wifi(
        launched=status.wifi == WifiState.LAUNCHED,
        starting=status.wifi == WifiState.LAUNCHING,
        ending=status.wifi == WifiState.TERMINATING,
        error=status.wifi_error or 0,
    )
