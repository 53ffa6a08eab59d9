"""A small body for the Bluetooth tests: it keeps the contract and the timings of protocol/ble.md 10.3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from emulator.clock import Clock

AF_S = 0.3
EXPOSURE_S = 0.2
LAST_YEAR = 2099
LAUNCH_S = 1.5
POWER_ON_S = 2.5


@dataclass
class DoubleProfile:
    model: str = "DSC-QX10"
    firmware: str = "3.00"
    friendly_name: str = "DSC-QX10"


@dataclass
class DoubleCard:
    present: bool = True
    shots_left: int = 2173


@dataclass
class DoubleBody:
    """One camera's mind, as far as the Bluetooth side can see it."""

    clock: Clock
    camera_id: str = "camera-1"
    profile: DoubleProfile = field(default_factory=DoubleProfile)
    ssid: str = "DIRECT-abQ0:DSC-QX10"
    key: str = "s3cretKy"
    bssid: str = "AA:BB:CC:DD:EE:01"
    power: str = "standby"
    wifi: str = "off"
    wifi_error: int = 0
    focus_status: str = "Not Focusing"
    exposing: bool = False
    recording: bool = False
    battery_ratio: float = 0.86
    card: DoubleCard = field(default_factory=DoubleCard)
    position: tuple[float, float] | None = None
    clock_setting: tuple[datetime, int, int] | None = None
    pressed: list[tuple[str, int]] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    launches: int = 0
    _callbacks: list[Callable[[str], None]] = field(default_factory=list)

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def change(self, what: str, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        for callback in tuple(self._callbacks):
            callback(what)

    async def power_on(self) -> None:
        await self.clock.sleep(POWER_ON_S)
        self.change("power", power="on")

    async def wifi_on(self) -> None:
        if not self.card.present:
            self.change("wifi", wifi_error=1)
            return
        self.launches += 1
        self.wifi_error = 0
        self.change("wifi", wifi="launching")
        await self.clock.sleep(LAUNCH_S)
        if self.wifi == "launching":
            self.change("wifi", wifi="launched")

    async def wifi_off(self) -> None:
        self.change("wifi", wifi="terminating")
        await self.clock.sleep(0.1)
        self.change("wifi", wifi="off")

    def press(self, button: str, speed: int = 0) -> None:
        self.pressed.append((button, speed))
        if button == "half":
            self.change("focus", focus_status="Focusing")
            self.clock.call_later(AF_S, self._focused)
        elif button == "full" and self.card.present:
            self.change("shutter", exposing=True)
            self.clock.call_later(EXPOSURE_S, lambda: self.change("shutter", exposing=False))
        elif button == "record":
            self.change("recording", recording=not self.recording)

    def release(self, button: str) -> None:
        self.released.append(button)
        if button == "half":
            self.change("focus", focus_status="Not Focusing")

    def set_clock(self, utc: datetime, offset_min: int, dst_min: int) -> None:
        if utc.year > LAST_YEAR:
            raise ValueError(f"the calendar ends before {utc:%Y}")
        self.clock_setting = (utc, offset_min, dst_min)

    def _focused(self) -> None:
        if self.focus_status == "Focusing":
            self.change("focus", focus_status="Focused")
