"""Where on the network the camera that is meant is: at a host, where it was last, or wherever it answers."""

from __future__ import annotations

from dataclasses import dataclass

from remotelens.clock import Clock
from remotelens.errors import CameraNotFound, RemoteLensError
from remotelens.link.addresses import host_of
from remotelens.link.describe import describe, probe
from remotelens.link.discovery import discover_wifi
from remotelens.link.found import FoundCamera
from remotelens.link.identity import Wanted, the_one
from remotelens.link.target import HostTarget
from remotelens.protocol.wifi.description import Description
from remotelens.transport.http import CONNECT_TIMEOUT_S, HttpClient
from remotelens.transport.network import Address

LAST_PLACE_TIMEOUT_S = 2.0
_ROUND_S = 3.0


@dataclass(frozen=True, slots=True)
class Locator:
    """Looks for one camera.

    Args:
        interface: the network interface to look on; None for any.
        ask: more places to send searches to.
        multicast: False sends them to those places alone.
        clock: measures the time.
    """

    interface: str | None
    ask: tuple[Address, ...]
    multicast: bool
    clock: Clock

    async def at_host(self, target: HostTarget) -> FoundCamera:
        """Return the camera at a host.

        Raises:
            CameraNotFound: there is none.
            LinkLost, RemoteProtocolError: what is there does not answer as a camera does.
        """
        async with self._http() as http:
            try:
                url, description = await probe(http, target.host, target.port)
            except CameraNotFound as error:
                if target.near:
                    error.remedy = f"did you mean the configured camera {target.near}?"
                raise
        return self._found(url, description)

    async def still_at(self, url: str, wanted: Wanted) -> FoundCamera | None:
        """Return the camera when it stands where it was last, which is soon known."""
        try:
            async with self._http(LAST_PLACE_TIMEOUT_S) as http:
                description = await describe(http, url, timeout_s=LAST_PLACE_TIMEOUT_S)
        except RemoteLensError:
            return None
        camera = self._found(url, description)
        return camera if wanted.fits(camera) else None

    async def on_the_network(self, wanted: Wanted, *, timeout_s: float) -> FoundCamera:
        """Search until the camera answers; the first that fits for certain is taken at once.

        Raises:
            CameraNotFound: it does not answer, or several fit.
        """
        end_s = self.clock.monotonic() + timeout_s
        while True:
            report = await discover_wifi(
                timeout_s=min(_ROUND_S, max(0.0, end_s - self.clock.monotonic())),
                interface=self.interface,
                ask=self.ask,
                multicast=self.multicast,
                enough=wanted.is_surely,
                clock=self.clock,
            )
            camera = the_one(report.items, wanted)
            if camera is not None:
                return camera
            if self.clock.monotonic() >= end_s:
                raise report.nothing_found(wanted.model)

    def _found(self, url: str, description: Description) -> FoundCamera:
        return FoundCamera(
            name=description.friendly_name,
            host=host_of(url),
            description_url=url,
            uuid=description.udn.removeprefix("uuid:"),
            interface=self.interface,
            bound=self.interface is not None,
            found_by=("probe",),
        )

    def _http(self, connect_timeout_s: float = CONNECT_TIMEOUT_S) -> HttpClient:
        return HttpClient(interface=self.interface, connect_timeout_s=connect_timeout_s, clock=self.clock)
