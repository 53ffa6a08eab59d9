"""The movie file, read box by box. Source: ISO/IEC 14496-12, 14496-1."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from emulator.body.mp4 import mp4_head

CREATED = datetime(2014, 8, 18, 12, 34, 56, tzinfo=UTC)
CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}


def boxes(data: bytes, path: str = "") -> dict[str, bytes]:
    """Every box by its path, with its content."""
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if name == b"mdat":
            found["mdat"] = data[at:]
            break
        content = data[at + 8 : at + size]
        where = f"{path}/{name.decode()}".lstrip("/")
        found[where] = content
        if name in CONTAINERS:
            found |= boxes(content, where)
        at += size
    return found


def test_the_head_tells_all_that_is_needed_to_find_every_frame() -> None:
    head = mp4_head(size=(1920, 1080), frames=90, frames_s=30, frame_bytes=66_666, created=CREATED)
    found = boxes(head)
    table = "moov/trak/mdia/minf/stbl"
    assert struct.unpack_from(">4xII", found[f"{table}/stsz"]) == (66_666, 90)
    assert struct.unpack_from(">4xIII", found[f"{table}/stts"]) == (1, 90, 1)
    assert struct.unpack_from(">4xIIII", found[f"{table}/stsc"]) == (1, 1, 90, 1)
    assert struct.unpack_from(">4xIQ", found[f"{table}/co64"]) == (1, len(head))
    assert struct.unpack_from(">I4s", found["mdat"]) == (8 + 90 * 66_666, b"mdat")


def test_time_size_and_duration_stand_in_it() -> None:
    found = boxes(mp4_head(size=(1440, 1080), frames=45, frames_s=30, frame_bytes=100, created=CREATED))
    created, _, scale, duration = struct.unpack_from(">4xIIII", found["moov/mvhd"])
    assert (scale, duration) == (1000, 1500)
    assert created - 2_082_844_800 == int(CREATED.timestamp())
    assert len(found["moov/mvhd"]) == 100
    assert len(found["moov/trak/tkhd"]) == 84
    assert struct.unpack(">II", found["moov/trak/tkhd"][-8:]) == (1440 << 16, 1080 << 16)
    assert struct.unpack_from(">12xII", found["moov/trak/mdia/mdhd"]) == (30, 45)


def test_the_frames_are_said_to_be_jpegs() -> None:
    found = boxes(mp4_head(size=(1440, 1080), frames=45, frames_s=30, frame_bytes=100, created=CREATED))
    entry = found["moov/trak/mdia/minf/stbl/stsd"][8:]
    size, name = struct.unpack_from(">I4s", entry)
    assert (size, name) == (len(entry), b"mp4v")
    assert struct.unpack_from(">HH", entry, 32) == (1440, 1080)
    decoder = entry.index(b"esds") + 8
    assert entry[decoder] == 0x03
    assert entry[decoder + 5 : decoder + 8] == bytes((0x04, 13, 0x6C))


def test_a_file_of_more_than_four_gigabytes_has_a_length_of_64_bits() -> None:
    head = mp4_head(size=(1920, 1080), frames=60_000, frames_s=30, frame_bytes=80_000, created=CREATED)
    data = boxes(head)["mdat"]
    assert struct.unpack(">I4sQ", data) == (1, b"mdat", 16 + 60_000 * 80_000)
    assert struct.unpack_from(">4xIQ", boxes(head)["moov/trak/mdia/minf/stbl/co64"])[1] == len(head)
