"""What the emulated camera advertises in each state: the bytes themselves.

They are laid out here, from the recorded packets of newer Sony bodies, and not built by the codec that the
client reads them with.

Source: protocol/ble.md 1.1 and 10.2.
"""

from __future__ import annotations

from dataclasses import dataclass

_HEAD = bytes.fromhex("02 01 07 03 03 00 18 17 FF 2D 01 03 00")
"""Flags, the list of 16-bit services, manufacturer data of Sony, device type camera."""
_NEWER = bytes.fromhex("65 00 55 31")
_OLDER = bytes.fromhex("64 00 45 31")
"""Protocol version and model code."""
_UNKNOWN_GROUP = bytes.fromhex("23 B7 AC")
_ON_POWER_GROUP = bytes.fromhex("21 60 00")
_WAKEABLE_POWER_GROUP = bytes.fromhex("21 F0 00")
_STANDBY_POWER_GROUP = bytes.fromhex("21 B0 02")
_SIZE = 31

_FUNCTIONS = 0xAF
_PAIRING_OPEN = 0x40
_LOCATION_LINK = 0x10
_REMOTE = 0x02


@dataclass(frozen=True, slots=True)
class AdvertState:
    """What an advert tells.

    Args:
        power: ``off``, ``standby`` or ``on``.
        pairing_open: the pairing screen is open.
        wake_allowed: the camera may be woken; in standby it advertises only then.
        remote_enabled: remote control is on in the menu.
        location_link: the location link is on in the menu.
        older: the form of older bodies.
    """

    power: str
    pairing_open: bool = False
    wake_allowed: bool = True
    remote_enabled: bool = True
    location_link: bool = False
    older: bool = False


def advertising_data(state: AdvertState) -> bytes | None:
    """Return the 31 bytes of a state, None where the camera advertises nothing.

    An open pairing screen has its own bytes, whatever the power state behind it.
    """
    if state.power == "off" or (state.power == "standby" and not state.wake_allowed):
        return None
    flags = _FUNCTIONS
    if state.location_link:
        flags |= _LOCATION_LINK
    if not state.remote_enabled:
        flags &= ~_REMOTE
    if state.pairing_open:
        groups = bytes([0x22, flags | _PAIRING_OPEN, 0x00]) + _UNKNOWN_GROUP + _ON_POWER_GROUP
    elif state.power == "standby":
        groups = _STANDBY_POWER_GROUP + _UNKNOWN_GROUP
    else:
        power = _WAKEABLE_POWER_GROUP if state.wake_allowed else _ON_POWER_GROUP
        groups = bytes([0x22, flags, 0x00]) + _UNKNOWN_GROUP + power
    return (_HEAD + (_OLDER if state.older else _NEWER) + groups).ljust(_SIZE, b"\0")


def scan_response(name: str) -> bytes:
    """Return the scan response: the model's name, for which the advertising data has no room."""
    text = name.encode("utf-8")[: _SIZE - 2]
    return bytes([len(text) + 1, 0x09]) + text
