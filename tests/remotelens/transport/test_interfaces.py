from __future__ import annotations

import sys
from ipaddress import IPv4Address

import ifaddr
import pytest

from remotelens.transport import interfaces as module
from remotelens.transport.interfaces import (
    interface_index,
    interfaces,
    interfaces_to,
    is_own,
    own_addresses,
    wifi_name,
)


def test_the_loopback_interface_is_found_and_stands_last() -> None:
    found = interfaces()
    assert found[-1].loopback
    assert found[-1].host == "127.0.0.1"
    assert found[-1].network.prefixlen == 8


def test_each_interface_has_a_name_and_an_address_in_its_network() -> None:
    for interface in interfaces():
        assert interface.name
        assert interface.address.ip in interface.network
        assert interface.host in str(interface)


def adapter(name: str, index: int, *addresses: tuple[str, int]) -> ifaddr.Adapter:
    return ifaddr.Adapter(name, name, [ifaddr.IP(ip, prefix, name) for ip, prefix in addresses], index=index)


def test_two_addresses_of_one_interface_are_two_ways_to_search(monkeypatch: pytest.MonkeyPatch) -> None:
    adapters = [adapter("lo", 1, ("127.0.0.1", 8)), adapter("wlan0", 3, ("10.0.1.1", 8), ("192.0.2.9", 24))]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters)
    assert [(item.name, str(item.address), item.loopback) for item in interfaces()] == [
        ("wlan0", "10.0.1.1/8", False),
        ("wlan0", "192.0.2.9/24", False),
        ("lo", "127.0.0.1/8", True),
    ]


def test_an_interface_is_known_to_the_system_by_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [adapter("Wi-Fi 2", 17, ("10.0.1.1", 8))])
    assert interface_index("Wi-Fi 2") == 17
    with pytest.raises(OSError, match="interface"):
        interface_index("nosuch0")


def test_an_interface_that_is_switched_off_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_is_up", lambda name: name == "lo")
    assert [item.host for item in interfaces()] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("192.0.2.7", True), ("10.0.0.1", False), ("name", False)],
)
def test_own_addresses_are_recognised(host: str, expected: bool) -> None:
    assert is_own(host, frozenset({IPv4Address("192.0.2.7")})) is expected


def test_the_interfaces_that_lead_to_an_address_are_those_of_its_network() -> None:
    assert [item.name for item in interfaces_to("127.4.5.6")] == [interfaces()[-1].name]
    assert interfaces_to("203.0.113.7") == ()
    assert interfaces_to("camera") == ()


def test_own_addresses_hold_loopback() -> None:
    assert IPv4Address("127.0.0.1") in own_addresses()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked for the name of its Wi-Fi")
@pytest.mark.parametrize("name", ["lo", "nosuch0", "a-name-that-is-much-too-long"])
def test_an_interface_that_is_on_no_wifi_has_no_wifi_name(name: str) -> None:
    assert wifi_name(name) is None
