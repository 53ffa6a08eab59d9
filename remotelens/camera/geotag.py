"""A position feed that outlives connections: walks out of range, battery swaps and sleep are waited for.

Source: protocol/ble.md 6.2.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from remotelens.camera.ble.location import SOONEST_S, Sent, check_interval
from remotelens.camera.ble.track import Whereabouts
from remotelens.camera.remote import Remote
from remotelens.clock import Clock
from remotelens.errors import CameraNotFound, LinkError, NotAvailableNow, PairingRejected, RemoteLensError
from remotelens.link.status import BackOff
from remotelens.protocol.ble.location import Position

_log = logging.getLogger(__name__)

Opens = Callable[[], AbstractAsyncContextManager[Remote]]
Lost = Callable[[RemoteLensError, float], None]


async def geotag(
    open_remote: Opens,
    whereabouts: Whereabouts,
    *,
    clock: Clock,
    every_s: float = SOONEST_S,
    back_off: BackOff | None = None,
    on_sent: Sent | None = None,
    on_lost: Lost | None = None,
) -> int:
    """Tell a camera where we are until the way ends; return how many positions it took.

    What fails before the camera has taken a first position is raised; what fails later is waited out.

    Args:
        open_remote: connects to the camera, once for each connection that is needed.
        whereabouts: where we are; a way begins with the first connection, and goes on while there is none.
        clock: measures and spends the time.
        every_s: seconds from one position to the next, 10 to 30.
        back_off: the pauses between attempts to connect again.
        on_sent: told of each position that the camera took.
        on_lost: told of each loss, and of the seconds until the next attempt.

    Raises:
        InvalidValue: no such interval.
        PairingRejected: the bond is gone.
        CameraNotFound, NotSupported, NotAvailableNow, LinkError: it did not work in the first place.
    """
    check_interval(every_s)
    pauses, chance = back_off or BackOff(), random.Random()  # noqa: S311 - spreads attempts, keeps no secret
    since_s: float | None = None
    taken = failures = 0

    def sent(position: Position) -> None:
        nonlocal taken, failures
        taken, failures = taken + 1, 0
        if on_sent is not None:
            on_sent(position)

    while True:
        try:
            async with open_remote() as remote:
                since_s = clock.monotonic() if since_s is None else since_s
                await remote.location.feed(whereabouts, every_s=every_s, since_s=since_s, on_sent=sent)
                return taken
        except PairingRejected:
            raise
        except (LinkError, CameraNotFound, NotAvailableNow) as error:
            if not taken or since_s is None:
                raise
            failures += 1
            pause_s = pauses.pause_s(failures, chance)
            _log.info("positions: %s", error)
            if on_lost is not None:
                on_lost(error, pause_s)
        await clock.sleep(pause_s)
        if whereabouts.at(clock.monotonic() - since_s, clock.now()) is None:
            return taken
