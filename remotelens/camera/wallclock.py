"""The camera's clock: set once by us, so that the times it writes can be believed.

It has no battery worth trusting and restarts at an old date (protocol/wifi.md 1.4, quirk 38). It is set
before the first picture of a connection, never by merely looking at a camera.
"""

from __future__ import annotations

from remotelens.camera.line import Line
from remotelens.errors import RefusedError


class WallClock:
    """The date and time of one camera."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._asked = False
        self.trusted = False

    async def ensure_set(self) -> None:
        """Set it, unless that was done or refused before."""
        if self._asked or not self._line.has("setCurrentTime", "system"):
            return
        try:
            await self.set()
        except RefusedError:
            self.trusted = False  # locked on some firmware; pictures can be taken all the same

    async def set(self) -> None:
        """Set it to this host's time and time zone.

        Source: protocol/wifi.md 5.6.

        Raises:
            RefusedError: the camera does not allow it.
        """
        self._asked = True
        now = self._line.clock.now()
        offset = now.astimezone().utcoffset()
        time_and_zone = {
            "dateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "timeZoneOffsetMinute": 0 if offset is None else int(offset.total_seconds() // 60),
            "dstOffsetMinute": 0,
        }
        await self._line.call("setCurrentTime", time_and_zone, service="system")
        self.trusted = True
