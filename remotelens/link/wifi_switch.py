"""The camera's Wi-Fi switch, which one connection over Bluetooth LE has and several want to use at once.

An access point that is left on drains the battery, so what was switched on is given back; but not under the
hands of another who has asked for it meanwhile. Hence one owner, that counts who wants it.

Source: protocol/ble.md 2.1 (CC08) and 5.1.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkError, RefusedError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import WIFI_OFF, WIFI_ON
from remotelens.transport.ble.gatt import GattLink
from remotelens.transport.undone import undone

GIVE_BACK_LIMIT_S: Final = 5.0
_WHAT: Final = "the Wi-Fi switch"
_log = logging.getLogger(__name__)


class WifiSwitch:
    """The switch of one camera, as far as this host has its hand on it.

    Args:
        gatt: the connection.
        clock: measures time limits.
    """

    def __init__(self, gatt: GattLink, *, clock: Clock = REAL_CLOCK) -> None:
        self._gatt = gatt
        self._clock = clock
        self._wanting = 0
        self._asked = False
        self._left_on = False
        self._turn = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def wanted(self) -> AsyncIterator[None]:
        """Want the Wi-Fi for the length of a block, before it is looked at whether it is on.

        Blocks may overlap. At the end of the last of them, Wi-Fi that one of them has asked for is switched
        off again, also when that one was cancelled; unless one of them leaves it on.
        """
        async with self._turn:  # who comes while it is given back, finds it off
            self._wanting += 1
        try:
            yield
        finally:
            self._wanting -= 1
            if not self._wanting:
                await undone(self._settle())

    async def on(self) -> None:
        """Ask the camera to start its Wi-Fi, for as long as the block of `wanted` around this lasts.

        Raises:
            RefusedError: it does not want to.
            LinkError: the connection ended, or there was no answer in time.
        """
        heard = True  # without an answer the wish may have arrived all the same
        try:
            await self._gatt.write(uuids.WIFI_SWITCH, WIFI_ON, _WHAT)
        except RefusedError:
            heard = False
            raise
        finally:
            self._asked = self._asked or heard

    def leave_on(self) -> None:
        """Have the Wi-Fi stay on after the block of `wanted` around this: somebody is going to use it."""
        self._left_on = True

    async def _settle(self) -> None:
        async with self._turn:
            if self._wanting:
                return  # somebody came meanwhile, and settles it
            given_back = self._asked and not self._left_on
            self._asked = self._left_on = False
            if given_back:
                await self._give_back()

    async def _give_back(self) -> None:
        """Have the access point switched off; what ended its use is told, not a failure of this."""
        try:
            async with self._clock.timeout(GIVE_BACK_LIMIT_S):
                await self._gatt.write(uuids.WIFI_SWITCH, WIFI_OFF, _WHAT)
        except RefusedError as error:
            _log.debug("%s", error)  # it is off already
        except (LinkError, TimeoutError) as error:
            _log.warning("%s: its Wi-Fi may still be on: %s", self._gatt.camera, error)
