"""The service `guide`: which services there are, and how they are reached.

Source: protocol/wifi.md 5.7.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from emulator.body.camera import Body
from emulator.wifi.service import Answer, Call, Handler

SERVICE = "guide"
_PROTOCOL = "xhrpost:jsonizer"


class GuideService:
    """Answers the calls of the service `guide`.

    Args:
        body: the camera.
    """

    def __init__(self, body: Body) -> None:
        self._profile = body.profile

    @property
    def names(self) -> Iterable[str]:
        """The methods that it answers."""
        return self._methods

    def find(self, name: str) -> Handler | None:
        """Return what answers a method."""
        method = self._methods.get(name)
        return None if method is None else partial(method, self)

    async def _get_service_protocols(self, _call: Call) -> Answer:
        return Answer([[name, [_PROTOCOL]] for name in self._profile.services], plural=True)

    _methods: ClassVar[Mapping[str, Callable[..., Awaitable[Answer]]]] = MappingProxyType(
        {
            "getServiceProtocols": _get_service_protocols,
        }
    )
