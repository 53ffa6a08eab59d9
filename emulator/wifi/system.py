"""The service `system`: date and time.

Source: protocol/wifi.md 5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from emulator.body.camera import Body
from emulator.body.refusals import Reason, Refused
from emulator.wifi.service import Answer, Call, Handler, introspection

SERVICE = "system"
_FORM = "%Y-%m-%dT%H:%M:%SZ"


class SystemService:
    """Answers the calls of the service `system`.

    Args:
        body: the camera.
    """

    def __init__(self, body: Body) -> None:
        self._body = body

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each method."""
        return {**introspection(self._body.profile, SERVICE), "setCurrentTime": self._set_current_time}

    async def _set_current_time(self, call: Call) -> Answer:
        asked = call.params[0]
        try:
            moment = datetime.strptime(asked["dateTime"], _FORM).replace(tzinfo=UTC)
            self._body.set_clock(moment, asked["timeZoneOffsetMinute"], asked["dstOffsetMinute"])
        except (ValueError, OverflowError) as error:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"no time of day: {error}") from error
        return Answer([])
