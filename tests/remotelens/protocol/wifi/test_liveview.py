from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.wifi.liveview import (
    HEADER_BYTES,
    INITIAL_BUFFER_BYTES,
    MIN_FREE_BYTES,
    START_CODE,
    FocusCategory,
    FocusFrame,
    FocusStatus,
    LiveViewParser,
    Payload,
    PayloadType,
    PlaybackPosition,
    decode_focus_frames,
    decode_playback_position,
    encode_focus_frames,
    encode_packet,
    jpeg_of,
)
from tests.remotelens.protocol.wifi.fuzz import cuts, damaged, quick
from tests.remotelens.protocol.wifi.recorded import recording

CAPTURE = "qx100_liveview_first8.tsar.bin"
TABLE = "qx100_liveview_headers.tsar.json"

# The first 16 bytes of the capture of a DSC-QX100, protocol/wifi.md 8.2 and B.7.
FIRST_HEAD = bytes.fromhex("ff01 0000 00000004 24356879 002480 00")


def headers() -> list[list[Any]]:
    frames: list[list[Any]] = json.loads(recording(TABLE))["frames"]
    return frames


def packet(sequence: int, data: bytes, *, kind: int = PayloadType.LIVE, padding: int = 0) -> bytes:
    return b"".join(encode_packet(kind, sequence, sequence * 33, data, padding=padding))


def picture(sequence: int, size: int = 300) -> bytes:
    return b"\xff\xd8" + sequence.to_bytes(2, "big") * (size // 2 - 2) + b"\xff\xd9"


STREAM = b"".join(packet(n, picture(n), padding=n % 4) for n in range(6))


def test_the_recorded_packets_of_a_qx100_are_read() -> None:
    parser = LiveViewParser()
    payloads = parser.feed(recording(CAPTURE))

    assert len(payloads) == 8
    for payload, (_, kind, sequence, timestamp_ms, size, padding, end) in zip(
        payloads, headers(), strict=False
    ):
        assert (payload.type, payload.sequence, payload.timestamp_ms) == (kind, sequence, timestamp_ms)
        assert (len(payload.data), payload.padding) == (size, padding)
        assert len(payload.header) == 128
        assert len(jpeg_of(payload)) == end
        assert jpeg_of(payload).endswith(b"\xff\xd9")
    assert (parser.skipped_bytes, parser.resyncs, parser.oversized, parser.unfinished_bytes) == (0, 0, 0, 0)


def test_the_recorded_packets_are_written_byte_for_byte() -> None:
    recorded = recording(CAPTURE)
    written = b""
    for payload in LiveViewParser().feed(recorded):
        head, body = encode_packet(payload.type, payload.sequence, payload.timestamp_ms, payload.data)
        assert len(head) == HEADER_BYTES
        written += head + body

    assert written == recorded
    assert recorded.startswith(FIRST_HEAD)


def test_the_table_of_139_headers_agrees_with_what_is_written_of_it() -> None:
    rows = headers()

    assert len(rows) == 139
    for (offset, kind, sequence, timestamp_ms, size, padding, _), following in pairwise(rows):
        head, body = encode_packet(kind, sequence, timestamp_ms, bytes(size), padding=padding)
        assert offset + len(head) + len(body) == following[0]
        assert following[2] == sequence + 1
        (payload,) = LiveViewParser().feed(head + body)
        assert (payload.sequence, payload.timestamp_ms) == (sequence, timestamp_ms)
        assert (len(payload.data), payload.padding) == (size, padding)


def test_the_whole_table_as_one_stream_keeps_the_buffer_small() -> None:
    parser = LiveViewParser()
    count = 0
    for _, kind, sequence, timestamp_ms, size, padding, _ in headers():
        for piece in encode_packet(kind, sequence, timestamp_ms, bytes(size), padding=padding):
            count += len(parser.feed(piece))

    assert count == 139
    assert parser.buffer_bytes == INITIAL_BUFFER_BYTES
    assert parser.skipped_bytes == 0


@pytest.mark.parametrize("step", [1, 7, 135, 136, 137, 1460, 65536])
def test_the_size_of_the_pieces_does_not_matter(step: int) -> None:
    recorded = recording(CAPTURE)[: 9480 * 2]
    whole = LiveViewParser().feed(recorded)
    parser = LiveViewParser()
    pieces = [recorded[at : at + step] for at in range(0, len(recorded), step)]

    assert [payload for piece in pieces for payload in parser.feed(piece)] == whole
    assert parser.skipped_bytes == 0


def test_a_buffered_protocol_can_write_into_the_parser() -> None:
    recorded = recording(CAPTURE)
    parser = LiveViewParser()
    payloads: list[Payload] = []
    at = 0
    while at < len(recorded):
        room = parser.get_buffer()
        assert len(room) >= MIN_FREE_BYTES
        count = min(len(room), 20_000, len(recorded) - at)
        room[:count] = recorded[at : at + count]
        payloads += parser.filled(count)
        at += count

    assert payloads == LiveViewParser().feed(recorded)


def test_more_than_there_was_room_for_cannot_have_been_written() -> None:
    parser = LiveViewParser()
    room = parser.get_buffer()

    with pytest.raises(LocalProtocolError):
        parser.filled(len(room) + 1)
    with pytest.raises(LocalProtocolError):
        parser.filled(-1)


def test_bytes_like_objects_of_every_kind_are_taken() -> None:
    whole = LiveViewParser().feed(STREAM)

    assert LiveViewParser().feed(bytearray(STREAM)) == whole
    assert LiveViewParser().feed(memoryview(STREAM)) == whole
    assert len(whole) == 6


def test_payload_types_are_told_apart_and_unknown_ones_kept() -> None:
    stream = b"".join(
        packet(n, bytes([n]) * 20, kind=kind) for n, kind in enumerate((0x02, 0x01, 0x11, 0x12, 0x77))
    )

    assert [payload.type for payload in LiveViewParser().feed(stream)] == [2, 1, 0x11, 0x12, 0x77]


def test_padding_is_counted_but_not_handed_out() -> None:
    first, second = LiveViewParser().feed(packet(1, b"abc", padding=255) + packet(2, b"", padding=1))

    assert (first.data, first.padding) == (b"abc", 255)
    assert (second.data, second.padding) == (b"", 1)


def test_joining_in_the_middle_starts_with_the_next_packet() -> None:
    parser = LiveViewParser()
    payloads = parser.feed(STREAM[50:])

    assert [payload.sequence for payload in payloads] == [1, 2, 3, 4, 5]
    assert parser.resyncs == 1
    assert parser.skipped_bytes == len(packet(0, picture(0))) - 50


def test_a_corrupt_start_costs_its_own_packet_only() -> None:
    second = len(packet(0, picture(0)))
    for at in (second, second + 8, second + 11):
        stream = bytearray(STREAM)
        stream[at] ^= 0x55
        parser = LiveViewParser()

        assert [payload.sequence for payload in parser.feed(stream)] == [0, 2, 3, 4, 5]
        assert parser.resyncs == 1


@pytest.mark.parametrize(
    "size", [0, 100, 299, 301, 311, 430, 437, 600, 900, 5_000, 1_000_000, 2**22, 2**24 - 1]
)
@pytest.mark.parametrize("step", [64, 1460, 10**6])
def test_a_damaged_size_costs_its_own_packet_and_never_hides_a_later_one(size: int, step: int) -> None:
    second = len(packet(0, picture(0)))
    stream = bytearray(STREAM)
    stream[second + 12 : second + 15] = size.to_bytes(3, "big")
    parser = LiveViewParser()
    payloads = [
        payload
        for at in range(0, len(stream), step)
        for payload in parser.feed(bytes(stream[at : at + step]))
    ]

    whole = [payload.sequence for payload in payloads if payload.data == picture(payload.sequence)]
    assert whole == [0, 2, 3, 4, 5]


def test_a_packet_that_was_cut_short_does_not_swallow_the_next() -> None:
    first = packet(0, picture(0))
    parser = LiveViewParser()
    payloads = parser.feed(first + first[:200] + packet(2, picture(2)) + packet(3, picture(3)))

    assert [payload.sequence for payload in payloads] == [0, 2, 3]
    assert parser.skipped_bytes == 200


def test_an_announced_size_above_the_limit_is_damage_not_a_reason_to_grow() -> None:
    parser = LiveViewParser(max_payload_bytes=10_000)
    stream = packet(1, bytes(10_001)) + packet(2, picture(2))

    assert [payload.sequence for payload in parser.feed(stream)] == [2]
    assert parser.oversized == 1
    assert parser.buffer_bytes == INITIAL_BUFFER_BYTES


def test_a_payload_larger_than_the_buffer_makes_it_grow_up_to_the_limit() -> None:
    limit = 3 * INITIAL_BUFFER_BYTES
    large = bytes(range(256)) * (limit // 256)
    parser = LiveViewParser(max_payload_bytes=limit)
    stream = packet(1, picture(1)) + packet(2, large) + packet(3, picture(3))
    payloads = [
        payload for at in range(0, len(stream), 9_999) for payload in parser.feed(stream[at : at + 9_999])
    ]

    assert [payload.sequence for payload in payloads] == [1, 2, 3]
    assert payloads[1].data == large
    assert parser.buffer_bytes <= limit + HEADER_BYTES + 255 + MIN_FREE_BYTES


def test_endless_rubbish_takes_no_memory() -> None:
    parser = LiveViewParser()
    rubbish = b"\xd8\xff" * 50_000 + START_CODE + b"\xff" + bytes(7) + START_CODE[:3]

    for _ in range(40):
        assert parser.feed(rubbish) == []
        assert parser.unfinished_bytes < 12
    assert parser.buffer_bytes == INITIAL_BUFFER_BYTES
    assert [payload.sequence for payload in parser.feed(packet(9, picture(9)))] == [9]


def test_a_start_that_is_promised_but_never_comes_is_held_within_the_limit() -> None:
    parser = LiveViewParser()
    head, _ = encode_packet(PayloadType.LIVE, 1, 0, b"")
    parser.feed(head[:12] + (4_000_000).to_bytes(3, "big") + head[15:])

    for _ in range(80):
        parser.feed(b"\xff\x00\x24\x35" * 16_000)
    assert parser.buffer_bytes <= 4 * 1024 * 1024 + HEADER_BYTES + 255 + MIN_FREE_BYTES
    assert [payload.sequence for payload in parser.feed(packet(2, picture(2)))] == [2]


def test_start_codes_without_their_first_byte_are_not_taken_for_packets() -> None:
    parser = LiveViewParser()

    assert parser.feed(START_CODE * 1000) == []
    assert parser.skipped_bytes == 4000 - parser.unfinished_bytes


def test_a_picture_ends_at_its_last_end_marker() -> None:
    data = b"\xff\xd8 a \xff\xd9 b \xff\xd9"
    (filled, bare) = LiveViewParser().feed(packet(1, data + b"rubbish") + packet(2, data))

    assert jpeg_of(filled) == jpeg_of(bare) == data


@pytest.mark.parametrize("data", [b"", b"\xff\xd8 cut short", b"\xff\xd9", b"<html>\xff\xd9"])
def test_what_is_no_whole_picture_is_a_typed_error(data: bytes) -> None:
    (payload,) = LiveViewParser().feed(packet(1, data))

    with pytest.raises(RemoteProtocolError):
        jpeg_of(payload)


def test_a_written_header_has_its_fields_where_the_specification_puts_them() -> None:
    head, body = encode_packet(PayloadType.LIVE, 0x1_0203, 0x1_0405_0607, b"\xaa" * 5, padding=3)

    assert head == bytes.fromhex("ff01 0203 04050607 24356879 000005 03") + bytes(120)
    assert body == b"\xaa" * 5 + bytes(3)


def test_focus_frames_have_their_fields_where_the_specification_puts_them() -> None:
    # protocol/wifi.md 8.2: version 1.0, two frames of 16 bytes; contrast AF, focused, selected / face, main.
    header = bytes(8) + bytes.fromhex("0100 0002 0010") + bytes(114)
    data = bytes.fromhex("1388 0000 2710 1194 01 04 01 0000000000 0001 0002 0003 0004 04 02 00 0000000000")
    frames = (
        FocusFrame(5000, 0, 10000, 4500, FocusCategory.CONTRAST_AF, FocusStatus.FOCUSED, 1),
        FocusFrame(1, 2, 3, 4, FocusCategory.FACE, FocusStatus.MAIN, 0),
    )

    assert encode_focus_frames(frames) == (header, data)
    head, body = encode_packet(PayloadType.FRAME_INFO, 1, 0, data, header=header)
    (payload,) = LiveViewParser().feed(head + body)
    assert decode_focus_frames(payload) == frames
    assert payload.header[8:] == header[8:]


def test_the_stride_of_focus_frames_is_taken_from_the_packet() -> None:
    frames = (FocusFrame(1, 2, 3, 4, 1, 1), FocusFrame(5, 6, 7, 8, 5, 4, 2))
    header, data = encode_focus_frames(frames, stride=24)
    head, body = encode_packet(PayloadType.FRAME_INFO, 1, 0, data, header=header)
    (payload,) = LiveViewParser().feed(head + body)

    assert len(data) == 48
    assert decode_focus_frames(payload) == frames


def test_no_focus_frame_is_nothing_special() -> None:
    header, data = encode_focus_frames(())
    head, body = encode_packet(PayloadType.FRAME_INFO, 1, 0, data, header=header)
    (payload,) = LiveViewParser().feed(head + body)

    assert decode_focus_frames(payload) == ()


@pytest.mark.parametrize(
    ("kind", "fields", "data"),
    [
        (PayloadType.LIVE, "0100 0000 0010", b""),
        (PayloadType.FRAME_INFO, "0100 ffff 0010", bytes(16)),
        (PayloadType.FRAME_INFO, "0100 0001 0000", bytes(16)),
        (PayloadType.FRAME_INFO, "0100 0002 0010", bytes(31)),
        (PayloadType.FRAME_INFO, "0100 0001 000a", bytes(16)),
    ],
)
def test_focus_frames_that_do_not_fit_are_a_typed_error(kind: int, fields: str, data: bytes) -> None:
    header = (bytes(8) + bytes.fromhex(fields)).ljust(128, b"\0")
    head, body = encode_packet(kind, 1, 0, data, header=header)
    (payload,) = LiveViewParser().feed(head + body)

    with pytest.raises(RemoteProtocolError):
        decode_focus_frames(payload)


def test_the_position_of_a_played_movie_is_read() -> None:
    data = (61_000).to_bytes(4, "big") + (1500).to_bytes(4, "big") + bytes(24)
    (payload,) = LiveViewParser().feed(packet(1, data, kind=PayloadType.PLAYBACK_INFO))

    assert decode_playback_position(payload) == PlaybackPosition(61_000, 1500)
    (short,) = LiveViewParser().feed(packet(1, b"1234567", kind=PayloadType.PLAYBACK_INFO))
    with pytest.raises(RemoteProtocolError):
        decode_playback_position(short)


def test_what_does_not_fit_a_packet_is_not_sent() -> None:
    with pytest.raises(LocalProtocolError):
        encode_packet(1, 0, 0, b"", header=bytes(120))
    with pytest.raises(LocalProtocolError):
        encode_packet(1, 0, 0, b"", padding=256)
    with pytest.raises(LocalProtocolError):
        encode_packet(256, 0, 0, b"")
    with pytest.raises(LocalProtocolError):
        encode_packet(1, 0, 0, bytes(2**24))
    with pytest.raises(LocalProtocolError):
        encode_focus_frames([FocusFrame(0, 0, 70_000, 0, 1, 1)])
    with pytest.raises(LocalProtocolError):
        encode_focus_frames([], stride=10)


@quick
@given(st.data())
def test_the_same_payloads_come_out_whatever_the_pieces(data: st.DataObject) -> None:
    parser = LiveViewParser()
    payloads = [payload for piece in data.draw(cuts(STREAM)) for payload in parser.feed(piece)]

    assert payloads == LiveViewParser().feed(STREAM)
    assert parser.skipped_bytes == 0


@quick
@given(st.data())
def test_damage_never_raises_and_the_packets_after_it_come_out(data: st.DataObject) -> None:
    tail = b"".join(packet(n, picture(n)) for n in range(100, 103))
    stream = data.draw(damaged(STREAM) | st.binary(max_size=600)) + tail
    parser = LiveViewParser(max_payload_bytes=50_000)
    payloads = [payload for piece in data.draw(cuts(stream)) for payload in parser.feed(piece)]

    whole = [payload.sequence for payload in payloads if payload.data == picture(payload.sequence)]
    assert whole[-2:] == [101, 102]
    used = sum(HEADER_BYTES + len(payload.data) + payload.padding for payload in payloads)
    assert used + parser.skipped_bytes + parser.unfinished_bytes == len(stream)


@quick
@given(st.integers(0, len(STREAM)))
def test_a_stream_cut_anywhere_gives_the_packets_before_the_cut(length: int) -> None:
    parser = LiveViewParser()
    payloads = parser.feed(STREAM[:length])

    assert payloads == LiveViewParser().feed(STREAM)[: len(payloads)]
    assert parser.unfinished_bytes < len(packet(0, picture(0), padding=3))


@quick
@given(st.binary(max_size=300), st.binary(max_size=128))
def test_no_frame_information_does_more_than_raise_a_typed_error(data: bytes, header: bytes) -> None:
    payload = Payload(PayloadType.FRAME_INFO, 1, 0, data, 0, header.ljust(128, b"\0"))
    try:
        frames = decode_focus_frames(payload)
    except RemoteProtocolError:
        return
    assert len(frames) * 11 <= len(data)
