"""The generic frame of most Sony values: ``LEN(1) TYPE(2, big-endian) DATA(LEN - 2)``.

LEN counts the bytes after itself. Some values are several frames one after the other (CC09).

Source: protocol/ble.md 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remotelens.errors import LocalProtocolError, RemoteProtocolError

_TYPE_BYTES = 2
_MOST_DATA_BYTES = 0xFF - _TYPE_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame.

    Args:
        type: its 16-bit type or tag.
        data: what follows the type.
    """

    type: int
    data: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        if not 0 <= self.type <= 0xFFFF:
            raise LocalProtocolError(f"frame type {self.type:#x} does not fit two bytes")
        if len(self.data) > _MOST_DATA_BYTES:
            raise LocalProtocolError(f"{len(self.data)} bytes of data do not fit one frame")
        return bytes([len(self.data) + _TYPE_BYTES]) + self.type.to_bytes(_TYPE_BYTES, "big") + self.data


def encode_frames(frames: Iterable[Frame]) -> bytes:
    """Return several frames as one value."""
    return b"".join(frame.encode() for frame in frames)


def decode_frames(value: bytes) -> tuple[Frame, ...]:
    """Return the frames of a value, walking from length to length.

    Raises:
        RemoteProtocolError: a frame is longer than what is there, or too short for a type.
    """
    frames: list[Frame] = []
    offset = 0
    while offset < len(value):
        length = value[offset]
        start, end = offset + 1, offset + 1 + length
        if length < _TYPE_BYTES:
            raise RemoteProtocolError(f"frame at byte {offset} has length {length}, too short for its type")
        if end > len(value):
            raise RemoteProtocolError(f"frame at byte {offset} says {length} bytes, but the value ends")
        kind = int.from_bytes(value[start : start + _TYPE_BYTES], "big")
        frames.append(Frame(kind, bytes(value[start + _TYPE_BYTES : end])))
        offset = end
    return tuple(frames)


def decode_frame(value: bytes, *, missing_bytes: int = 0) -> Frame:
    """Return the one frame that a value is.

    Args:
        value: the characteristic's value.
        missing_bytes: how many bytes the value may fall short of its own length; the location feature of
            older bodies lacks one.

    Raises:
        RemoteProtocolError: it is no frame, or not exactly one.
    """
    if len(value) < 1 + _TYPE_BYTES:
        raise RemoteProtocolError(f"{len(value)} bytes are too few for a frame")
    announced = value[0] + 1
    if not announced - missing_bytes <= len(value) <= announced:
        raise RemoteProtocolError(f"frame says {value[0]} bytes, {len(value) - 1} follow")
    return Frame(int.from_bytes(value[1:3], "big"), bytes(value[3:]))
