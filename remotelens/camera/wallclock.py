"""The camera's clock: set once by us, so that the times it writes can be believed.

It has no battery worth trusting and restarts at an old date (protocol/wifi.md 1.4, quirk 38). It is set
before the first picture after each arrival at the camera, never by merely looking at it.
"""

from __future__ import annotations

import contextlib

from remotelens.camera.line import Line
from remotelens.errors import RefusedError


class WallClock:
    """The date and time of one camera."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._answered_at: int | None = None
        self._set_at: int | None = None

    @property
    def trusted(self) -> bool:
        """Whether it was set by us since the camera was reached last."""
        return self._set_at == self._line.arrivals

    async def ensure_set(self) -> None:
        """Set it, unless that was done or refused since the camera was reached last.

        Raises:
            LinkError: whether it was set is not known; it is tried anew the next time.
        """
        if self._answered_at == self._line.arrivals or not self._line.has("setCurrentTime", "system"):
            return
        with contextlib.suppress(RefusedError):  # locked on some firmware; pictures can be taken all the same
            await self.set()

    async def set(self) -> None:
        """Set it to this host's time and time zone.

        Source: protocol/wifi.md 5.6.

        Raises:
            RefusedError: the camera does not allow it.
        """
        arrival = self._line.arrivals
        now = self._line.clock.now()
        offset = now.astimezone().utcoffset()
        time_and_zone = {
            "dateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "timeZoneOffsetMinute": 0 if offset is None else int(offset.total_seconds() // 60),
            "dstOffsetMinute": 0,
        }
        try:
            await self._line.call("setCurrentTime", time_and_zone, service="system")
        except RefusedError:
            self._answered_at, self._set_at = arrival, None
            raise
        self._answered_at = self._set_at = arrival
