"""Date format (CC12) and clock (CC13) of the camera control service.

The clock's fields are the local wall clock, summer time included; the offset beside them is the zone's base
offset from UTC, without summer time. The sign of the offset is that of its hours.

Source: protocol/ble.md 2.1 and 6.3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.frame import Frame, decode_frame

_LAYOUT: Final = struct.Struct(">H5BBbB")
_SUMMER_TIME_MIN: Final = 60


class DateFormat(IntEnum):
    """In which order the camera shows a date."""

    YEAR_MONTH_DAY = 1
    DAY_MONTH_YEAR = 2
    MONTH_DAY_YEAR = 3
    MONTH_NAME_DAY_YEAR = 4

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        return Frame(0x0000, bytes([self])).encode()


def decode_date_format(value: bytes) -> DateFormat:
    """Return what CC12 says.

    Raises:
        RemoteProtocolError: not one of the four.
    """
    data = decode_frame(value).data
    try:
        return DateFormat(int.from_bytes(data, "big"))
    except ValueError:
        raise RemoteProtocolError(f"{value.hex(' ')} is no date format") from None


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """Value of CC13.

    Args:
        local: the wall clock, without zone information, whole seconds.
        offset_min: the zone's base offset from UTC in minutes.
        summer_time: summer time is in force, and part of `local`.
    """

    local: datetime
    offset_min: int
    summer_time: bool = False

    @classmethod
    def of(cls, utc: datetime, offset_min: int, *, summer_time: bool = False) -> ClockSetting:
        """Return the setting for an instant in a zone."""
        shift = timedelta(minutes=offset_min + summer_time * _SUMMER_TIME_MIN)
        return cls((utc.astimezone(UTC) + shift).replace(tzinfo=None, microsecond=0), offset_min, summer_time)

    @property
    def summer_time_min(self) -> int:
        """What summer time adds, in minutes."""
        return self.summer_time * _SUMMER_TIME_MIN

    @property
    def utc(self) -> datetime:
        """The instant that the setting means."""
        return (self.local - timedelta(minutes=self.offset_min + self.summer_time_min)).replace(tzinfo=UTC)

    def encode(self) -> bytes:
        """Return the bytes on the air.

        Raises:
            LocalProtocolError: an offset that the value cannot carry.
        """
        hours, minutes = divmod(abs(self.offset_min), 60)
        if self.offset_min < 0:
            hours = -hours
            if hours == 0:
                raise LocalProtocolError("an offset between -1 and 0 hours has no form in this value")
        if not -14 <= hours <= 14:
            raise LocalProtocolError(f"{self.offset_min} minutes is no zone's offset from UTC")
        at = self.local
        fields = (at.year, at.month, at.day, at.hour, at.minute, at.second, self.summer_time, hours, minutes)
        return Frame(0x0000, _LAYOUT.pack(*fields)).encode()


def decode_clock(value: bytes) -> ClockSetting:
    """Return what CC13 says.

    Raises:
        RemoteProtocolError: wrong length, or no date, time or offset.
    """
    data = decode_frame(value).data
    if len(data) != _LAYOUT.size:
        raise RemoteProtocolError(f"{value.hex(' ')} is no clock setting")
    year, month, day, hour, minute, second, summer_time, hours, minutes = _LAYOUT.unpack(data)
    if minutes > 59 or not -14 <= hours <= 14 or summer_time > 1:
        raise RemoteProtocolError(f"{value.hex(' ')} has an impossible zone")
    try:
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a wall clock has no zone
        setting = ClockSetting(local, hours * 60 + (-minutes if hours < 0 else minutes), summer_time == 1)
        _ = setting.utc
    except (ValueError, OverflowError):
        raise RemoteProtocolError(f"{value.hex(' ')} is no date and time") from None
    return setting
