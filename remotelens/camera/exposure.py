"""Exposure: the mode and what it lets one choose.

Source: protocol/wifi.md 5.3.
"""

from __future__ import annotations

from remotelens.camera.settings import Control, Settings


class Exposure:
    """Exposure settings of one camera; which of them can be changed, its exposure mode decides."""

    def __init__(self, settings: Settings) -> None:
        self.mode: Control = settings.control("exposure_mode")
        self.f_number: Control = settings.control("f_number")
        self.shutter_speed: Control = settings.control("shutter_speed")
        self.iso: Control = settings.control("iso")
        self.compensation: Control = settings.control("ev")
        self.flash: Control = settings.control("flash")
        self.program_shift: Control = settings.control("program_shift")
