"""Binding the backend to a transport."""

from __future__ import annotations

from bleak import BleakClient, BleakScanner

from remotelens.transport.ble.bumble_backend.backend import bind


def test_bleak_shows_the_backend_by_name() -> None:
    backend = bind("usb:0")
    assert BleakScanner(backend=backend.scanner).backend_id == "BumbleScanner"
    assert BleakClient("C4:00:00:00:00:01", backend=backend.client).backend_id == "BumbleClient"


def test_two_bindings_without_a_file_are_two_hosts() -> None:
    assert bind("usb:0").port.key != bind("usb:0").port.key
