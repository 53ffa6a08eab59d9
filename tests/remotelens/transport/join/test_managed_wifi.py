"""Finding the device and the access point, and why a connection does not come up."""

from __future__ import annotations

import pytest

from remotelens.errors import MissingComponent, WifiJoinFailed
from remotelens.transport.join.networkmanager import NetworkManagerJoiner
from tests.remotelens.transport.join import fake_networkmanager as fake
from tests.remotelens.transport.join.fake_networkmanager import NETWORK, SSID, FakeNetworkManager, Refuse


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ((53, 3), "not in sight any more"),
        ((17, 3), "gave this computer no address"),
        ((0, 9), "the key was not accepted"),
        ((99, 3), "gave up \\(reason 99\\)"),
    ],
)
async def test_other_reasons_are_told(
    manager: FakeNetworkManager, failure: tuple[int, int], words: str
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.failure = failure
    with pytest.raises(WifiJoinFailed, match=words):
        await NetworkManagerJoiner().join(NETWORK)


async def test_a_network_that_shows_after_some_scans_is_joined(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.scans_until_seen = 3
    await (await NetworkManagerJoiner().join(NETWORK)).leave()
    assert manager.scans == 4


async def test_a_refused_scan_is_no_obstacle(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.scans = 1
    manager.refuse["RequestScan"] = Refuse(f"{fake.NM}.Device.NotAllowed", "Scanning not allowed")
    await (await NetworkManagerJoiner().join(NETWORK)).leave()


async def test_a_network_that_never_shows_is_told(
    manager: FakeNetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remotelens.transport.join.managed_wifi.SCAN_TIMEOUT_S", 0.05)
    with pytest.raises(WifiJoinFailed, match="is not in sight of wlan7"):
        await NetworkManagerJoiner().join(NETWORK)


async def test_of_several_access_points_the_one_with_our_bssid_is_taken(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "11:11:11:11:11:11")
    ours = manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    await (await NetworkManagerJoiner().join(NETWORK)).leave()
    assert manager.body("AddAndActivateConnection2")[2] == ours


@pytest.mark.parametrize(
    ("interface", "change", "words"),
    [
        ("wlan9", None, "the interface wlan9 cannot be used"),
        (None, ("Managed", ("b", False)), "NetworkManager manages none"),
        (None, ("State", ("u", 20)), "it is switched off or unavailable"),
    ],
)
async def test_no_wifi_to_join_with_is_told(
    manager: FakeNetworkManager,
    interface: str | None,
    change: tuple[str, tuple[str, object]] | None,
    words: str,
) -> None:
    if change:
        manager.properties[fake.DEVICE, change[0]] = change[1]
    with pytest.raises(MissingComponent, match=words):
        await NetworkManagerJoiner(interface=interface).join(NETWORK)
