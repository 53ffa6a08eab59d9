"""The pairing service EE00: a host registers once, after it has bonded.

What EE03 and EE04 hold on a real camera is not published; their bytes here are ours.

Source: protocol/ble.md 3 and 10.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from emulator.ble.values import Refusal, Tell, Value
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.pairing import RegistrationCommand, decode_registration

_RESULT_OK = bytes.fromhex("03 08 01 01")
_RESULT_NONE = bytes.fromhex("03 08 01 00")
_FIELD = bytes.fromhex("0A 00 00 00 00 00 00 00 00 00 00")
_FIELD_BYTES = 11


class Registration:
    """Registration of hosts.

    Args:
        tell: notifies subscribers.
        drop_link: ends the link, after what has been told.
        answers: EE03 tells the result; a client must be able to live without.
    """

    uuid = uuids.PAIRING_SERVICE

    def __init__(self, tell: Tell, drop_link: Callable[[], None], *, answers: bool = True) -> None:
        self._tell = tell
        self._drop_link = drop_link
        self._answers = answers
        self._field = _FIELD
        self._registered = False

    def values(self) -> Sequence[Value]:
        """Return EE01 to EE04."""
        return (
            Value(uuids.REGISTRATION, write=self._register),
            Value(uuids.REGISTRATION_FIELD, read=lambda: self._field, write=self._write_field),
            Value(uuids.REGISTRATION_RESULT, tells=True),
            Value(uuids.REGISTRATION_RESULT_FIELD, read=self._result),
        )

    def changed(self, what: str) -> None:
        """Nothing in the body changes a registration."""

    def link_ended(self) -> None:
        """A result holds for one link."""
        self._registered = False

    def _register(self, value: bytes) -> None:
        try:
            command = decode_registration(value)
        except RemoteProtocolError as error:
            raise Refusal(AttCode.REFUSED) from error
        self._registered = True
        if self._answers:
            self._tell(uuids.REGISTRATION_RESULT, _RESULT_OK)
        if command is RegistrationCommand.REGISTER_THEN_DISCONNECT:
            self._drop_link()

    def _result(self) -> bytes:
        return _RESULT_OK if self._registered else _RESULT_NONE

    def _write_field(self, value: bytes) -> None:
        if len(value) != _FIELD_BYTES or value[0] != _FIELD_BYTES - 1:
            raise Refusal(AttCode.REFUSED)
        self._field = value
