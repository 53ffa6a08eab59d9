"""The location service: the position packet (DD11), its feature byte (DD21) and the session's switches.

Source: protocol/ble.md 6.1 and 6.2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.frame import Frame, decode_frame

TAKE: Final = b"\x01"
RELEASE: Final = b"\x00"
"""Written to DD30 (lock) and DD31 (transfer), bare."""
REFRESH_S: Final = 30.0
"""How old a position may get before it is sent again; after about two minutes the camera drops it."""

_DEGREE: Final = 10_000_000
_MARK: Final = b"\x08\x02\xfc"
_FIXED: Final = b"\x00\x00\x10\x10\x10"
_BODY: Final = struct.Struct(">3sB5siiH5B65x")
_ZONE: Final = struct.Struct(">hh")
_WITH_ZONE: Final = 0x03
_ZONE_NEEDED: Final = 0x02
_STATUS_TYPE: Final = 0x0102


@dataclass(frozen=True, slots=True)
class Zone:
    """Time zone of a position: base offset from UTC, and what summer time adds, in minutes."""

    offset_min: int
    summer_time_min: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """Value of DD11.

    Args:
        latitude: degrees, north positive.
        longitude: degrees, east positive.
        utc: when the position was taken, whole seconds.
        zone: present where the camera's feature byte asks for it.
    """

    latitude: float
    longitude: float
    utc: datetime
    zone: Zone | None = None

    def encode(self) -> bytes:
        """Return the 91 bytes on the air, 95 with a zone.

        Raises:
            LocalProtocolError: no place on Earth, or no zone's offset.
        """
        if not (abs(self.latitude) <= 90 and abs(self.longitude) <= 180):
            raise LocalProtocolError(f"{self.latitude}, {self.longitude} is no place on Earth")
        at = self.utc.astimezone(UTC)
        rest = _BODY.pack(
            _MARK,
            _WITH_ZONE if self.zone else 0,
            _FIXED,
            round(self.latitude * _DEGREE),
            round(self.longitude * _DEGREE),
            *(at.year, at.month, at.day, at.hour, at.minute, at.second),
        )
        if self.zone:
            try:
                rest += _ZONE.pack(self.zone.offset_min, self.zone.summer_time_min)
            except struct.error as error:
                raise LocalProtocolError(f"{self.zone} does not fit its fields") from error
        return len(rest).to_bytes(2, "big") + rest


def decode_position(value: bytes) -> Position:
    """Return the position written to DD11.

    Raises:
        RemoteProtocolError: wrong length or mark, no place on Earth, no date and time.
    """
    rest = value[2:]
    sizes = (_BODY.size, _BODY.size + _ZONE.size)
    if int.from_bytes(value[:2], "big") != len(rest) or len(rest) not in sizes:
        raise RemoteProtocolError(f"{len(value)} bytes are no position: the length does not fit")
    mark, with_zone, _, latitude, longitude, year, month, day, hour, minute, second = _BODY.unpack_from(rest)
    has_zone = len(rest) > _BODY.size
    if mark != _MARK or bool(with_zone & _ZONE_NEEDED) != has_zone:
        raise RemoteProtocolError(f"{value[:7].hex(' ')} does not begin a position")
    if abs(latitude) > 90 * _DEGREE or abs(longitude) > 180 * _DEGREE:
        raise RemoteProtocolError(f"{latitude / _DEGREE}, {longitude / _DEGREE} is no place on Earth")
    try:
        utc = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise RemoteProtocolError("the position's date and time are impossible") from None
    zone = Zone(*_ZONE.unpack_from(rest, _BODY.size)) if has_zone else None
    return Position(latitude / _DEGREE, longitude / _DEGREE, utc, zone)


def zone_needed(feature: bytes) -> bool:
    """Return whether the camera wants zone fields, from the value of DD21; older bodies send a byte less.

    Raises:
        RemoteProtocolError: not a frame of the right length.
    """
    data = decode_frame(feature, missing_bytes=1).data
    if len(data) < 2:
        raise RemoteProtocolError(f"{feature.hex(' ')} is no location feature")
    return bool(data[1] & _ZONE_NEEDED)


def encode_location_status(*, on: bool) -> bytes:
    """Return the frame of DD01 that tells whether the camera takes positions."""
    return Frame(_STATUS_TYPE, bytes([on])).encode()


def decode_location_status(value: bytes) -> bool | None:
    """Return whether DD01 says that the camera takes positions, None for a frame about something else.

    Raises:
        RemoteProtocolError: not a frame.
    """
    frame = decode_frame(value)
    if frame.type != _STATUS_TYPE or len(frame.data) != 1:
        return None
    return frame.data[0] == 1


def local_time(position: Position) -> datetime:
    """Return the wall clock at a position; UTC where it has no zone.

    Raises:
        RemoteProtocolError: it would show a year that there is not.
    """
    zone = position.zone or Zone(0)
    try:
        local = position.utc + timedelta(minutes=zone.offset_min + zone.summer_time_min)
    except OverflowError:
        raise RemoteProtocolError("the position's date and zone are impossible together") from None
    return local.replace(tzinfo=None)
