"""Adverts, from recordings of five bodies in eight states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.advert import (
    COMPANY_ID,
    AdStructure,
    AdType,
    Advert,
    Group,
    Tag,
    advert_of,
    decode_structures,
    encode_structures,
)
from tests.recordings import need
from tests.remotelens.protocol.ble.dumps import rows

BUILT_PADDED = bytes.fromhex("03006500553122ff0023b7ac2160000000000000")  # ILCE-7M4, pairing screen
OFF = bytes.fromhex("03006500553121b00223b7ac")  # ILCE-7RM5, off, wake allowed


def test_a_recorded_packet_has_the_values_that_its_owner_saw() -> None:
    advert = Advert.parse(BUILT_PADDED)

    assert advert == Advert(
        version=0x65,
        model_code="U1",
        groups=(Group(0x22, 0xFF, 0x00), Group(0x23, 0xB7, 0xAC), Group(0x21, 0x60, 0x00)),
    )
    assert advert.pairing_open
    assert advert.on
    assert not advert.wake_allowed
    assert advert.handover_supported
    assert not advert.handover_enabled


def test_a_camera_that_is_off_has_no_functions_and_may_be_woken() -> None:
    advert = Advert.parse(OFF)

    assert not advert.on
    assert advert.wake_allowed
    assert advert.flags_of(Tag.FUNCTIONS) is None
    assert not advert.pairing_open
    assert not advert.remote_enabled


STATES = {  # id: (pairing_open, on)
    "A1": (True, True),
    "A2": (True, True),
    "A3": (False, True),
    "A4": (False, True),
    "A5": (False, False),
    "A6": (True, True),
    "A7": (False, True),
    "A8": (True, True),
}


def test_every_recorded_advert_is_read_and_written_back() -> None:
    recorded = rows("adverts.tsv")

    for row in recorded:
        payload = bytes.fromhex(row["payload"])
        advert = Advert.parse(payload)
        assert advert.encode(len(payload)) == payload, row["id"]
        assert (advert.pairing_open, advert.on) == STATES[row["id"]], row["id"]
    assert len(recorded) == len(STATES) == 8


def test_the_complete_packet_is_read_and_written_back() -> None:
    lines = need("ble-dumps", "adverts_full.hex").read_text("utf-8").splitlines()
    advertising, response = (bytes.fromhex(line) for line in lines if not line.startswith("#"))

    structures = decode_structures(advertising)

    assert [item.type for item in structures] == [
        AdType.FLAGS,
        AdType.COMPLETE_16_BIT_SERVICES,
        AdType.MANUFACTURER_DATA,
    ]
    assert advert_of(structures) == Advert.parse(BUILT_PADDED)
    assert encode_structures(structures) == advertising
    assert decode_structures(response) == (AdStructure(AdType.COMPLETE_LOCAL_NAME, b"ILCE-7M4"),)
    assert encode_structures(decode_structures(response)) == response


def test_adverts_of_unknown_version_length_and_tags_are_read() -> None:
    advert = Advert.parse(bytes.fromhex("03007700 5A39 7F0102 22EF00 21"))

    assert advert.version == 0x77
    assert advert.flags_of(0x7F) == 0x01
    assert advert.pairing_open


@pytest.mark.parametrize("payload", ["", "0300", "0100650055312200", "ff00650055312200"])
def test_what_is_not_a_cameras_advert_is_refused(payload: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Advert.parse(bytes.fromhex(payload))


def test_other_companies_and_other_sony_devices_are_not_cameras() -> None:
    company = COMPANY_ID.to_bytes(2, "little")
    speaker = AdStructure(AdType.MANUFACTURER_DATA, company + bytes.fromhex("010065005531"))
    other = AdStructure(AdType.MANUFACTURER_DATA, b"\x4c\x00" + BUILT_PADDED)

    assert advert_of((speaker, other)) is None
    camera = AdStructure(AdType.MANUFACTURER_DATA, company + BUILT_PADDED)
    assert advert_of((other, speaker, camera)) is not None


def test_a_model_code_of_the_wrong_length_is_not_sent() -> None:
    with pytest.raises(LocalProtocolError):
        Advert(0x65, "U", ()).encode()


def test_more_than_31_bytes_are_not_advertised() -> None:
    with pytest.raises(LocalProtocolError):
        encode_structures((AdStructure(AdType.COMPLETE_LOCAL_NAME, bytes(30)),))


@given(st.binary(max_size=64))
def test_any_payload_is_an_advert_or_a_protocol_error(payload: bytes) -> None:
    try:
        advert = Advert.parse(payload)
    except RemoteProtocolError:
        return
    assert Advert.parse(advert.encode()) == advert


@given(st.binary(max_size=64))
def test_any_advertising_data_is_structures_or_a_protocol_error(data: bytes) -> None:
    try:
        structures = decode_structures(data)
    except RemoteProtocolError:
        return
    assert sum(len(item.data) + 2 for item in structures) <= len(data)
    advert_of(structures)
