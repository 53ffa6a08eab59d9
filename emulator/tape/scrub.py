"""Takes out of a tape what names a camera or its owner: texts, and the tags of pictures.

In a picture the values are overwritten with zeros where they stand, so that lengths and places stay.

Source: Exif 2.32 (tags), TIFF 6.0 (directories).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from remotelens.protocol.recording import Scrubber

_EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_PRIVATE = frozenset({0x013B, 0x8298, 0xA430, 0xA431, 0xA435, 0x927C})
"""Artist, Copyright, CameraOwnerName, BodySerialNumber, LensSerialNumber, MakerNote."""

_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
_MAX_ENTRIES = 1000
_SOI, _EXIF = b"\xff\xd8", b"Exif\0\0"


class TapeScrubber:
    """Scrubs one tape: the same thing is replaced by the same stand-in wherever it stands.

    Args:
        on: whether it does anything.
    """

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        self._texts = Scrubber()
        self._pictures = 0

    def text(self, text: str) -> str:
        """Return a text without what must not be told."""
        return self._texts.text(text) if self._on else text

    def data(self, data: bytes) -> bytes:
        """Return a body without what must not be told."""
        if not self._on:
            return data
        if data.startswith(_SOI):
            clean = scrubbed_jpeg(data)
            self._pictures += clean != data
            return clean
        try:
            return self._texts.text(data.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return data

    @property
    def removed(self) -> list[str]:
        """One sentence for each kind of thing that was taken out."""
        told = self._texts.removed
        if self._pictures:
            told = [
                *told,
                f"positions, serial numbers, names and notes in pictures: {self._pictures}",
            ]
        return told


def scrubbed_jpeg(data: bytes) -> bytes:
    """Return a JPEG whose tags tell no position, serial number or name."""
    clean = bytearray(data)
    at = 2
    while at + 10 <= len(clean) and clean[at] == 0xFF and clean[at + 1] not in (0xDA, 0xD9):
        size = int.from_bytes(clean[at + 2 : at + 4], "big")
        if clean[at + 1] == 0xE1 and clean[at + 4 : at + 10] == _EXIF:
            start, end = at + 10, min(at + 2 + size, len(clean))
            for first, last in _private(bytes(clean[start:end])):
                clean[start + first : start + last] = bytes(last - first)
        at += 2 + max(size, 2)
    return bytes(clean)


def _private(tiff: bytes) -> Iterator[tuple[int, int]]:
    """Yield where private values stand in a TIFF block."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    directories = [(first, False)]
    seen: set[int] = set()
    while directories:
        offset, all_private = directories.pop()
        if offset in seen or not 8 <= offset <= len(tiff) - 2:
            continue
        seen.add(offset)
        (count,) = struct.unpack_from(f"{order}H", tiff, offset)
        for index in range(min(count, _MAX_ENTRIES)):
            entry = offset + 2 + 12 * index
            if entry + 12 > len(tiff):
                break
            tag, kind, number, value = struct.unpack_from(f"{order}HHII", tiff, entry)
            if tag in (_EXIF_POINTER, _GPS_POINTER):
                directories.append((value, tag == _GPS_POINTER))
            elif all_private or tag in _PRIVATE:
                size = (_SIZES[kind] if kind < len(_SIZES) else 1) * number
                place = entry + 8 if size <= 4 else value
                yield min(place, len(tiff)), min(place + size, len(tiff))
