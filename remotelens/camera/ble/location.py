"""Giving the camera its position, for the EXIF of its pictures.

The camera drops a position that is older than about two minutes, so it is sent again and again, with a fresh
time. Newer bodies want a lock and a switch first, and get both back at the end.

Source: protocol/ble.md 6.1, 6.2, quirks 7, 10 and 22.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from remotelens.camera.ble.track import Place, Whereabouts
from remotelens.camera.ble.wallclock import host_zone
from remotelens.clock import Clock
from remotelens.errors import InvalidValue, LinkError, NotAvailableNow, RefusedError, RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.location import RELEASE, TAKE, Position, Zone, zone_needed
from remotelens.transport.ble.gatt import GattLink
from remotelens.transport.undone import undone

_log = logging.getLogger(__name__)
SOONEST_S: Final = 10.0
LATEST_S: Final = 30.0
TRIES: Final = 3
PAUSE_S: Final = 1.0
RELEASE_LIMIT_S: Final = 5.0

Sent = Callable[[Position], None]


@dataclass(frozen=True, slots=True)
class LocationSession:
    """The camera takes positions.

    Attributes:
        zoned: it wants the time zone with each.
        locked: it wanted the lock and the switch, as newer bodies do.
    """

    zoned: bool
    locked: bool


class RemoteLocation:
    """The location service of one camera.

    Args:
        gatt: the connection.
        camera: what it is called in messages.
        clock: measures and spends the time.
    """

    def __init__(self, gatt: GattLink, camera: str, clock: Clock) -> None:
        self._gatt = gatt
        self._camera = camera
        self._clock = clock

    async def feed(
        self,
        whereabouts: Whereabouts,
        *,
        every_s: float = SOONEST_S,
        since_s: float | None = None,
        on_sent: Sent | None = None,
    ) -> int:
        """Tell the camera where we are until the way ends; return how many positions it took.

        Args:
            whereabouts: where we are.
            every_s: seconds from one position to the next, 10 to 30.
            since_s: when the way began, on the clock's scale; None for now.
            on_sent: told of each position that the camera took.

        Raises:
            InvalidValue: such an interval is too short for the camera, or too long.
            NotSupported: this body takes no positions.
            NotAvailableNow: another device gives it its position, or it takes none now.
            LinkError: the connection ended.
        """
        check_interval(every_s)
        start_s = self._clock.monotonic() if since_s is None else since_s
        taken = 0
        async with self.session() as session:
            while (place := self._place(whereabouts, start_s)) is not None:
                position = await self.send(place, session)
                taken += 1
                if on_sent is not None:
                    on_sent(position)
                await self._clock.sleep(every_s)
        return taken

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[LocationSession]:
        """Have the camera take positions for the length of a block.

        Raises:
            NotSupported, NotAvailableNow, LinkError: as `feed`.
        """
        locked = self._gatt.offers(uuids.LOCATION_LOCK)
        async with contextlib.AsyncExitStack() as stack:
            with contextlib.suppress(RefusedError):  # nothing depends on what it would tell
                await stack.enter_async_context(
                    self._gatt.notifications(uuids.LOCATION_STATUS, "the location status")
                )
            if locked:
                stack.push_async_callback(lambda: undone(self._release()))
                await self._take()
            yield LocationSession(await self._wants_zone(), locked)

    async def send(self, place: Place, session: LocationSession) -> Position:
        """Tell the camera one place, with the present time.

        Raises:
            NotAvailableNow: it does not take it.
            NotSupported, LinkError: as `feed`.
        """
        for remaining in reversed(range(TRIES)):
            now = self._clock.now().replace(microsecond=0)
            offset_min, summer_time = host_zone(now)
            zone = Zone(offset_min, 60 * summer_time) if session.zoned else None
            position = Position(place.latitude, place.longitude, now, zone)
            try:
                await self._gatt.write(uuids.LOCATION_DATA, position.encode(), "the position")
            except RefusedError as error:
                if error.code not in (AttCode.REFUSED, AttCode.NOT_AVAILABLE_NOW):
                    raise
                if not remaining:
                    raise NotAvailableNow(
                        "the camera takes no positions now",
                        camera=self._camera,
                        remedy="switch it on, and on the camera choose MENU, Network, Location Info Link: On",
                        code=error.code,
                    ) from error
            else:
                return position
            await self._clock.sleep(PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def _place(self, whereabouts: Whereabouts, start_s: float) -> Place | None:
        return whereabouts.at(self._clock.monotonic() - start_s, self._clock.now())

    async def _take(self) -> None:
        try:
            await self._gatt.write(uuids.LOCATION_LOCK, TAKE, "the location lock")
            await self._gatt.write(uuids.LOCATION_ENABLE, TAKE, "the location switch")
        except RefusedError as error:
            if error.code != AttCode.REFUSED:
                raise
            raise NotAvailableNow(
                "the camera gives us no location lock: another device tells it where it is",
                camera=self._camera,
                remedy="end the location link of the phone that is bonded with the camera",
                code=error.code,
            ) from error

    async def _wants_zone(self) -> bool:
        """Tell whether the camera wants the zone; a body that cannot be asked is one that does."""
        try:
            return zone_needed(await self._gatt.read(uuids.LOCATION_FEATURE, "the location feature"))
        except (RefusedError, RemoteProtocolError) as error:
            _log.debug("%s: %s", self._camera, error.message)
            return True

    async def _release(self) -> None:
        """Give switch and lock back; a connection that has ended has given them back by itself."""
        for uuid in (uuids.LOCATION_ENABLE, uuids.LOCATION_LOCK):
            try:
                async with self._clock.timeout(RELEASE_LIMIT_S):
                    await self._gatt.write(uuid, RELEASE, "the end of the location feed")
            except (RefusedError, LinkError, TimeoutError) as error:
                _log.debug("%s: %s", self._camera, error)


def check_interval(every_s: float) -> None:
    """See that positions are sent as often as the camera wants them.

    Raises:
        InvalidValue: they are not.
    """
    if not SOONEST_S <= every_s <= LATEST_S:
        raise InvalidValue(
            f"positions every {every_s:g} s are not what the camera wants",
            remedy=f"give {SOONEST_S:g} to {LATEST_S:g} s",
        )
