"""Date format and clock: the vectors of protocol/ble.md 6.3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.wallclock import (
    ClockSetting,
    DateFormat,
    decode_clock,
    decode_date_format,
)

TOKYO = bytes.fromhex("0C0000 07EA0B170F1E0F 00 09 00")
NEWFOUNDLAND = bytes.fromhex("0C0000 07EA07010A0000 01 FD 1E")


def test_the_documented_clocks_are_read_and_written() -> None:
    tokyo = ClockSetting(datetime(2026, 11, 23, 15, 30, 15), 540)  # noqa: DTZ001 - a wall clock
    newfoundland = ClockSetting(datetime(2026, 7, 1, 10), -210, summer_time=True)  # noqa: DTZ001 - a wall clock

    assert decode_clock(TOKYO) == tokyo
    assert decode_clock(NEWFOUNDLAND) == newfoundland
    assert tokyo.encode() == TOKYO
    assert newfoundland.encode() == NEWFOUNDLAND
    assert tokyo.utc == datetime(2026, 11, 23, 6, 30, 15, tzinfo=UTC)
    assert newfoundland.utc == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def test_an_instant_in_a_zone_becomes_its_wall_clock() -> None:
    instant = datetime(2026, 7, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))

    assert ClockSetting.of(instant, -210, summer_time=True).encode() == NEWFOUNDLAND
    assert ClockSetting.of(datetime(2026, 11, 23, 6, 30, 15, tzinfo=UTC), 540).encode() == TOKYO


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0C000007EA0D170F1E0F000900",  # month 13
        "0C000007EA0B170F1E0F000F00",  # +15 h
        "0C000007EA0B170F1E0F00093C",  # 60 min
        "0C000007EA0B170F1E0F020900",  # summer time 2
        "0C0000000001010000000000" + "00",  # year 0
        "0B000007EA0B170F1E0F0009",
    ],
)
def test_impossible_clocks_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_clock(bytes.fromhex(value))


@pytest.mark.parametrize("offset_min", [-30, 15 * 60, -15 * 60])
def test_offsets_without_a_form_are_not_sent(offset_min: int) -> None:
    with pytest.raises(LocalProtocolError):
        ClockSetting(datetime(2026, 1, 1), offset_min).encode()  # noqa: DTZ001 - a wall clock


def test_the_four_date_formats_are_read_and_written() -> None:
    for number, date_format in enumerate(DateFormat, start=1):
        value = bytes([0x03, 0x00, 0x00, number])
        assert decode_date_format(value) is date_format
        assert date_format.encode() == value
    for wrong in ("03000000", "03000005", "020000", "0400000101"):
        with pytest.raises(RemoteProtocolError):
            decode_date_format(bytes.fromhex(wrong))


@given(st.binary(min_size=10, max_size=10))
def test_any_fields_are_a_clock_or_a_protocol_error(fields: bytes) -> None:
    try:
        setting = decode_clock(b"\x0c\x00\x00" + fields)
    except RemoteProtocolError:
        return
    assert setting.utc.tzinfo is UTC
    assert decode_clock(setting.encode()) == setting


@given(st.binary(max_size=20))
def test_any_bytes_are_a_clock_or_a_protocol_error(value: bytes) -> None:
    for decode in (decode_clock, decode_date_format):
        try:
            assert decode(value) is not None
        except RemoteProtocolError:
            continue
