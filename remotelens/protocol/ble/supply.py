"""Battery (CC10) and media (CC0F) of the camera control service.

Both are one frame with a count and then one array a field, an entry for each pack or slot.

Source: protocol/ble.md 5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.frame import Frame, decode_frame


class PackFlag(IntFlag):
    """About one battery slot."""

    IN_USE = 0x01
    INFOLITHIUM = 0x02


class PackPosition(IntEnum):
    """Where a battery pack sits."""

    UNKNOWN = 0
    BODY = 1
    GRIP_1 = 2
    GRIP_2 = 3


class ExternalPower(IntEnum):
    """What feeds the camera besides its battery."""

    INDEFINITE = 0
    NONE = 1
    UNKNOWN = 2
    USB = 3


@dataclass(frozen=True, slots=True)
class Pack:
    """One battery pack.

    Args:
        flags: bits of `PackFlag`.
        position: a `PackPosition`.
        state: 1 about to end, 2 to 5 level 1 to 4, 6 to 11 charging.
        percent: charge, 0 to 100.
    """

    flags: int = 0
    position: int = 0
    state: int = 0
    percent: int = 0

    @property
    def in_use(self) -> bool:
        """There is a pack, and it feeds the camera."""
        return bool(self.flags & PackFlag.IN_USE)


@dataclass(frozen=True, slots=True)
class Battery:
    """Value of CC10: the packs, and external power as `ExternalPower`."""

    packs: tuple[Pack, ...]
    power: int = ExternalPower.NONE

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        columns = (
            [pack.flags for pack in self.packs],
            [pack.position for pack in self.packs],
            [pack.state for pack in self.packs],
        )
        arrays = _bytes(columns) + _words([pack.percent for pack in self.packs])
        return Frame(0x0000, bytes([len(self.packs)]) + arrays + bytes([self.power])).encode()


def decode_battery(value: bytes) -> Battery:
    """Return what CC10 says.

    Raises:
        RemoteProtocolError: the length does not fit the number of packs.
    """
    data = decode_frame(value).data
    count = data[0] if data else 0
    if len(data) != 2 + 7 * count:
        raise RemoteProtocolError(f"{value.hex(' ')} is no battery information")
    columns = struct.unpack(f">{3 * count}B{count}I", data[1:-1])
    rows = (columns[start::count] for start in range(count))
    return Battery(tuple(Pack(*row) for row in rows), data[-1])


class SlotFlag(IntFlag):
    """Which fields of one media slot are valid."""

    SLOT = 0x01
    SHOTS_VALID = 0x02
    SECONDS_VALID = 0x04


class MediaState(IntEnum):
    """What is in a media slot."""

    NONE = 0
    PRESENT = 1
    FORMAT_NEEDED = 2


@dataclass(frozen=True, slots=True)
class MediaSlot:
    """One memory card slot.

    Args:
        flags: bits of `SlotFlag`.
        state: a `MediaState`.
        shots: stills that still fit.
        seconds: seconds of movie that still fit.
    """

    flags: int = 0
    state: int = MediaState.NONE
    shots: int = 0
    seconds: int = 0

    @property
    def shots_left(self) -> int | None:
        """Stills that still fit, None when the camera does not tell."""
        return self.shots if self.flags & SlotFlag.SHOTS_VALID else None

    @property
    def seconds_left(self) -> int | None:
        """Seconds of movie that still fit, None when the camera does not tell."""
        return self.seconds if self.flags & SlotFlag.SECONDS_VALID else None


@dataclass(frozen=True, slots=True)
class Media:
    """Value of CC0F."""

    slots: tuple[MediaSlot, ...]

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        arrays = (
            _bytes(([slot.flags for slot in self.slots], [slot.state for slot in self.slots]))
            + _words([slot.shots for slot in self.slots])
            + _words([slot.seconds for slot in self.slots])
        )
        return Frame(0x0000, bytes([len(self.slots)]) + arrays).encode()


def decode_media(value: bytes) -> Media:
    """Return what CC0F says.

    Raises:
        RemoteProtocolError: the length does not fit the number of slots.
    """
    data = decode_frame(value).data
    count = data[0] if data else 0
    if not data or len(data) != 1 + 10 * count:
        raise RemoteProtocolError(f"{value.hex(' ')} is no media information")
    columns = struct.unpack(f">{2 * count}B{2 * count}I", data[1:])
    rows = (columns[start::count] for start in range(count))
    return Media(tuple(MediaSlot(*row) for row in rows))


def _bytes(columns: Sequence[Sequence[int]]) -> bytes:
    try:
        return b"".join(bytes(column) for column in columns)
    except ValueError as error:
        raise LocalProtocolError("a field of battery or media information does not fit one byte") from error


def _words(column: Sequence[int]) -> bytes:
    try:
        return struct.pack(f">{len(column)}I", *column)
    except struct.error as error:
        raise LocalProtocolError("a field of battery or media information does not fit four bytes") from error
