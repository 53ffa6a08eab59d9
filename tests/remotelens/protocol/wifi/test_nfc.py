from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.wifi import nfc
from tests.remotelens.protocol.wifi.fuzz import damaged, quick

SSID = "DIRECT-qdQ0:DSC-QX10"
KEY = "aB3dE6gH"

# Assembled from the layout of protocol/wifi.md 1.2: the SSID of the QX10's dump, a made-up key, the place of
# the description.
PAYLOAD = (
    bytes.fromhex("0001 0001 01")
    + bytes.fromhex("1000 0014")
    + SSID.encode()
    + bytes.fromhex("1001 0008")
    + KEY.encode()
    + bytes.fromhex("1003 0013 0a000001 fb41 0a")
    + b"DmsRmtDesc\0\0"
)
MESSAGE = bytes([0xD2, 22, len(PAYLOAD)]) + b"application/x-sony-pmm" + PAYLOAD


def fixed_offsets(payload: bytes) -> tuple[str, str]:
    """Read SSID and key as a third-party program does, protocol/wifi.md 1.2."""
    ssid_length = payload[8]
    key_at = 8 + ssid_length + 4
    return payload[9 : 9 + ssid_length].decode(), payload[key_at + 1 : key_at + 1 + payload[key_at]].decode()


def test_the_tag_of_a_qx10_is_read() -> None:
    tag = nfc.parse_ndef(MESSAGE)

    assert (tag.ssid, tag.key, tag.version) == (SSID, KEY, 1)
    assert [number for number, _ in tag.entries] == [1, 0x1000, 0x1001, 0x1003]
    assert tag.entries[3][1].startswith(bytes([10, 0, 0, 1, 0xFB, 0x41, 10]))


def test_a_tag_is_written_where_programs_with_fixed_offsets_look() -> None:
    payload = nfc.encode_payload(SSID, KEY, others=[(nfc.DESCRIPTION_TAG, PAYLOAD[-19:])])

    assert payload == PAYLOAD
    assert nfc.encode_ndef(payload) == MESSAGE
    assert fixed_offsets(payload) == (SSID, KEY)


def test_a_long_record_has_a_long_length() -> None:
    payload = nfc.encode_payload(SSID, KEY, others=[(0x2000, bytes(300))])
    message = nfc.encode_ndef(payload)

    assert message[0] == 0xC2
    assert nfc.parse_ndef(message).entries[3] == (0x2000, bytes(300))


def test_padding_a_terminator_and_a_cut_last_entry_are_no_obstacle() -> None:
    padded = bytes.fromhex("1000 0006") + b"net\0\0\0" + bytes.fromhex("1001 0003") + b"k\0\0" + bytes(9)
    cut = bytes.fromhex("1000 0003") + b"net" + bytes.fromhex("1002 00ff") + b"ab"

    assert (nfc.parse_payload(padded).ssid, nfc.parse_payload(padded).key) == ("net", "k")
    assert nfc.parse_payload(cut).entries == ((0x1000, b"net"), (0x1002, b"ab"))
    assert nfc.parse_payload(cut).version is None


def test_other_records_beside_it_are_passed_over() -> None:
    text = bytes([0x91, 1, 3]) + b"T" + b"\x02en"
    with_id = bytes([0x19, 1, 1, 2]) + b"U" + b"id" + b"\x00"
    last = bytes([0x52]) + MESSAGE[1:]

    assert nfc.parse_ndef(text + with_id + last).ssid == SSID


def test_the_key_stays_out_of_texts() -> None:
    assert KEY not in repr(nfc.parse_ndef(MESSAGE))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xd2",
        MESSAGE[:-1],
        MESSAGE[:20],
        bytes([0xB2]) + MESSAGE[1:],
        MESSAGE.replace(b"sony", b"tony"),
        nfc.encode_ndef(b""),
        nfc.encode_ndef(bytes.fromhex("1001 0001") + b"k"),
        bytes(70_000),
    ],
)
def test_what_is_no_tag_of_a_camera_is_a_typed_error(message: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        nfc.parse_ndef(message)


@pytest.mark.parametrize(
    ("ssid", "key", "version"), [("a" * 70_000, KEY, 1), (SSID, "é", 1), (SSID, KEY, 256)]
)
def test_what_does_not_fit_a_tag_is_not_written(ssid: str, key: str, version: int) -> None:
    with pytest.raises(LocalProtocolError):
        nfc.encode_payload(ssid, key, version=version)


@quick
@given(st.binary(max_size=200) | damaged(MESSAGE))
def test_no_message_does_more_than_raise_a_typed_error(message: bytes) -> None:
    try:
        tag = nfc.parse_ndef(message)
    except RemoteProtocolError:
        return
    assert tag.ssid
