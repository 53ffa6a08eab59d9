"""Adverts in bleak's form."""

from __future__ import annotations

from bumble import hci
from bumble.device import Advertisement
from hypothesis import given, settings
from hypothesis import strategies as st

from remotelens.transport.ble.bumble_backend.advertisement import to_bleak
from tests.recordings import need


def _advertisement(data: bytes) -> Advertisement:
    return Advertisement(address=hci.Address("C4:00:00:00:00:01"), rssi=-40, data_bytes=data)


def test_every_kind_of_structure_is_understood() -> None:
    data = bytes.fromhex(
        "0308 6162"  # shortened name "ab"
        "05 02 0f18 0a18"  # some 16-bit services
        "05 05 78563412"  # 32-bit services
        "11 07 010000000000 0080 0040 0000 0000006e"  # 128-bit services
        "05 16 0f18 6401"  # service data of 0x180F
        "07 20 78563412 aabb"  # service data of a 32-bit service
        "02 0a fc"  # TX power -4 dBm
        "05 ff bc0a 0102"  # manufacturer data
    )
    adv = to_bleak(_advertisement(data))
    assert adv.local_name == "ab"
    assert adv.service_uuids == [
        "0000180f-0000-1000-8000-00805f9b34fb",
        "0000180a-0000-1000-8000-00805f9b34fb",
        "12345678-0000-1000-8000-00805f9b34fb",
        "6e000000-0000-4000-8000-000000000001",
    ]
    assert adv.service_data == {
        "0000180f-0000-1000-8000-00805f9b34fb": b"\x64\x01",
        "12345678-0000-1000-8000-00805f9b34fb": b"\xaa\xbb",
    }
    assert (adv.tx_power, adv.rssi) == (-4, -40)
    assert adv.manufacturer_data == {0x0ABC: b"\x01\x02"}


def test_a_complete_name_wins_over_a_shortened_one() -> None:
    assert to_bleak(_advertisement(b"\x03\x09ab\x02\x08a")).local_name == "ab"


def test_the_recorded_camera_advert_comes_out_as_bleak_saw_it() -> None:
    lines = need("ble-dumps", "adverts_full.hex").read_text().splitlines()
    packets = [bytes.fromhex(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    adv = to_bleak(_advertisement(b"".join(packets)))
    assert adv.local_name == "ILCE-7M4"
    assert adv.manufacturer_data == {0x012D: bytes.fromhex("03006500553122ff0023b7ac2160000000000000")}
    assert adv.service_uuids == ["00001800-0000-1000-8000-00805f9b34fb"]


@settings(max_examples=200)
@given(st.binary(max_size=62))
def test_no_advert_makes_it_fail(data: bytes) -> None:
    to_bleak(_advertisement(data))
