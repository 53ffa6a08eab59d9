"""Which interface leads to the cameras, as the system calls it."""

from __future__ import annotations

import socket

import pytest

from emulator.ble.bus.private import interface_with


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5"])
def test_loopback_is_one_interface_for_all_its_addresses(host: str) -> None:
    name = interface_with(host)
    assert name == "lo"
    assert socket.if_nametoindex(name) > 0


def test_an_address_of_nobody_is_on_an_interface_that_could_be() -> None:
    assert interface_with("192.0.2.1") == "wlan0"
