"""A movie file as an MP4 whose length is known before its first frame is rendered.

The frames are JPEGs of one length each (Motion JPEG), so that the whole index is a few numbers. Real cameras
record AVC: container, size, duration, pixels and names are theirs, the codec is not. No sound.

Source: ISO/IEC 14496-12 (boxes), 14496-1 (esds); object type 0x6C is JPEG.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime

_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_TIMESCALE_OF_MOVIE = 1000
_TRACK = 1
_ENABLED_IN_MOVIE = 0x000007
_JPEG_OBJECT = 0x6C
_VISUAL_STREAM = 0x11
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_LARGE = 2**32


def mp4_head(
    *, size: tuple[int, int], frames: int, frames_s: int, frame_bytes: int, created: datetime
) -> bytes:
    """Return all of a file that stands before its first frame.

    Args:
        size: width and height.
        frames: how many frames follow.
        frames_s: how many of them are shown in a second.
        frame_bytes: how long each of them is.
        created: when the movie was taken.
    """
    kind = _box(b"ftyp", b"mp42", struct.pack(">I", 0), b"mp42", b"isom")
    data = _data_head(frames * frame_bytes)
    index = _movie(size, frames, frames_s, frame_bytes, created, offset=0)
    offset = len(kind) + len(index) + len(data)
    return kind + _movie(size, frames, frames_s, frame_bytes, created, offset=offset) + data


def _data_head(content_bytes: int) -> bytes:
    if content_bytes + 8 < _LARGE:
        return struct.pack(">I4s", content_bytes + 8, b"mdat")
    return struct.pack(">I4sQ", 1, b"mdat", content_bytes + 16)


def _movie(
    size: tuple[int, int], frames: int, frames_s: int, frame_bytes: int, created: datetime, *, offset: int
) -> bytes:
    seconds = max(0, round((created - _EPOCH).total_seconds())) % _LARGE
    duration = round(frames * _TIMESCALE_OF_MOVIE / frames_s)
    width, height = size
    movie_header = _full(
        b"mvhd",
        struct.pack(">IIII", seconds, seconds, _TIMESCALE_OF_MOVIE, duration),
        struct.pack(">IH10x", 0x10000, 0x0100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", _TRACK + 1),
    )
    track_header = _full(
        b"tkhd",
        struct.pack(">IIIII8x", seconds, seconds, _TRACK, 0, duration),
        struct.pack(">HHHH", 0, 0, 0, 0),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
        flags=_ENABLED_IN_MOVIE,
    )
    media_header = _full(b"mdhd", struct.pack(">IIIIHH", seconds, seconds, frames_s, frames, 0x55C4, 0))
    handler = _full(b"hdlr", struct.pack(">I4s12x", 0, b"vide"), b"video\0")
    place = _full(b"url ", flags=1)
    references = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), place))
    table = _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), _sample_entry(width, height, frame_bytes * frames_s * 8)),
        _full(b"stts", struct.pack(">III", 1, frames, 1)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, frames, 1)),
        _full(b"stsz", struct.pack(">II", frame_bytes, frames)),
        _full(b"co64", struct.pack(">IQ", 1, offset)),
    )
    information = _box(b"minf", _full(b"vmhd", bytes(8), flags=1), references, table)
    media = _box(b"mdia", media_header, handler, information)
    return _box(b"moov", movie_header, _box(b"trak", track_header, media))


def _sample_entry(width: int, height: int, bits_s: int) -> bytes:
    """Return the description of the frames: MPEG-4 visual, JPEG inside."""
    rate = min(bits_s, _LARGE - 1)
    decoder = _descriptor(0x04, struct.pack(">BB3xII", _JPEG_OBJECT, _VISUAL_STREAM, rate, rate))
    stream = _descriptor(0x03, struct.pack(">HB", _TRACK, 0), decoder, _descriptor(0x06, b"\x02"))
    return _box(
        b"mp4v",
        struct.pack(">6xH16xHH", 1, width, height),
        struct.pack(">IIIH", 0x480000, 0x480000, 0, 1),
        bytes(32),
        struct.pack(">Hh", 24, -1),
        _full(b"esds", stream),
    )


def _descriptor(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">BB", tag, len(content)) + content


def _full(name: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", flags), *parts)


def _box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, name) + content
