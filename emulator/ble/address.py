"""Bluetooth addresses of emulated cameras and virtual controllers: always the same for the same seed.

A camera has a static random address (Bluetooth Core, volume 6, part B, 1.3.2.1): its two highest bits are
set, and its other 46 bits are neither all zero nor all one.
"""

from __future__ import annotations

import hashlib

_STATIC_BITS = 0xC0


def camera_address(seed: int, index: int) -> str:
    """Return the address of a rack's camera, such as ``C3:5A:90:0B:11:7E``."""
    return static_address(f"{seed} {index}")


def static_address(of: str) -> str:
    """Return a static random address that is always the same for the same text."""
    octets = bytearray(hashlib.sha256(f"ble address {of}".encode()).digest()[:6])
    octets[0] |= _STATIC_BITS
    if set(octets[1:]) in ({0x00}, {0xFF}):
        octets[5] ^= 0x01
    return _text(octets)


def identity_key(address: str) -> bytes:
    """Return the identity resolving key that the camera with that address hands out when it pairs."""
    return hashlib.sha256(f"ble identity {address}".encode()).digest()[:16]


def controller_address(number: int, *, of_camera: bool = False) -> str:
    """Return the public address of a virtual controller: one number for one host, or for one camera."""
    block = 0xC0 if of_camera else 0x00
    return _text(bytes([0x00, 0x0D, 0x1E, block, *number.to_bytes(2, "big")]))


def _text(octets: bytes | bytearray) -> str:
    return ":".join(f"{octet:02X}" for octet in octets)
