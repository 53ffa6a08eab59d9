"""Battery CC10 and media CC0F as the camera lays them out: arrays of two entries each.

Source: protocol/ble.md 5.3 and the reads of the ILCE-7CM2.
"""

from __future__ import annotations

import struct

_BATTERY_HEAD = bytes.fromhex("12 00 00 02")
_MEDIA_HEAD = bytes.fromhex("17 00 00 02")
_IN_USE_INFOLITHIUM = 0x03
_BODY = 0x01
_NO_EXTERNAL_POWER = 0x01
_SLOT_SHOTS_VALID = 0x03
_SLOT = 0x01
_PRESENT = 0x01

_LEVELS = ((0.80, 5), (0.50, 4), (0.25, 3), (0.05, 2))
"""From which charge on which level is shown: 86 % as 5 and 77 % as 4 are recorded, the rest is ours."""
_ABOUT_TO_END = 1


def battery_value(ratio: float) -> bytes:
    """Return CC10 for one pack in the body and no external power."""
    level = next((code for least, code in _LEVELS if ratio >= least), _ABOUT_TO_END)
    percent = round(max(0.0, min(1.0, ratio)) * 100)
    fields = (_IN_USE_INFOLITHIUM, 0, _BODY, 0, level, 0, percent, 0, _NO_EXTERNAL_POWER)
    return _BATTERY_HEAD + struct.pack(">6BIIB", *fields)


def media_value(*, present: bool, shots: int, slots: int = 1) -> bytes:
    """Return CC0F for a body with one or two slots and at most one card, in the first."""
    second = _SLOT if slots > 1 else 0
    first, state = (_SLOT_SHOTS_VALID, _PRESENT) if present else (_SLOT, 0)
    return _MEDIA_HEAD + struct.pack(">4B4I", first, second, state, 0, shots if present else 0, 0, 0, 0)
