"""Advertisements as properties, from bytes that were recorded or laid out by hand."""

from __future__ import annotations

import pytest
from bumble import hci
from bumble.core import AdvertisingData
from bumble.device import Advertisement

from emulator.ble.bus.bluez.heard import Heard

CAMERA = hci.Address("C0:00:00:00:00:01")
# protocol/ble.md 1.1: an ILCE-7M4 with its pairing screen open, recorded by an Android phone.
RECORDED = "0201 06 17FF 2D01 0300 6500 5531 22EF00 23B7AC 216000 000000000000".replace(" ", "")


def heard(data: str) -> Heard:
    advertisement = Advertisement(address=CAMERA, rssi=-61)
    advertisement.data = AdvertisingData.from_bytes(bytes.fromhex(data))
    return Heard.of(advertisement)


def test_a_recorded_camera_is_heard() -> None:
    found = heard(RECORDED)
    assert found.rssi == -61
    assert found.manufacturer_data[0x012D].hex().startswith("03006500553122ef00")
    assert found.properties["RSSI"] == -61


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("0409514d31", "QM1"),
        ("0408514d31", "QM1"),
        ("0408514d3104095b5d5b", "[]["),
        ("0309ff41", "\ufffdA"),
        ("020106", None),
    ],
)
def test_the_complete_name_wins(data: str, name: str | None) -> None:
    assert heard(data).name == name


@pytest.mark.parametrize(
    ("data", "uuids"),
    [
        ("03030f18", ["0000180f-0000-1000-8000-00805f9b34fb"]),
        ("05020f180a18", ["0000180f-0000-1000-8000-00805f9b34fb", "0000180a-0000-1000-8000-00805f9b34fb"]),
        ("0505 78563412", ["12345678-0000-1000-8000-00805f9b34fb"]),
        ("1107 ffffffffffffffff00ff00ff00ff0080", ["8000ff00-ff00-ff00-ffff-ffffffffffff"]),
        ("04030f1801", ["0000180f-0000-1000-8000-00805f9b34fb"]),
    ],
)
def test_services_are_named_in_full(data: str, uuids: list[str]) -> None:
    assert list(heard(data.replace(" ", "")).uuids) == uuids


def test_what_is_cut_short_or_unknown_is_left_out() -> None:
    found = heard("02ff2d" + "02160f" + "030a0000" + "03e1beef")
    assert (found.manufacturer_data, found.service_data, found.tx_power) == ({}, {}, None)


def test_service_data_and_power_are_heard() -> None:
    found = heard("04160f1864" + "020af4")
    assert found.service_data == {"0000180f-0000-1000-8000-00805f9b34fb": b"\x64"}
    assert found.tx_power == -12
