"""The location service DD00: a host gives the camera its position, for the EXIF of the next pictures.

Source: protocol/ble.md 6.1, 6.2 and 10.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from emulator.ble.body_port import BodyPort
from emulator.ble.values import Refusal, Tell, Value
from emulator.clock import Handle
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.location import decode_position

_FEATURE = bytes.fromhex("06 10 00 9C 02 00 00")
_FEATURE_OLDER = bytes.fromhex("06 10 00 9C 02 00")
"""Older bodies send a byte less than the length says."""
_STATUS = bytes.fromhex("03 01 02")
_NO, _YES = b"\x00", b"\x01"
KEPT_S = 120.0
"""After so long without a new position the camera shows that it has none."""


class Location:
    """Positions from the host.

    Args:
        body: gets the position.
        tell: notifies subscribers.
        older: the form of older bodies, without lock and switches.
    """

    uuid = uuids.LOCATION_SERVICE

    def __init__(self, body: BodyPort, tell: Tell, *, older: bool = False) -> None:
        self._body = body
        self._tell = tell
        self._older = older
        self._locked = False
        self._enabled = False
        self._correction = _YES
        self._adjustment = _YES
        self._expiry: Handle | None = None

    def values(self) -> Sequence[Value]:
        """Return DD01, DD11 and DD21, on newer bodies DD30 to DD33 too."""
        values = (
            Value(uuids.LOCATION_STATUS, read=self._status, tells=True),
            Value(uuids.LOCATION_DATA, write=self._locate),
            Value(uuids.LOCATION_FEATURE, read=lambda: _FEATURE_OLDER if self._older else _FEATURE),
        )
        if self._older:
            return values
        return (
            *values,
            Value(uuids.LOCATION_LOCK, read=lambda: _flag(self._locked), write=self._lock),
            Value(uuids.LOCATION_ENABLE, read=lambda: _flag(self._enabled), write=self._enable),
            Value(uuids.TIME_CORRECTION, read=lambda: self._correction, write=self._correct_time),
            Value(uuids.AREA_ADJUSTMENT, read=lambda: self._adjustment, write=self._adjust_area),
        )

    def changed(self, what: str) -> None:
        """Nothing in the body changes a location session."""

    def link_ended(self) -> None:
        """Lock and transfer end with the link."""
        self._locked = self._enabled = False

    @property
    def _takes_positions(self) -> bool:
        return self._body.power == "on" and (self._older or (self._locked and self._enabled))

    def _status(self) -> bytes:
        return _STATUS + _flag(self._takes_positions)

    def _locate(self, value: bytes) -> None:
        if not self._takes_positions:
            raise Refusal(AttCode.REFUSED)
        try:
            position = decode_position(value)
        except RemoteProtocolError as error:
            raise Refusal(AttCode.REFUSED) from error
        self._body.position = (position.latitude, position.longitude)
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = self._body.clock.call_later(KEPT_S, self._forget)

    def _forget(self) -> None:
        """Drop a position that has not been told again; the end of the link alone does not."""
        self._expiry = None
        self._body.position = None

    def _lock(self, value: bytes) -> None:
        before = self._status()
        self._locked = _switch(value)
        self._tell_if_changed(before)

    def _enable(self, value: bytes) -> None:
        before = self._status()
        self._enabled = _switch(value)
        self._tell_if_changed(before)

    def _correct_time(self, value: bytes) -> None:
        self._correction = _flag(_switch(value))

    def _adjust_area(self, value: bytes) -> None:
        self._adjustment = _flag(_switch(value))

    def _tell_if_changed(self, before: bytes) -> None:
        if (now := self._status()) != before:
            self._tell(uuids.LOCATION_STATUS, now)


def _flag(on: bool) -> bytes:
    return _YES if on else _NO


def _switch(value: bytes) -> bool:
    if value not in (_NO, _YES):
        raise Refusal(AttCode.REFUSED)
    return value == _YES
