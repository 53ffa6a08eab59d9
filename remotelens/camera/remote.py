"""A camera used over Bluetooth LE alone: shutter, lens, movie, readings, clock and position, with no Wi-Fi.

::

    async with remote_control("ble:AA:BB:CC:DD:EE:FF") as remote:
        shot = await remote.shutter.shoot()

Source: protocol/ble.md 4 to 6.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from remotelens.camera.ble.buttons import Buttons
from remotelens.camera.ble.events import RemoteEvents, listening
from remotelens.camera.ble.lens import RemoteLens
from remotelens.camera.ble.location import RemoteLocation
from remotelens.camera.ble.movie import RemoteMovies
from remotelens.camera.ble.readings import Readings
from remotelens.camera.ble.shutter import RemoteShutter
from remotelens.camera.ble.waking import wake
from remotelens.camera.ble.wallclock import RemoteWallClock
from remotelens.clock import REAL_CLOCK, Clock
from remotelens.config.cameras import KnownCameras, load_cameras
from remotelens.errors import InvalidValue, LinkTimeout, NotSupported, RemoteLensError
from remotelens.link.ble_stages import RealBleStages
from remotelens.link.target import AnyTarget, BleTarget, HostTarget, KnownTarget, Target, parse_target
from remotelens.protocol.ble import uuids

if TYPE_CHECKING:
    from remotelens.link.pair import BleLink, PairStep

TIMEOUT_S = 90.0
FIND_LIMIT_S = 15.0


class Remote:
    """One bonded camera on one connection; made by `remote_control` or `over`.

    Each ability is an attribute named after it. What the body does not have is refused as not supported when
    it is used.

    Args:
        link: the encrypted connection.
        events: what the camera tells of its buttons.
        clock: measures and spends the time.
    """

    def __init__(self, link: BleLink, events: RemoteEvents, clock: Clock) -> None:
        gatt, name = link.gatt, link.camera.label
        self.camera = link.camera
        """What was heard of it when it was found: address, name, signal strength, advert."""
        self.name = name
        self._gatt = gatt
        self._clock = clock
        self._link = link
        self._woken = False
        self.events = events
        self.buttons = Buttons(gatt, name, clock)
        self.readings = Readings(gatt, name)
        self.shutter = RemoteShutter(self.buttons, events, self.readings, name, clock)
        self.lens = RemoteLens(self.buttons, clock)
        self.movie = RemoteMovies(self.buttons, events, self.readings, name, clock)
        self.clock = RemoteWallClock(gatt, name, clock)
        self.location = RemoteLocation(gatt, name, clock)

    @property
    def is_connected(self) -> bool:
        """The connection stands."""
        return self._gatt.is_connected

    @property
    def may_sleep(self) -> bool:
        """It said that it is off; where the bond is new, its pairing screen hid whether it is."""
        return not self._woken and (self._link.bonded_now or not self.camera.advert.on)

    async def ready(self) -> None:
        """See that the buttons work: wake the camera where it sleeps, and release its shutter.

        Raises:
            NotAvailableNow: remote control is off in its menu, or it does not let itself be woken.
            NotSupported: this body has no remote control.
            LinkError: the connection ended, or the camera did not wake in time.
        """
        if not self._gatt.offers(uuids.REMOTE_COMMAND):
            raise NotSupported("this body has no remote control over Bluetooth", camera=self.name)
        if self.may_sleep:
            await self.wake()
        await self.buttons.probe()

    async def wake(self) -> None:
        """Switch the camera on where it sleeps; see `waking.wake`."""
        await wake(self._link, self._clock)
        self._woken = True


@contextlib.asynccontextmanager
async def over(link: BleLink, *, clock: Clock = REAL_CLOCK) -> AsyncIterator[Remote]:
    """Use a camera over a connection that stands; whoever made it ends it."""
    async with listening(link.gatt, link.camera.label, clock) as events:
        yield Remote(link, events, clock)


@contextlib.asynccontextmanager
async def remote_control(
    camera: str | None = None,
    *,
    ble_adapter: str = "system",
    timeout_s: float = TIMEOUT_S,
    clock: Clock | None = None,
    on_step: Callable[[PairStep], None] | None = None,
) -> AsyncIterator[Remote]:
    """Find a camera over Bluetooth LE, bond with it where there is no bond, and use it for a block.

    Args:
        camera: ``ble:ADDRESS``, a configured name or the camera's own; None for the only one that is heard.
        ble_adapter: which Bluetooth.
        timeout_s: how long it may take until the camera can be used.
        clock: measures and spends the time; the host's own when not given.
        on_step: told of each step of connecting when it begins.

    Raises:
        CameraNotFound: it is not heard, or it is not clear which is meant.
        PairingRejected: there is no bond and the camera takes none, or it has forgotten the one there is.
        LinkError: it does not let us connect, or not in time.
        InvalidValue: `camera` names one that is not reached by Bluetooth.
    """
    clock = clock or REAL_CLOCK
    target = _target(camera, await asyncio.to_thread(load_cameras))
    stages = RealBleStages(ble_adapter, clock)
    try:
        async with clock.timeout(timeout_s):
            found = await stages.find(_wanted(target), timeout_s=min(timeout_s, FIND_LIMIT_S))
            link = await stages.pair(found, again=False, on_step=on_step)
    except TimeoutError as error:
        if isinstance(error, RemoteLensError):
            raise
        raise LinkTimeout(
            f"no connection by Bluetooth within {timeout_s:g} s",
            camera=camera,
            remedy="see that the camera is on and near, or allow more time",
        ) from error
    async with link, over(link, clock=clock) as remote:
        yield remote


def _target(camera: str | None, known: KnownCameras) -> Target:
    """Return which camera is meant; where none is named, only those count that have Bluetooth."""
    if camera:
        return parse_target(camera, known)
    return parse_target(None, {name: one for name, one in known.items() if one.ble_address is not None})


def _wanted(target: Target) -> str | None:
    """Return the address or name to listen for, None for the only camera there is."""
    match target:
        case AnyTarget():
            return None
        case BleTarget(address):
            return address
        case KnownTarget(known) if known.ble_address is not None:
            return known.ble_address
        case KnownTarget(known):
            raise InvalidValue(
                "it was set up without Bluetooth",
                camera=known.name,
                remedy="add it with 'remotelens setup --ble'; QX cameras have no Bluetooth radio",
            )
        case HostTarget(host, None) if "." not in host:
            return host
    raise InvalidValue(
        "that is no camera to be reached by Bluetooth",
        remedy="write ble:ADDRESS, a configured name, or what 'remotelens discover --ble' shows",
    )
