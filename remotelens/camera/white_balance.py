"""White balance: a mode, and a colour temperature in the mode that has one.

Source: protocol/wifi.md 5.3.
"""

from __future__ import annotations

from remotelens.camera.settings import Control, Settings


class WhiteBalance:
    """White balance of one camera."""

    def __init__(self, settings: Settings) -> None:
        self.mode: Control = settings.control("white_balance")
        self.temperature: Control = settings.control("colour_temperature")
