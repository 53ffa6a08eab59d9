"""Directories of a TIFF file, little-endian: what raw files and EXIF blocks are laid out in."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
HEADER = struct.pack("<2sHI", b"II", 42, 8)
"""Of a file whose first directory follows at once."""

Value = tuple[int, bytes]
"""Kind and bytes of one value."""
Entry = tuple[int, int, bytes]
"""Tag, kind and bytes."""

_SIZES = {BYTE: 1, ASCII: 1, UNDEFINED: 1, SHORT: 2, LONG: 4, RATIONAL: 8, SRATIONAL: 8}
_FORMATS = {SHORT: "H", LONG: "I"}
_INLINE_BYTES = 4
_FIELD = struct.Struct("<HHI4s")


def directory(entries: Sequence[Entry], at: int, next_at: int = 0) -> bytes:
    """One directory that stands at this place of the file, with its longer values behind it.

    Args:
        entries: in any order.
        at: where it begins.
        next_at: where the file's next directory begins; 0 for none.
    """
    values_at = at + 2 + _FIELD.size * len(entries) + 4
    fields, values = [struct.pack("<H", len(entries))], b""
    for tag, kind, data in sorted(entries):
        field = data.ljust(_INLINE_BYTES, b"\0")
        if len(data) > _INLINE_BYTES:
            field = struct.pack("<I", values_at + len(values))
            values += data + b"\0" * (len(data) % 2)
        fields.append(_FIELD.pack(tag, kind, len(data) // _SIZES[kind], field))
    return b"".join((*fields, struct.pack("<I", next_at), values))


def numbers(kind: int, *values: int) -> Value:
    """Whole numbers, as `SHORT` or `LONG`."""
    return kind, struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)


def text(value: str) -> Value:
    """A text; what is not ASCII becomes a question mark."""
    return ASCII, value.encode("ascii", "replace") + b"\0"


def fractions(*values: Fraction, signed: bool = False) -> Value:
    """Rational numbers."""
    parts = [part for value in values for part in (value.numerator, value.denominator)]
    return (SRATIONAL if signed else RATIONAL), struct.pack(f"<{len(parts)}{'i' if signed else 'I'}", *parts)
