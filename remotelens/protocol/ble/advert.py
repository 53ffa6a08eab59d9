"""What a Sony camera advertises: manufacturer data of company 0x012D, as values and back.

The payload begins with device type, protocol version and model code; then come groups of three bytes (tag,
flags, one more) up to a zero tag. Order and presence of the groups change with the camera's state, so they
are walked, never read at fixed places.

Read tolerantly: unknown tags, any version and model code, any length from six bytes, a last group cut short.

Source: protocol/ble.md 1.1 to 1.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from remotelens.errors import LocalProtocolError, RemoteProtocolError

COMPANY_ID: Final = 0x012D
"""Sony Corporation, as the Bluetooth SIG assigned it."""
DEVICE_TYPE_CAMERA: Final = 0x0003
VERSION_OLDER: Final = 0x64
VERSION_NEWER: Final = 0x65
PAYLOAD_BYTES: Final = 20
"""Every payload recorded whole is this long; the unused end is zero."""

_HEADER_BYTES = 6
_GROUP_BYTES = 3


class Tag(IntEnum):
    """Groups whose meaning is known; 0x23 occurs too, meaning unknown."""

    POWER = 0x21
    FUNCTIONS = 0x22


class FunctionFlag(IntFlag):
    """Flags of group 0x22; the group is absent while the camera is off."""

    PAIRING_SUPPORTED = 0x80
    PAIRING_OPEN = 0x40
    LOCATION_SUPPORTED = 0x20
    LOCATION_ENABLED = 0x10
    REMOTE_ENABLED = 0x02


class PowerFlag(IntFlag):
    """Flags of group 0x21."""

    WAKE_ALLOWED = 0x80
    ON = 0x40
    HANDOVER_SUPPORTED = 0x20
    HANDOVER_ENABLED = 0x10


@dataclass(frozen=True, slots=True)
class Group:
    """Three bytes of the payload."""

    tag: int
    flags: int
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Advert:
    """A camera's advert.

    Args:
        version: protocol version, 0x64 on older bodies, 0x65 on newer ones.
        model_code: two characters such as ``U1``.
        groups: the groups in their order on the air.
        reserved: the byte after the version, 0 in every recording.
    """

    version: int
    model_code: str
    groups: tuple[Group, ...]
    reserved: int = 0

    @classmethod
    def parse(cls, manufacturer_data: bytes) -> Advert:
        """Return the advert in the manufacturer data that follows the company id.

        Raises:
            RemoteProtocolError: too short, or not a camera's.
        """
        if len(manufacturer_data) < _HEADER_BYTES:
            raise RemoteProtocolError(f"{len(manufacturer_data)} bytes are too few for a camera's advert")
        kind = int.from_bytes(manufacturer_data[0:2], "little")
        if kind != DEVICE_TYPE_CAMERA:
            raise RemoteProtocolError(f"advert of device type {kind:#06x}, not of a camera")
        groups: list[Group] = []
        for offset in range(_HEADER_BYTES, len(manufacturer_data) - _GROUP_BYTES + 1, _GROUP_BYTES):
            tag, flags, extra = manufacturer_data[offset : offset + _GROUP_BYTES]
            if tag == 0:
                break
            groups.append(Group(tag, flags, extra))
        code = bytes(manufacturer_data[4:6]).decode("latin-1")
        return cls(manufacturer_data[2], code, tuple(groups), manufacturer_data[3])

    def encode(self, size_bytes: int = PAYLOAD_BYTES) -> bytes:
        """Return the payload that follows the company id, padded with zeros to `size_bytes`."""
        code = self.model_code.encode("latin-1")
        if len(code) != 2:
            raise LocalProtocolError(f"model code {self.model_code!r} is not two characters")
        head = DEVICE_TYPE_CAMERA.to_bytes(2, "little") + bytes([self.version, self.reserved]) + code
        body = b"".join(bytes([group.tag, group.flags, group.extra]) for group in self.groups)
        return (head + body).ljust(size_bytes, b"\0")

    def flags_of(self, tag: int) -> int | None:
        """Return the flags of the first group with that tag, None when there is none."""
        return next((group.flags for group in self.groups if group.tag == tag), None)

    def _function(self, flag: FunctionFlag) -> bool:
        return bool((self.flags_of(Tag.FUNCTIONS) or 0) & flag)

    def _power(self, flag: PowerFlag) -> bool:
        return bool((self.flags_of(Tag.POWER) or 0) & flag)

    @property
    def pairing_supported(self) -> bool:
        """The camera can be paired with at all."""
        return self._function(FunctionFlag.PAIRING_SUPPORTED)

    @property
    def pairing_open(self) -> bool:
        """The pairing screen is open: a new bond is accepted now, and only now."""
        return self._function(FunctionFlag.PAIRING_OPEN)

    @property
    def location_supported(self) -> bool:
        """The camera takes positions."""
        return self._function(FunctionFlag.LOCATION_SUPPORTED)

    @property
    def location_enabled(self) -> bool:
        """The location link is on in the camera's menu."""
        return self._function(FunctionFlag.LOCATION_ENABLED)

    @property
    def remote_enabled(self) -> bool:
        """Bluetooth remote control is on in the camera's menu."""
        return self._function(FunctionFlag.REMOTE_ENABLED)

    @property
    def on(self) -> bool:
        """The camera is on. Where no power group is heard, the presence of the function group tells."""
        power = self.flags_of(Tag.POWER)
        if power is None:
            return self.flags_of(Tag.FUNCTIONS) is not None
        return bool(power & PowerFlag.ON)

    @property
    def wake_allowed(self) -> bool:
        """The camera may be connected to, and woken, while it is off."""
        return self._power(PowerFlag.WAKE_ALLOWED)

    @property
    def handover_supported(self) -> bool:
        """The camera hands over its Wi-Fi by Bluetooth."""
        return self._power(PowerFlag.HANDOVER_SUPPORTED)

    @property
    def handover_enabled(self) -> bool:
        """The Wi-Fi hand-over is enabled in the camera's menu."""
        return self._power(PowerFlag.HANDOVER_ENABLED)


@dataclass(frozen=True, slots=True)
class AdStructure:
    """One structure of the advertising data or the scan response (Bluetooth Core, volume 3, part C, 11)."""

    type: int
    data: bytes


class AdType(IntEnum):
    """Types of structures that a camera sends."""

    FLAGS = 0x01
    COMPLETE_16_BIT_SERVICES = 0x03
    COMPLETE_LOCAL_NAME = 0x09
    MANUFACTURER_DATA = 0xFF


def decode_structures(data: bytes) -> tuple[AdStructure, ...]:
    """Return the structures of advertising data or of a scan response; a zero length ends them.

    Raises:
        RemoteProtocolError: a structure is longer than what is there.
    """
    structures: list[AdStructure] = []
    offset = 0
    while offset < len(data) and (length := data[offset]):
        end = offset + 1 + length
        if end > len(data):
            raise RemoteProtocolError(f"advertising structure at byte {offset} says {length} bytes")
        structures.append(AdStructure(data[offset + 1], bytes(data[offset + 2 : end])))
        offset = end
    return tuple(structures)


def encode_structures(structures: tuple[AdStructure, ...]) -> bytes:
    """Return advertising data or a scan response, which hold 31 bytes at most."""
    data = b"".join(bytes([len(item.data) + 1, item.type]) + item.data for item in structures)
    if len(data) > 31:
        raise LocalProtocolError(f"{len(data)} bytes do not fit legacy advertising data")
    return data


def advert_of(structures: tuple[AdStructure, ...]) -> Advert | None:
    """Return the camera's advert among structures, None when there is none of a camera."""
    company = COMPANY_ID.to_bytes(2, "little")
    for item in structures:
        if item.type == AdType.MANUFACTURER_DATA and item.data[:2] == company:
            try:
                return Advert.parse(item.data[2:])
            except RemoteProtocolError:
                continue
    return None
