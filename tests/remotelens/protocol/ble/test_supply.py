"""Battery and media, from reads of the ILCE-7CM2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.supply import (
    Battery,
    ExternalPower,
    Media,
    MediaSlot,
    MediaState,
    Pack,
    PackPosition,
    decode_battery,
    decode_media,
)
from tests.remotelens.protocol.ble.dumps import recorded_reads


def test_the_recorded_batteries_are_read_and_written_back() -> None:
    expected = [
        Battery((Pack(0x03, PackPosition.BODY, 5, 86), Pack()), ExternalPower.NONE),
        Battery((Pack(0x03, PackPosition.BODY, 4, 77), Pack()), ExternalPower.NONE),
    ]

    assert [decode_battery(value) for value in recorded_reads("CC10")] == expected
    assert [battery.encode() for battery in expected] == recorded_reads("CC10")
    assert [pack.in_use for pack in expected[0].packs] == [True, False]


def test_the_recorded_media_are_read_and_written_back() -> None:
    expected = Media((MediaSlot(0x03, MediaState.PRESENT, 2173), MediaSlot(0x01)))

    assert [decode_media(value) for value in recorded_reads("CC0F")] == [expected]
    assert [expected.encode()] == recorded_reads("CC0F")
    assert [slot.shots_left for slot in expected.slots] == [2173, None]
    assert expected.slots[0].seconds_left is None
    assert MediaSlot(0x05, 1, 0, 90).seconds_left == 90


@pytest.mark.parametrize("value", ["", "020000", "0300", "04000001", "12000003" + "00" * 15])
def test_lengths_that_do_not_fit_the_count_are_refused(value: str) -> None:
    for decode in (decode_battery, decode_media):
        with pytest.raises(RemoteProtocolError):
            decode(bytes.fromhex(value))


def test_fields_that_do_not_fit_are_not_sent() -> None:
    with pytest.raises(LocalProtocolError):
        Battery((Pack(percent=-1),)).encode()
    with pytest.raises(LocalProtocolError):
        Battery((Pack(flags=256),)).encode()
    with pytest.raises(LocalProtocolError):
        Media((MediaSlot(shots=1 << 32),)).encode()


@given(st.binary(max_size=60))
def test_any_bytes_are_a_battery_and_media_or_a_protocol_error(value: bytes) -> None:
    for decode in (decode_battery, decode_media):
        try:
            result = decode(value)
        except RemoteProtocolError:
            continue
        assert decode(result.encode()) == result
