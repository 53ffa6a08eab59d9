"""The generic frame, from recorded values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.frame import Frame, decode_frame, decode_frames, encode_frames
from tests.remotelens.protocol.ble.dumps import recorded_reads, rows

STATUS = bytes.fromhex("0400010000030002010300030105000400000003000501")  # start of a recorded CC09
FRAMED = {"CC03", "CC0F", "CC10", "CC11", "CC63", "DD21", "EE02"}


def test_a_list_of_frames_is_walked_from_length_to_length() -> None:
    frames = decode_frames(STATUS)

    assert frames == (
        Frame(0x0001, b"\x00\x00"),
        Frame(0x0002, b"\x01"),
        Frame(0x0003, b"\x01"),
        Frame(0x0004, b"\x00\x00\x00"),
        Frame(0x0005, b"\x01"),
    )
    assert encode_frames(frames) == STATUS


def test_every_recorded_framed_value_is_read_and_written_back() -> None:
    values = [(uuid, value) for uuid in sorted(FRAMED) for value in recorded_reads(uuid)]

    for uuid, value in values:
        assert decode_frame(value).encode() == value, uuid
    assert len(values) == 8


def test_the_recorded_status_is_ten_frames() -> None:
    (value,) = recorded_reads("CC09")

    assert [frame.type for frame in decode_frames(value)] == list(range(1, 11))
    assert encode_frames(decode_frames(value)) == value


def test_a_value_that_lacks_its_last_byte_is_read_where_that_is_known() -> None:
    (short,) = (row["bytes"] for row in rows("notifications.tsv") if row["uuid"] == "DD21")

    assert decode_frame(bytes.fromhex(short), missing_bytes=1) == Frame(0x1000, bytes.fromhex("9c0200"))
    with pytest.raises(RemoteProtocolError):
        decode_frame(bytes.fromhex(short))


@pytest.mark.parametrize("value", ["01", "0100", "0300", "0500010000", "040001000003", "00"])
def test_lengths_that_do_not_fit_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_frames(bytes.fromhex(value))


@pytest.mark.parametrize("value", ["", "00", "0200", "020001ff", "03000101ff"])
def test_what_is_not_exactly_one_frame_is_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_frame(bytes.fromhex(value))


@pytest.mark.parametrize("frame", [Frame(0x10000), Frame(-1), Frame(1, bytes(254))])
def test_what_no_frame_can_carry_is_not_sent(frame: Frame) -> None:
    with pytest.raises(LocalProtocolError):
        frame.encode()


@given(st.binary(max_size=600))
def test_any_bytes_are_frames_or_a_protocol_error(value: bytes) -> None:
    try:
        frames = decode_frames(value)
    except RemoteProtocolError:
        return
    assert encode_frames(frames) == value


@given(st.binary(max_size=300), st.integers(0, 2))
def test_any_bytes_are_one_frame_or_a_protocol_error(value: bytes, missing_bytes: int) -> None:
    try:
        frame = decode_frame(value, missing_bytes=missing_bytes)
    except RemoteProtocolError:
        return
    assert frame.encode()[1:] == value[1:]
