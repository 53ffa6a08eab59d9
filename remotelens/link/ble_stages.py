"""The stages that go over Bluetooth LE, imported when one of them is walked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from remotelens.clock import Clock
from remotelens.errors import CameraNotFound, LinkTimeout
from remotelens.transport.join.joiner import Credentials

if TYPE_CHECKING:
    from remotelens.link.ble_find import BleCamera
    from remotelens.link.pair import BleLink, PairStep

SETTLE_S = 2.0  # how long others may still be heard before the only one is taken to be meant


class WifiNotUp(LinkTimeout):
    """The camera answers over Bluetooth, but its access point was not there in time."""


class BleStages(Protocol):
    """What the road asks of Bluetooth LE."""

    async def find(self, wanted: str | None, *, timeout_s: float) -> BleCamera:
        """Return the camera with an address or a name; without one, the only one that is heard."""
        ...

    async def pair(self, camera: BleCamera, *, again: bool) -> BleLink:
        """Connect with the bond there is, or make one."""
        ...

    async def hand_over(self, link: BleLink) -> Credentials:
        """Wake the camera's Wi-Fi and read how to join it; see `handover.hand_over`."""
        ...

    async def network_now(self, link: BleLink) -> Credentials | None:
        """Read how to join the network that the camera has up now; None when it has none."""
        ...


class RealBleStages:
    """The stages over the Bluetooth that a text names."""

    def __init__(self, adapter: str, clock: Clock) -> None:
        self._text = adapter
        self._clock = clock

    async def find(self, wanted: str | None, *, timeout_s: float) -> BleCamera:
        """Return the camera with an address or a name; without one, the only one that is heard.

        Raises:
            CameraNotFound: it is not heard, or several are.
            MissingComponent, ConnectFailed, LinkLost: there is no Bluetooth to hear with.
        """
        from remotelens.link.ble_find import find_ble, find_one
        from remotelens.transport.ble.adapter import Adapter

        adapter = Adapter.parse(self._text)
        if wanted is not None:
            return await find_one(adapter, wanted, timeout_s=timeout_s, clock=self._clock)
        cameras = await find_ble(adapter, timeout_s=timeout_s, settle_s=SETTLE_S, clock=self._clock)
        if len(cameras) == 1:
            return cameras[0]
        if cameras:
            heard = ", ".join(camera.label for camera in cameras)
            raise CameraNotFound(
                f"{len(cameras)} cameras advertise: {heard}", remedy="name the one that you mean: ble:ADDRESS"
            )
        raise CameraNotFound(
            f"no camera was heard by Bluetooth within {timeout_s:g} s",
            remedy="switch the camera on and bring it near; QX cameras have no Bluetooth radio",
        )

    async def pair(
        self, camera: BleCamera, *, again: bool, on_step: Callable[[PairStep], None] | None = None
    ) -> BleLink:
        """Connect with the bond there is, or make one."""
        from remotelens.link.pair import pair
        from remotelens.transport.ble.adapter import Adapter
        from remotelens.transport.ble.bonds import BondBook

        adapter = Adapter.parse(self._text)
        return await pair(camera, adapter, BondBook(), clock=self._clock, again=again, on_step=on_step)

    async def hand_over(self, link: BleLink) -> Credentials:
        """Wake the camera's Wi-Fi and read how to join it."""
        from remotelens.link.handover import hand_over

        return await hand_over(link, clock=self._clock)

    async def network_now(self, link: BleLink) -> Credentials | None:
        """Read how to join the network that the camera has up now; None when it has none."""
        from remotelens.link.handover import network_now

        return await network_now(link, clock=self._clock)
