"""The location service: a recorded packet, and the vectors of protocol/ble.md 6.1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.location import (
    Position,
    Zone,
    decode_location_status,
    decode_position,
    encode_location_status,
    local_time,
    zone_needed,
)
from tests.remotelens.protocol.ble.dumps import recorded_reads, rows

RECORDED = Position(20.077731, 110.3332775, datetime(2020, 11, 5, 4, 2, 42, tzinfo=UTC), Zone(480))
TOKYO = Position(35.681236, 139.767125, datetime(2026, 11, 23, 6, 30, 15, tzinfo=UTC), Zone(540))
TOKYO_HEX = "005D0802FC03000010101015448648534EC55207EA0B17061E0F" + "00" * 65 + "021C0000"


def test_the_recorded_packet_is_read_and_written_back() -> None:
    (value,) = (bytes.fromhex(row["bytes"]) for row in rows("notifications.tsv") if row["uuid"] == "DD11")

    assert decode_position(value) == RECORDED
    assert RECORDED.encode() == value
    assert len(value) == 95


def test_the_second_vector_is_read_and_written() -> None:
    assert decode_position(bytes.fromhex(TOKYO_HEX)) == TOKYO
    assert TOKYO.encode() == bytes.fromhex(TOKYO_HEX)
    assert local_time(TOKYO) == datetime(2026, 11, 23, 15, 30, 15)  # noqa: DTZ001 - a wall clock


def test_without_a_zone_the_packet_is_four_bytes_shorter() -> None:
    value = Position(-33.5, -70.25, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)).encode()

    assert len(value) == 91
    assert value[:6] == bytes.fromhex("00590802FC00")
    assert decode_position(value).zone is None
    assert (decode_position(value).latitude, decode_position(value).longitude) == (-33.5, -70.25)


def test_the_time_on_the_air_is_utc() -> None:
    there = TOKYO.utc.astimezone(timezone(timedelta(hours=9)))

    assert Position(TOKYO.latitude, TOKYO.longitude, there, Zone(540)).encode() == TOKYO.encode()


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(90.1, 0.0, None), (0.0, 180.1, None), (float("nan"), 0.0, None), (0.0, 0.0, Zone(40_000))],
)
def test_what_is_no_place_or_no_zone_is_not_sent(
    latitude: float, longitude: float, zone: Zone | None
) -> None:
    with pytest.raises(LocalProtocolError):
        Position(latitude, longitude, TOKYO.utc, zone).encode()


@pytest.mark.parametrize(
    ("offset", "replacement"),
    [(0, "005C"), (2, "0802FD"), (5, "00"), (11, "7FFFFFFF"), (15, "80000000"), (21, "0D"), (24, "3C")],
)
def test_a_packet_with_a_wrong_field_is_refused(offset: int, replacement: str) -> None:
    value = bytearray(bytes.fromhex(TOKYO_HEX))
    field = bytes.fromhex(replacement)
    value[offset : offset + len(field)] = field

    with pytest.raises(RemoteProtocolError):
        decode_position(bytes(value))


def test_both_recorded_features_ask_for_the_zone() -> None:
    older = [bytes.fromhex(row["bytes"]) for row in rows("notifications.tsv") if row["uuid"] == "DD21"]

    assert [zone_needed(value) for value in recorded_reads("DD21") + older] == [True, True]
    assert not zone_needed(bytes.fromhex("0610009c000000"))
    with pytest.raises(RemoteProtocolError):
        zone_needed(bytes.fromhex("03100000"))


def test_a_zone_that_leads_out_of_the_calendar_is_a_protocol_error() -> None:
    last = replace(TOKYO, utc=datetime(9999, 12, 31, 23, tzinfo=UTC), zone=Zone(25139))
    with pytest.raises(RemoteProtocolError):
        local_time(last)


def test_the_status_has_the_documented_form() -> None:
    assert encode_location_status(on=True) == bytes.fromhex("03010201")
    assert decode_location_status(bytes.fromhex("03010201")) is True
    assert decode_location_status(bytes.fromhex("03010200")) is False
    assert decode_location_status(bytes.fromhex("03010301")) is None


@given(st.binary(max_size=120))
def test_any_bytes_are_a_position_or_a_protocol_error(value: bytes) -> None:
    for decode in (decode_position, zone_needed, decode_location_status):
        try:
            decode(value)
        except RemoteProtocolError:
            continue


@given(st.binary(min_size=15, max_size=15), st.none() | st.binary(min_size=4, max_size=4))
def test_any_fields_are_a_position_or_a_protocol_error(fields: bytes, zone: bytes | None) -> None:
    head = bytes.fromhex("0802FC03" if zone is not None else "0802FC00") + bytes.fromhex("0000101010")
    rest = head + fields + bytes(65) + (zone or b"")
    value = len(rest).to_bytes(2, "big") + rest
    try:
        position = decode_position(value)
    except RemoteProtocolError:
        return
    assert position.encode() == value
