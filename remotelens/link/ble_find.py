"""Finding cameras by what they advertise over Bluetooth LE.

Source: protocol/ble.md 1.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import CameraNotFound, RemoteProtocolError
from remotelens.protocol.ble.advert import COMPANY_ID, Advert
from remotelens.protocol.text import plain
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.scan import Sighting, scanning

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice

FIND_LIMIT_S: Final = 10.0
SETTLE_S: Final = 2.0
"""How long another camera of the same name may still be heard before the only one is taken to be meant."""
NOT_HEARD: Final = (
    "switch the camera on and bring it near; while another phone or computer is connected to it, it is silent"
)
_ADDRESS: Final = re.compile(
    r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
"""Six bytes, or the identifier that stands for them on macOS."""


@dataclass(frozen=True, slots=True)
class BleCamera:
    """A camera that advertises.

    Args:
        address: its address; on macOS an identifier of that host's own.
        name: its model name, as it may be shown; None when its scan response was not heard, only its advert.
        rssi: signal strength in dBm.
        advert: what it says about itself.
        device: bleak's handle of it, to connect with.
    """

    address: str
    name: str | None
    rssi: int
    advert: Advert
    device: BLEDevice = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return f"{self.name} ({self.address})" if self.name else self.address


async def find_ble(
    adapter: Adapter,
    *,
    timeout_s: float = FIND_LIMIT_S,
    settle_s: float | None = None,
    clock: Clock = REAL_CLOCK,
) -> list[BleCamera]:
    """Return every camera heard within the time, the nearest first.

    Args:
        adapter: which Bluetooth.
        timeout_s: how long to listen.
        settle_s: how long to go on listening for others once one was heard; None for the whole time.
        clock: measures it.

    Raises:
        MissingComponent, ConnectFailed, LinkLost: there is no Bluetooth to hear with; see `scanning`.
    """
    cameras: dict[str, BleCamera] = {}
    limit_was_set = False
    async with scanning(adapter) as sightings:
        with contextlib.suppress(TimeoutError):
            async with clock.timeout(timeout_s) as limit:
                async for sighting in sightings:
                    first = _note(sighting, cameras) is not None and len(cameras) == 1
                    if first and settle_s is not None and not limit_was_set:
                        limit_was_set = True
                        limit.reschedule(min(limit.when() or 0.0, clock.monotonic() + settle_s))
    return sorted(cameras.values(), key=lambda camera: camera.rssi, reverse=True)


async def find_one(
    adapter: Adapter, wanted: str, *, timeout_s: float = FIND_LIMIT_S, clock: Clock = REAL_CLOCK
) -> BleCamera:
    """Return the camera with that address, as soon as it is heard, or the only one with that name.

    What has the form of an address is looked for among addresses alone: anybody can advertise any name.

    Raises:
        CameraNotFound: it was not heard within the time, or several cameras have the name.
        MissingComponent, ConnectFailed, LinkLost: there is no Bluetooth to hear with; see `scanning`.
    """
    by_address = _ADDRESS.fullmatch(wanted) is not None
    cameras: dict[str, BleCamera] = {}
    found: set[str] = set()
    async with scanning(adapter) as sightings:
        with contextlib.suppress(TimeoutError):
            async with clock.timeout(timeout_s) as limit:
                async for sighting in sightings:
                    camera = _note(sighting, cameras)
                    if camera is None or not _is_wanted(camera, wanted, by_address=by_address):
                        continue
                    if by_address:
                        return camera
                    if not found:
                        limit.reschedule(min(limit.when() or 0.0, clock.monotonic() + SETTLE_S))
                    found.add(camera.address)
    if len(found) == 1:
        return cameras[found.pop()]
    if found:
        addresses = ", ".join(sorted(found))
        raise CameraNotFound(
            f"{len(found)} cameras advertise this name: {addresses}",
            camera=wanted,
            remedy="name the one that you mean by its address",
        )
    heard = ", ".join(camera.label for camera in cameras.values()) or "none"
    raise CameraNotFound(
        f"not heard by Bluetooth within {timeout_s:g} s; other cameras heard: {heard}",
        camera=wanted,
        remedy=NOT_HEARD,
    )


def _note(sighting: Sighting, cameras: dict[str, BleCamera]) -> BleCamera | None:
    """Keep the newest of each camera; a name once heard stays."""
    camera = camera_of(sighting)
    if camera is None:
        return None
    known = cameras.get(camera.address)
    if camera.name is None and known is not None:
        camera = replace(camera, name=known.name)
    cameras[camera.address] = camera
    return camera


def _is_wanted(camera: BleCamera, wanted: str, *, by_address: bool) -> bool:
    is_called = camera.address if by_address else camera.name or ""
    return wanted.casefold() == is_called.casefold()


def camera_of(sighting: Sighting) -> BleCamera | None:
    """Return the camera that an advertisement is of, None when it is of none."""
    data = sighting.manufacturer_data.get(COMPANY_ID)
    if data is None:
        return None
    try:
        advert = Advert.parse(data)
    except RemoteProtocolError:
        return None  # Sony makes headphones and televisions too
    name = None if sighting.name is None else plain(sighting.name)
    return BleCamera(sighting.address, name, sighting.rssi, advert, sighting.device)
