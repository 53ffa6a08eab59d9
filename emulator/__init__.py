"""Emulated lens cameras: real BLE bytes and real Wi-Fi bytes with no radio and no root.

Everything here is the camera's side; the client is `remotelens`, of which only `protocol` and `errors` are
used. Importing this loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.rack import Emulator

__all__ = ["Emulator"]


def __getattr__(name: str) -> Any:
    if name == "Emulator":
        from emulator.rack import Emulator

        return Emulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
