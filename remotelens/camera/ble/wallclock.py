"""Date, time and zone of the camera, set over Bluetooth LE.

Source: protocol/ble.md 2.1 (CC0E) and 6.3; the type of the camera's answer is not published, so the first one
after the write that is not about something known is taken for it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from remotelens.clock import Clock
from remotelens.errors import IllegalArgument, NotAvailableNow, RemoteLensError, RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import Capability, SettingResult, decode_setting_result
from remotelens.protocol.ble.wallclock import ClockSetting, DateFormat
from remotelens.transport.ble.gatt import GattLink, Notifications

RESULT_LIMIT_S: Final = 5.0
_PARAMETER_ERROR: Final = 2


@dataclass(frozen=True, slots=True)
class ClockSet:
    """A clock that was set.

    Attributes:
        setting: what was written.
        confirmed: the camera said that it took it; False where it said nothing.
    """

    setting: ClockSetting
    confirmed: bool


class RemoteWallClock:
    """The clock of one camera.

    Args:
        gatt: the connection.
        camera: what it is called in messages.
        clock: gives the time.
    """

    def __init__(self, gatt: GattLink, camera: str, clock: Clock) -> None:
        self._gatt = gatt
        self._camera = camera
        self._clock = clock
        self._results_lock = asyncio.Lock()
        """A result does not say of which setting it is, so one is written at a time."""

    async def set(self, setting: ClockSetting | None = None) -> ClockSet:
        """Set date, time and zone; to this host's when none is given.

        Raises:
            NotSupported: this body's clock cannot be set.
            NotAvailableNow, IllegalArgument: the camera did not take it.
            LinkError: the connection ended.
        """
        if setting is not None:
            return ClockSet(setting, await self._write(uuids.CLOCK, setting.encode(), "the clock"))
        offset_min, summer_time = host_zone(self._clock.now())
        setting = ClockSetting.of(self._clock.now(), offset_min, summer_time=summer_time)
        return await self.set(setting)

    async def set_date_format(self, order: DateFormat) -> bool:
        """Choose in which order the camera shows a date; tell whether the camera confirmed it.

        Raises:
            NotSupported, NotAvailableNow, IllegalArgument, LinkError: as `set`.
        """
        return await self._write(uuids.DATE_FORMAT, order.encode(), "the date format")

    async def _write(self, uuid: str, value: bytes, what: str) -> bool:
        if not self._gatt.offers(uuids.SETTING_RESULT):
            await self._gatt.write(uuid, value, what)
            return False
        async with (
            self._results_lock,
            self._gatt.notifications(uuids.SETTING_RESULT, f"the result of {what}") as results,
        ):
            await self._gatt.write(uuid, value, what)
            try:
                async with self._clock.timeout(RESULT_LIMIT_S):
                    result = await _next_result(results)
            except TimeoutError as error:
                if isinstance(error, RemoteLensError):
                    raise
                return False
        if result.ok:
            return True
        kind = IllegalArgument if result.reason == _PARAMETER_ERROR else NotAvailableNow
        raise kind(
            f"the camera did not take {what} (its reason {result.reason})",
            camera=self._camera,
            remedy="leave the camera's menus, and try again",
            code=result.reason,
        )


async def _next_result(results: Notifications) -> SettingResult:
    """Return the next result that may be about what was written; nonsense is passed over."""
    while True:
        try:
            result = decode_setting_result(await results.next())
        except RemoteProtocolError:
            continue
        if result.type != Capability.SMARTPHONE_CONNECTION:
            return result


def host_zone(at: datetime) -> tuple[int, bool]:
    """Return this host's base offset from UTC in minutes, and whether summer time is in force."""
    local = time.localtime(at.timestamp())
    summer_time = local.tm_isdst > 0
    return local.tm_gmtoff // 60 - 60 * summer_time, summer_time
