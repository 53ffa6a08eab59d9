"""Addresses: always the same, and of the kind that they claim to be."""

from __future__ import annotations

from bumble.hci import Address
from hypothesis import given
from hypothesis import strategies as st

from emulator.ble.address import camera_address, controller_address, identity_key, static_address


@given(st.integers(), st.integers(0, 1000))
def test_a_camera_has_a_static_random_address(seed: int, index: int) -> None:
    address = Address(camera_address(seed, index), Address.RANDOM_DEVICE_ADDRESS)

    assert address.is_static
    assert camera_address(seed, index) == camera_address(seed, index)


def test_cameras_of_a_rack_have_different_addresses() -> None:
    addresses = {camera_address(seed, index) for seed in range(10) for index in range(100)}

    assert len(addresses) == 1000


def test_addresses_do_not_change_between_releases() -> None:
    assert camera_address(0, 0) == static_address("0 0") == "E2:7F:F0:AB:E2:D8"
    assert len(identity_key(camera_address(0, 0))) == 16


def test_controllers_of_hosts_and_of_cameras_do_not_collide() -> None:
    assert controller_address(1) == "00:0D:1E:00:00:01"
    assert controller_address(258, of_camera=True) == "00:0D:1E:C0:01:02"
