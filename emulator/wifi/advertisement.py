"""What one camera says of itself by SSDP: the bytes of its answers and of its announcements.

Source: protocol/wifi.md 2.2, 2.3; protocol/clients.md rows 1-9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from emulator.wifi.description import device_type, upnp_services
from emulator.wifi.face import SERVER_INFO, UNIT_INFO
from emulator.wifi.urls import CameraUrls
from remotelens.protocol.wifi.ssdp import MULTICAST_HOST, MULTICAST_PORT, SearchRequest, encode_message

MAX_AGE_S = 1800
ALIVE = "ssdp:alive"
BYEBYE = "ssdp:byebye"


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram to send.

    Attributes:
        data: its bytes.
        after_s: how much later than usual.
    """

    data: bytes
    after_s: float = 0.0


class Advertiser(Protocol):
    """Something that can be found."""

    @property
    def name(self) -> str:
        """Who it is, in the journal."""
        ...

    def answers(self, search: SearchRequest) -> Sequence[Datagram]:
        """Return what answers a search; nothing when it is not the one searched for."""
        ...

    def announcements(self, kind: str) -> Sequence[Datagram]:
        """Return what tells everybody that it is there (`ALIVE`) or leaves (`BYEBYE`)."""
        ...


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What one camera answers and announces.

    Attributes:
        name: the camera's id.
        urls: its addresses.
        uuid: its id in USN, without `uuid:`.
        ext: the EXT line's value; None leaves the line out.
    """

    name: str
    urls: CameraUrls
    uuid: str
    ext: str | None = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The search targets that are answered, in the order in which `ssdp:all` lists them."""
        family = self.urls.face.family
        services = tuple(service.type for service in upnp_services(family))
        return ("upnp:rootdevice", f"uuid:{self.uuid}", device_type(family), *services)

    def answers(self, search: SearchRequest) -> list[Datagram]:
        """Return one answer, one for each target to `ssdp:all`, or none."""
        wanted = self.targets if search.st == "ssdp:all" else (search.st,)
        return [Datagram(self.reply(target)) for target in wanted if target in self.targets]

    def announcements(self, kind: str) -> list[Datagram]:
        """Return one announcement for each target."""
        return [Datagram(self.notice(target, kind)) for target in self.targets]

    def reply(self, target: str) -> bytes:
        """Return the answer for one target."""
        headers = [
            ("CACHE-CONTROL", f"max-age={MAX_AGE_S}"),
            *([("EXT", self.ext)] if self.ext is not None else []),
            ("LOCATION", self.urls.description),
            ("SERVER", self.urls.face.server),
            ("ST", target),
            ("USN", self._usn(target)),
        ]
        if self.urls.face.info:
            headers += [("X-AV-Physical-Unit-Info", UNIT_INFO), ("X-AV-Server-Info", SERVER_INFO)]
        return encode_message("HTTP/1.1 200 OK", headers)

    def notice(self, target: str, kind: str) -> bytes:
        """Return the announcement of one target, its header names as recorded of family A.

        What a parting announcement holds is assumed: it names neither a place nor a lifetime.
        """
        alive = kind == ALIVE
        headers = [
            ("HOST", f"{MULTICAST_HOST}:{MULTICAST_PORT}"),
            *([("CACHE-CONTROL", f"max-age={MAX_AGE_S}"), ("LOCATION", self.urls.description)] * alive),
            ("NT", target),
            ("NTS", kind),
            *([("SERVER", self.urls.face.server)] * alive),
            ("USN", self._usn(target)),
        ]
        if alive and self.urls.face.info:
            headers += [("X-AV-PHYSICAL-UNIT-INFO", UNIT_INFO), ("X-AV-SERVER-INFO", SERVER_INFO)]
        return encode_message("NOTIFY * HTTP/1.1", headers)

    def _usn(self, target: str) -> str:
        plain = f"uuid:{self.uuid}"
        return plain if target == plain else f"{plain}::{target}"
