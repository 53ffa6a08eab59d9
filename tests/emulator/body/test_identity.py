"""Who a camera is. Source: protocol/wifi.md 1.1, 2.2."""

from __future__ import annotations

import re

import pytest

from emulator.body.identity import Identity
from emulator.profiles import load, names


@pytest.mark.parametrize("name", names())
def test_names_have_the_recorded_forms(name: str) -> None:
    profile = load(name)
    who = Identity.of(profile, 0, 0)
    assert re.fullmatch(rf"DIRECT-[A-Za-z]{{2}}{profile.ssid_code}:{profile.friendly_name}", who.ssid)
    assert re.fullmatch(r"[0-9A-Za-z]{8}", who.key)
    assert re.fullmatch(r"([0-9A-F]{2}:){5}[0-9A-F]{2}", who.mac)
    node = who.mac.replace(":", "")
    if profile.network.uuid_upper:
        assert who.uuid == f"000000001000-1010-8000-{node}"
    else:
        assert who.uuid == f"00000000-0005-0010-8000-{node.lower()}"
    assert len(who.ssid.encode()) <= 32


def test_the_same_place_gives_the_same_camera_and_another_another() -> None:
    profile = load("DSC-QX10")
    assert Identity.of(profile, 7, 1) == Identity.of(profile, 7, 1)
    many = [Identity.of(profile, seed, index) for seed in range(4) for index in range(4)]
    assert len({who.mac for who in many}) == len({who.key for who in many}) == 16
    assert Identity.of(profile, 0, 2).camera_id == "qx10-3"
