"""ATT error codes that Sony cameras answer with, and what each one means there.

Source: protocol/ble.md 2.2.
"""

from __future__ import annotations

from enum import IntEnum


class AttCode(IntEnum):
    """Why the camera refused a GATT request."""

    INSUFFICIENT_AUTHENTICATION = 0x05
    """No bond: any vendor attribute."""
    INSUFFICIENT_ENCRYPTION = 0x0F
    """No bond, or the link is not encrypted: any vendor attribute."""
    UNKNOWN_COMMAND = 0x85
    """FF01: no such command code or length; the camera then drops the link."""
    REFUSED = 0x90
    """FF01: remote control is off in the camera's menu. DD30: another host holds the lock. Else: not now."""
    NOT_AVAILABLE_NOW = 0x9D
    """A value that exists only in another state, such as the SSID while the Wi-Fi is down."""
