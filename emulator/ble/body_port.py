"""What the Bluetooth side needs of a camera's mind; `emulator.body.camera.Body` has this shape.

Only this Protocol is known here, so that the peripheral can stand in front of anything that behaves so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from emulator.clock import Clock


class ProfilePort(Protocol):
    """Names of the model."""

    @property
    def model(self) -> str:
        """Model name, as in the advert's scan response: ``DSC-QX10``."""
        ...

    @property
    def firmware(self) -> str:
        """Firmware version: ``3.00``."""
        ...

    @property
    def friendly_name(self) -> str:
        """The name that the camera gives itself."""
        ...


class CardPort(Protocol):
    """The memory card."""

    @property
    def present(self) -> bool:
        """A card is in."""
        ...

    @property
    def shots_left(self) -> int:
        """Stills that still fit."""
        ...


class BodyPort(Protocol):
    """One camera's mind."""

    @property
    def camera_id(self) -> str:
        """Name of the camera in the journal."""
        ...

    @property
    def profile(self) -> ProfilePort:
        """Names of the model."""
        ...

    @property
    def clock(self) -> Clock:
        """Camera time."""
        ...

    @property
    def ssid(self) -> str:
        """Name of the camera's network."""
        ...

    @property
    def key(self) -> str:
        """Its password."""
        ...

    @property
    def bssid(self) -> str:
        """Its access point's address, ``AA:BB:CC:DD:EE:FF``."""
        ...

    @property
    def power(self) -> str:
        """``off``, ``standby`` or ``on``."""
        ...

    @property
    def wifi(self) -> str:
        """``off``, ``launching``, ``launched`` or ``terminating``."""
        ...

    @property
    def wifi_error(self) -> int:
        """Why the access point did not start, 0 when nothing is wrong."""
        ...

    @property
    def focus_status(self) -> str:
        """``Not Focusing``, ``Focusing``, ``Focused`` or ``Failed``."""
        ...

    @property
    def exposing(self) -> bool:
        """The shutter is open."""
        ...

    @property
    def recording(self) -> bool:
        """A movie is being recorded."""
        ...

    @property
    def battery_ratio(self) -> float:
        """Charge, 0 to 1."""
        ...

    @property
    def card(self) -> CardPort:
        """The memory card."""
        ...

    position: tuple[float, float] | None
    """Latitude and longitude in degrees, for the EXIF of the next pictures."""

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back with the name of what changed; returns the call that ends it."""
        ...

    async def power_on(self) -> None:
        """Switch on; returns when the camera is on."""
        ...

    async def wifi_on(self) -> None:
        """Start the access point; returns when it is up or has failed."""
        ...

    async def wifi_off(self) -> None:
        """Stop the access point."""
        ...

    def press(self, button: str, speed: int = 0) -> None:
        """Hold a button: half full record af_on c1 zoom_tele zoom_wide focus_near focus_far."""
        ...

    def release(self, button: str) -> None:
        """Let go of a button."""
        ...

    def set_clock(self, utc: datetime, offset_min: int, dst_min: int) -> None:
        """Set date, time and zone; ValueError where the camera's calendar has no such time."""
        ...
