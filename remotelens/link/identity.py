"""Telling which of the cameras that were found is the one that is meant.

Source: protocol/wifi.md 1.1 (SSID), 2.2 (a uuid ends in the camera's MAC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remotelens.errors import CameraNotFound
from remotelens.link.found import FoundCamera

_LOCAL_BIT = 0x02
_MAC_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the camera before it is found on the network.

    Args:
        uuid: its own id, of an earlier meeting.
        bssid: the radio address of its access point.
        ssid: the name of its network.
        name: what it advertises as, or its model.
    """

    uuid: str | None = None
    bssid: str | None = None
    ssid: str | None = None
    name: str | None = None

    @property
    def model(self) -> str | None:
        """Its model: what follows the colon of its network's name, or what it advertises."""
        from_ssid = (self.ssid or "").partition(":")[2]
        return from_ssid or self.name

    def fits(self, camera: FoundCamera) -> bool:
        """Whether a camera may be the one that is meant."""
        if (told := self._told(camera)) is not None:
            return told
        return self.model is None or camera.name.casefold() == self.model.casefold()

    def is_surely(self, camera: FoundCamera) -> bool:
        """Whether a camera can be no other than the one that is meant."""
        return self._told(camera) is True

    def _told(self, camera: FoundCamera) -> bool | None:
        """Whether a camera is the one, by an id of its own; None where there is none to tell by."""
        if self.uuid:
            return camera.uuid.casefold() == self.uuid.casefold()
        if self.bssid and (mac := _mac_of(camera.uuid)) is not None:
            return _without_local_bit(mac) == _without_local_bit(_digits(self.bssid))
        return None


def the_one(cameras: Sequence[FoundCamera], wanted: Wanted) -> FoundCamera | None:
    """Return the camera that is meant; None when it is not among them.

    Raises:
        CameraNotFound: several fit.
    """
    fitting = [camera for camera in cameras if wanted.is_surely(camera)]
    fitting = fitting or [camera for camera in cameras if wanted.fits(camera)]
    if len(fitting) > 1:
        names = ", ".join(
            f"{camera.name} at {camera.description_url}" + (f" on {camera.interface}" if camera.bound else "")
            for camera in fitting
        )
        raise CameraNotFound(
            f"{len(fitting)} cameras answer: {names}", remedy="name the one that you mean with --camera"
        )
    return fitting[0] if fitting else None


def uuid_of(usn: str | None) -> str | None:
    """Return the id inside a unique service name."""
    return usn.partition("::")[0].removeprefix("uuid:") or None if usn else None


def _mac_of(uuid: str) -> str | None:
    """Return the MAC address that a camera's uuid ends in."""
    tail = _digits(uuid.rpartition("-")[2])
    return tail if len(tail) == _MAC_DIGITS else None


def _digits(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter in "0123456789abcdef")


def _without_local_bit(mac: str) -> str:
    """Return a MAC without the bit that an access point of the same radio may have set."""
    if len(mac) != _MAC_DIGITS:
        return mac
    return f"{int(mac[:2], 16) & ~_LOCAL_BIT:02x}{mac[2:]}"
