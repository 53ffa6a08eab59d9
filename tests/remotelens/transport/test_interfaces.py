from __future__ import annotations

import sys
from ipaddress import IPv4Address

import pytest

from remotelens.transport import interfaces as module
from remotelens.transport.interfaces import interfaces, is_own, own_addresses, wifi_name


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


def test_the_fallback_by_name_knows_loopback_too() -> None:
    assert [item.host for item in module._by_name() if item.loopback] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("192.0.2.7", True), ("10.0.0.1", False), ("name", False)],
)
def test_own_addresses_are_recognised(host: str, expected: bool) -> None:
    assert is_own(host, frozenset({IPv4Address("192.0.2.7")})) is expected


def test_own_addresses_hold_loopback() -> None:
    assert IPv4Address("127.0.0.1") in own_addresses()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked for the name of its Wi-Fi")
@pytest.mark.parametrize("name", ["lo", "nosuch0", "a-name-that-is-much-too-long"])
def test_an_interface_that_is_on_no_wifi_has_no_wifi_name(name: str) -> None:
    assert wifi_name(name) is None
