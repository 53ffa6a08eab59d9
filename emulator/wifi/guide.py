"""The service `guide`: which services there are, and how they are reached.

Source: protocol/wifi.md 5.7.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.body.camera import Body
from emulator.wifi.service import Answer, Call, Handler, introspection

SERVICE = "guide"
_PROTOCOL = "xhrpost:jsonizer"


class GuideService:
    """Answers the calls of the service `guide`.

    Args:
        body: the camera.
    """

    def __init__(self, body: Body) -> None:
        self._profile = body.profile

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each method."""
        return {
            **introspection(self._profile, SERVICE),
            "getServiceProtocols": self._get_service_protocols,
        }

    async def _get_service_protocols(self, _call: Call) -> Answer:
        return Answer([[name, [_PROTOCOL]] for name in self._profile.services], plural=True)
