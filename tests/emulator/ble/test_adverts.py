"""Adverts of each state: the bytes of protocol/ble.md 10.2, typed in from there."""

from __future__ import annotations

import pytest

from emulator.ble.adverts import AdvertState, advertising_data, scan_response
from remotelens.protocol.ble.advert import advert_of, decode_structures
from tests.recordings import need

STANDBY = "02 01 07 03 03 00 18 17 FF 2D 01 03 00 65 00 55 31 21 B0 02 23 B7 AC 00 00 00 00 00 00 00 00"
ON = "02 01 07 03 03 00 18 17 FF 2D 01 03 00 65 00 55 31 22 AF 00 23 B7 AC 21 60 00 00 00 00 00 00"
PAIRING = "02 01 07 03 03 00 18 17 FF 2D 01 03 00 65 00 55 31 22 EF 00 23 B7 AC 21 60 00 00 00 00 00 00"
ON_WAKEABLE = "02 01 07 03 03 00 18 17 FF 2D 01 03 00 65 00 55 31 22 AF 00 23 B7 AC 21 F0 00 00 00 00 00 00"

CASES = {
    "standby": (AdvertState("standby"), STANDBY),
    "on": (AdvertState("on", wake_allowed=False), ON),
    "on, wake allowed": (AdvertState("on"), ON_WAKEABLE),
    "pairing screen": (AdvertState("on", pairing_open=True), PAIRING),
    "pairing screen, asleep": (AdvertState("standby", pairing_open=True), PAIRING),
}


@pytest.mark.parametrize("case", CASES)
def test_each_state_has_its_bytes(case: str) -> None:
    state, expected = CASES[case]

    assert advertising_data(state) == bytes.fromhex(expected)


def test_a_camera_that_is_off_or_may_not_be_woken_is_silent() -> None:
    assert advertising_data(AdvertState("off")) is None
    assert advertising_data(AdvertState("off", pairing_open=True)) is None
    assert advertising_data(AdvertState("standby", wake_allowed=False)) is None


@pytest.mark.parametrize(
    ("state", "flags"),
    [
        (AdvertState("on", remote_enabled=False), 0xAD),
        (AdvertState("on", remote_enabled=False, pairing_open=True), 0xED),
        (AdvertState("on", location_link=True), 0xBF),
        (AdvertState("on", location_link=True, pairing_open=True), 0xFF),
    ],
)
def test_menu_settings_show_in_the_flags(state: AdvertState, flags: int) -> None:
    data = advertising_data(state)

    assert data is not None
    assert (data[17], data[18]) == (0x22, flags)


def test_the_layout_is_that_of_the_recorded_packet() -> None:
    lines = need("ble-dumps", "adverts_full.hex").read_text("utf-8").splitlines()
    recorded, recorded_response = (bytes.fromhex(line) for line in lines if not line.startswith("#"))
    flags = bytearray(advertising_data(AdvertState("on", pairing_open=True, location_link=True)) or b"")

    assert flags == recorded
    assert scan_response("ILCE-7M4") == recorded_response


def test_the_client_sees_the_state_that_is_meant() -> None:
    for state, data in CASES.values():
        advert = advert_of(decode_structures(bytes.fromhex(data)))
        assert advert is not None
        assert advert.pairing_open is state.pairing_open
        assert advert.on is (state.power == "on" or state.pairing_open)


def test_conditions_that_foreign_clients_check_are_met() -> None:
    pairing, on = bytes.fromhex(PAIRING)[9:], bytes.fromhex(ON_WAKEABLE)[9:]

    # furble: at least 13 bytes, and the first group's flags have 0x80, 0x40 and 0x02.
    assert len(pairing) >= 13
    assert pairing[9] & 0xC2 == 0xC2
    # LocationAlpha: exactly 22 bytes, version 0x64 or 0x65, 0x22 has 0x01.
    assert len(pairing) == len(on) == 22
    assert on[4] in (0x64, 0x65)
    assert on[9] & 0x01


def test_an_older_body_has_its_version_and_model_code() -> None:
    data = advertising_data(AdvertState("on", older=True))

    assert data is not None
    assert data[11:17] == bytes.fromhex("030064004531")


def test_the_name_is_in_the_scan_response_and_cut_where_it_is_too_long() -> None:
    assert scan_response("DSC-QX10") == bytes.fromhex("09 09 44 53 43 2D 51 58 31 30")
    assert len(scan_response("x" * 40)) == 31
