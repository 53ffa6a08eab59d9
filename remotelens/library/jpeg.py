"""Is this JPEG whole? Its structure walked from the first marker to the last, without decoding a pixel.

Source: ITU-T T.81 annex B (markers, segments). What a camera appends after the end of the image, such as a
second preview or filler bytes, is accepted: only the image itself must be complete.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remotelens.errors import RemoteProtocolError

_SOI = b"\xff\xd8"
_EOI = 0xD9
_SOS = 0xDA
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Within a scan FF is followed by 00 (stuffing), a restart marker, or more FF; anything else ends the scan.
# A pattern that begins with one plain byte is searched for ten times as fast as one that repeats it.
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class JpegFacts:
    """What the headers of a complete JPEG say."""

    width: int
    height: int


def check_jpeg(data: bytes | bytearray | memoryview) -> JpegFacts:
    """Return the size of a complete JPEG.

    Raises:
        RemoteProtocolError: it does not start as a JPEG, or ends before its image does.
    """
    view = memoryview(data)
    if bytes(view[:2]) != _SOI:
        raise RemoteProtocolError("the picture is not a JPEG")
    facts: JpegFacts | None = None
    at = 2
    while True:
        marker, at = _marker(view, at)
        if marker == _EOI:
            if facts is None:
                raise RemoteProtocolError("the picture is a JPEG without an image")
            return facts
        if marker in _STANDALONE:
            continue
        end = at + _segment_length(view, at)
        if marker in _FRAME_HEADERS:
            facts = _frame_header(view[at:end])
        at = end
        if marker == _SOS:
            found = _SCAN_END.search(view, at)
            if found is None:
                raise _cut_short(len(view))
            at = found.start()


def _marker(view: memoryview, at: int) -> tuple[int, int]:
    """Return the marker at this place, fill bytes skipped, and where what follows it starts."""
    if at >= len(view):
        raise _cut_short(len(view))
    if view[at] != 0xFF:
        raise RemoteProtocolError(f"the picture is damaged: no JPEG marker at byte {at}")
    while at < len(view) and view[at] == 0xFF:
        at += 1
    if at >= len(view):
        raise _cut_short(len(view))
    return view[at], at + 1


def _segment_length(view: memoryview, at: int) -> int:
    """Return the length of the segment here, the length field included."""
    length = int.from_bytes(view[at : at + 2], "big")
    if at + max(length, 2) > len(view):
        raise _cut_short(len(view))
    if length < 2:
        raise RemoteProtocolError(f"the picture is damaged: a JPEG segment of {length} bytes at byte {at}")
    return length


def _frame_header(segment: memoryview) -> JpegFacts:
    """Return the size in a start-of-frame segment: length 2, precision 1, height 2, width 2."""
    height, width = int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[5:7], "big")
    if not width or not height:
        raise RemoteProtocolError(f"the picture is damaged: a JPEG of {width}×{height} pixels")
    return JpegFacts(width, height)


def _cut_short(size_bytes: int) -> RemoteProtocolError:
    return RemoteProtocolError(f"the picture is cut short: no end of the JPEG within {size_bytes} bytes")
