"""The service `system`: date and time.

Source: protocol/wifi.md 5.6.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from emulator.body.camera import Body
from emulator.body.refusals import Reason, Refused
from emulator.wifi.service import Answer, Call, Handler

SERVICE = "system"
_FORM = "%Y-%m-%dT%H:%M:%SZ"


class SystemService:
    """Answers the calls of the service `system`.

    Args:
        body: the camera.
    """

    def __init__(self, body: Body) -> None:
        self._body = body

    @property
    def names(self) -> Iterable[str]:
        """The methods that it answers."""
        return self._methods

    def find(self, name: str) -> Handler | None:
        """Return what answers a method."""
        method = self._methods.get(name)
        return None if method is None else partial(method, self)

    async def _set_current_time(self, call: Call) -> Answer:
        asked = call.params[0]
        try:
            moment = datetime.strptime(asked["dateTime"], _FORM).replace(tzinfo=UTC)
            self._body.set_clock(moment, asked["timeZoneOffsetMinute"], asked["dstOffsetMinute"])
        except (ValueError, OverflowError) as error:
            raise Refused(Reason.ILLEGAL_ARGUMENT, f"no time of day: {error}") from error
        return Answer([])

    _methods: ClassVar[Mapping[str, Callable[..., Awaitable[Answer]]]] = MappingProxyType(
        {
            "setCurrentTime": _set_current_time,
        }
    )
