"""The cameras' access points, as a host's Wi-Fi meets them: what is on the air, and who is let on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from emulator.device import Device
from remotelens.errors import WifiJoinFailed

if TYPE_CHECKING:
    from emulator.ble.bus.networkmanager.networks import Admission, Network


class AccessPoints:
    """The networks of all cameras of a rack.

    Args:
        cameras: returns the cameras that there are now.
    """

    def __init__(self, cameras: Callable[[], Sequence[Device]]) -> None:
        self._cameras = cameras
        self._listeners: list[Callable[[], None]] = []

    def watch(self, camera: Device) -> None:
        """Pass on when this camera's network comes or goes."""
        camera.body.subscribe(self._changed)

    def on_air(self) -> Sequence[Network]:
        """Return every network that is up."""
        from emulator.ble.bus.networkmanager.networks import Network

        return [
            Network(camera.ssid.encode(), camera.body.bssid) for camera in self._cameras() if camera.on_air
        ]

    async def join(self, bssid: str, key: str) -> Admission:
        """Ask a camera to let this host onto its network."""
        from emulator.ble.bus.networkmanager.networks import Admission

        camera = self._at(bssid)
        if camera is None:
            return Admission.GONE
        try:
            await camera.join(camera.ssid, key)
        except WifiJoinFailed:
            return Admission.WRONG_KEY if camera.on_air else Admission.GONE
        return Admission.GRANTED

    async def leave(self, bssid: str) -> None:
        """Tell a camera that this host leaves its network."""
        camera = self._at(bssid)
        if camera is not None:
            await camera.leave()

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called when a network has come or gone; returns what ends that."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def _at(self, bssid: str) -> Device | None:
        return next((camera for camera in self._cameras() if camera.body.bssid == bssid), None)

    def _changed(self, what: str) -> None:
        if what in ("power", "wifi"):
            for listener in tuple(self._listeners):
                listener()
