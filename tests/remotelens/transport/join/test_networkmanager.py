"""Joining by NetworkManager: what is asked of it, and what its refusals mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remotelens.clock import RealClock
from remotelens.errors import InvalidValue, MissingComponent, WifiJoinFailed
from remotelens.transport.join import WifiCredentials, joiner
from remotelens.transport.join.before import any_kept
from remotelens.transport.join.networkmanager import NetworkManagerJoiner
from tests.remotelens.transport.join import fake_networkmanager as fake
from tests.remotelens.transport.join.fake_networkmanager import NETWORK, SSID, FakeNetworkManager, Refuse


async def test_joining_takes_a_profile_that_leaves_the_hosts_network_alone(
    manager: FakeNetworkManager,
) -> None:
    point = manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    joined = await joiner("system").join(NETWORK)
    assert joined.interface == "wlan7"
    profile, device, access_point, options = manager.body("AddAndActivateConnection2")
    assert (device, access_point) == (fake.DEVICE, point)
    assert options == {"persist": "volatile", "bind-activation": "dbus-client"}
    assert profile["connection"]["autoconnect"] is False
    assert profile["ipv4"] == {"method": "auto", "never-default": True, "ignore-auto-dns": True}
    assert profile["802-11-wireless"]["ssid"] == SSID.encode()
    assert profile["802-11-wireless-security"] == {"key-mgmt": "wpa-psk", "psk": "aB3dE5gH"}
    await joined.leave()


async def test_a_key_that_dbus_cannot_carry_is_told_without_it(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    for key in ("aB3d\0E5gH", "aB3d\udcffE5gH"):
        with pytest.raises(InvalidValue, match="that D-Bus does not carry") as caught:
            await NetworkManagerJoiner().join(WifiCredentials(SSID, key))
        assert "aB3d" not in str(caught.value)
    assert not any_kept()


async def test_a_network_with_a_zero_byte_in_its_name_is_joined(manager: FakeNetworkManager) -> None:
    manager.add_access_point("DIRECT\0x", "AA:BB:CC:DD:EE:FF")
    await (await NetworkManagerJoiner().join(WifiCredentials("DIRECT\0x", "aB3dE5gH"))).leave()
    profile = manager.body("AddAndActivateConnection2")[0]
    assert profile["connection"]["id"] == "remotelens DIRECT?x"
    assert profile["802-11-wireless"]["ssid"] == b"DIRECT\0x"


async def test_a_network_that_the_host_is_on_already_is_neither_joined_nor_left(
    manager: FakeNetworkManager,
) -> None:
    point = manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.properties[fake.DEVICE, "ActiveAccessPoint"] = ("o", point)
    joined = await NetworkManagerJoiner().join(NETWORK)
    await joined.leave()
    assert joined.interface == "wlan7"
    assert manager.names() == ["GetDevices"]


async def test_a_wrong_key_is_told_as_such_and_the_old_connection_comes_back(
    manager: FakeNetworkManager,
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    with pytest.raises(WifiJoinFailed, match="the key was not accepted") as caught:
        await NetworkManagerJoiner().join(WifiCredentials(SSID, "wrongkey"))
    assert "wrongkey" not in str(caught.value)
    assert "battery cover" in str(caught.value)
    assert manager.body("ActivateConnection")[0] == fake.HOME


async def test_a_network_without_a_key_is_joined_without_security(manager: FakeNetworkManager) -> None:
    manager.add_access_point("open", "11:11:11:11:11:11")
    manager.failure = None
    manager.key = None  # type: ignore[assignment] # an access point that asks for none
    await (await NetworkManagerJoiner().join(WifiCredentials("open"))).leave()
    assert "802-11-wireless-security" not in manager.body("AddAndActivateConnection2")[0]


async def test_a_user_without_the_right_is_told_what_to_allow(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    refusal = Refuse(f"{fake.NM}.PermissionDenied", "Not authorized to control networking.")
    manager.refuse["AddAndActivateConnection2"] = refusal
    with pytest.raises(WifiJoinFailed, match="network-control by polkit"):
        await NetworkManagerJoiner().join(NETWORK)


async def test_another_refusal_is_told_without_the_key(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    refusal = Refuse(f"{fake.NM}.InvalidConnection", "psk: 'aB3dE5gH' is invalid")
    manager.refuse["AddAndActivateConnection2"] = refusal
    with pytest.raises(WifiJoinFailed, match="psk: '…' is invalid"):
        await NetworkManagerJoiner().join(NETWORK)


async def test_a_manager_that_falls_silent_ends_at_the_time_limit(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.silent = frozenset({"AddAndActivateConnection2"})
    with pytest.raises(WifiJoinFailed, match=r"not on DIRECT-.* after 0\.2 s"):
        await NetworkManagerJoiner().join(NETWORK, timeout_s=0.2)


async def test_a_host_without_networkmanager_is_told(
    bus_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address)
    with pytest.raises(MissingComponent, match="NetworkManager does not run on this host"):
        await NetworkManagerJoiner().join(NETWORK)


@pytest.mark.skipif(os.name == "nt", reason="a system bus is a Unix thing")
async def test_a_host_without_a_system_bus_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(MissingComponent, match="the system D-Bus cannot be reached"):
        await NetworkManagerJoiner(clock=RealClock()).join(NETWORK)
