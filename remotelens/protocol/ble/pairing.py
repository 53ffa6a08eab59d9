"""The pairing service: registration with the camera, once a bond.

The bond itself is made by the Bluetooth stacks (SMP, Just Works); what is written here tells the camera's
application that the host is there to stay.

Source: protocol/ble.md 3; the content of the answer is not published and is ours (10.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.ble.frame import Frame, decode_frame

_REGISTRATION_TYPE: Final = 0x0801


class RegistrationCommand(IntEnum):
    """Frame types that EE01 takes; power off (0x0813) is documented contradictorily and never sent."""

    REGISTER = 0x0801
    REGISTER_THEN_DISCONNECT = 0x0802


REGISTER: Final = Frame(RegistrationCommand.REGISTER, bytes(4)).encode()
"""Written to EE01 after the bond was made; seven bytes, documents with six have lost the last one."""
REGISTER_THEN_DISCONNECT: Final = Frame(RegistrationCommand.REGISTER_THEN_DISCONNECT, bytes(4)).encode()


def decode_registration(value: bytes) -> RegistrationCommand:
    """Return the command that was written to EE01; the form without its last byte is taken too.

    Raises:
        RemoteProtocolError: not a registration.
    """
    frame = decode_frame(value, missing_bytes=1)
    if not 3 <= len(frame.data) <= 4 or any(frame.data):
        raise RemoteProtocolError(f"{value.hex(' ')} is no registration")
    try:
        return RegistrationCommand(frame.type)
    except ValueError:
        raise RemoteProtocolError(f"{value.hex(' ')} is no registration: unknown type") from None


@dataclass(frozen=True, slots=True)
class RegistrationResult:
    """What EE03 notifies after a registration."""

    ok: bool

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        return Frame(_REGISTRATION_TYPE, bytes([self.ok])).encode()


def decode_registration_result(value: bytes) -> RegistrationResult:
    """Return what EE03 says.

    Raises:
        RemoteProtocolError: not a frame.
    """
    data = decode_frame(value).data
    return RegistrationResult(not data or data[0] == 1)
