"""Where cameras stand that own their addresses; real namespaces are tried in `network/test_as_is`."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Self

import pytest
from msgspec.structs import replace

from emulator.journal import Journal
from emulator.profiles import load
from emulator.sites import OwnAddresses


@dataclass
class Spot:
    """The network of one camera."""

    namespace: str


class Ground:
    """Makes networks that are not there."""

    def __init__(self, *_args: object) -> None:
        self.spots = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None

    async def spot(self, _address: str) -> Spot:
        self.spots += 1
        return Spot(f"camera-{self.spots}")


async def test_each_camera_has_one_site_whatever_numbers_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes: dict[str, Any] = {
        "Ground": Ground,
        "check_usable": lambda _name: None,
        "entered": lambda _namespace: nullcontext(),
        "MULTICAST_PORT": 0,
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(f"emulator.sites.{name}", fake)
    profile = load("DSC-QX10")
    here = replace(profile, network=replace(profile.network, address="127.0.0.1"))
    async with OwnAddresses("camera", multicast=False, journal=Journal(), seed=0) as sites:
        first, sixth = await sites.site(0, here), await sites.site(5, here)
        assert await sites.site(5, here) is sixth
        assert await sites.site(0, here) is first
        assert await sites.site(1, here) not in (first, sixth)
        assert sites.responder is first.responder
