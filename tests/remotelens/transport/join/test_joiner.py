from __future__ import annotations

import sys

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.errors import WifiJoinFailed
from remotelens.transport.join import WifiCredentials, joiner
from remotelens.transport.join.system import JoinByHand, system_joiner

NETWORK = WifiCredentials("DIRECT-qdQ0:DSC-QX10", "aB3dE5gH")


def test_the_key_is_not_in_the_repr() -> None:
    assert "aB3dE5gH" not in repr(NETWORK)


async def test_already_touches_nothing() -> None:
    joined = await joiner("already").join(NETWORK)
    assert joined.interface is None
    await joined.leave()


async def test_a_host_without_a_network_manager_of_ours_is_told_the_ssid() -> None:
    with pytest.raises(WifiJoinFailed, match="the camera's network is DIRECT-qdQ0:DSC-QX10") as caught:
        await JoinByHand().join(NETWORK)
    assert "--join already" in str(caught.value)
    assert "aB3dE5gH" not in str(caught.value)


@pytest.mark.parametrize(("platform", "by_hand"), [("linux", False), ("darwin", True), ("win32", True)])
def test_the_system_decides_how(monkeypatch: pytest.MonkeyPatch, platform: str, by_hand: bool) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    way = system_joiner(interface=None, clock=REAL_CLOCK)
    assert isinstance(way, JoinByHand) is by_hand
