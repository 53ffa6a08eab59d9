"""How a taped or recorded camera is found: searches answered with the place of its description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from emulator.wifi.advertisement import ALIVE, MAX_AGE_S, Datagram
from remotelens.protocol.wifi.ssdp import (
    MULTICAST_HOST,
    MULTICAST_PORT,
    SCALAR_WEB_API,
    SearchRequest,
    encode_message,
)

_ROOT = "upnp:rootdevice"
_UDN = re.compile(r"<(?:\w+:)?UDN>\s*(uuid:[^<\s]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """What answers searches for one camera.

    Attributes:
        name: who it is, in the journal.
        location: the URL of its description.
        udn: its id, with ``uuid:``.
        server: how it names itself.
    """

    name: str
    location: str
    udn: str
    server: str

    @classmethod
    def of(cls, location: str, description: str, server: str) -> Found:
        """Return what answers for a camera with that description."""
        found = _UDN.search(description)
        udn = found[1] if found else "uuid:00000000-0000-0000-0000-000000000000"
        return cls("tape", location, udn, server or "UPnP/1.0")

    def answers(self, search: SearchRequest) -> Sequence[Datagram]:
        """Return what answers a search."""
        targets = (_ROOT, self.udn, SCALAR_WEB_API)
        wanted = targets if search.st == "ssdp:all" else (search.st,)
        return [
            Datagram(
                encode_message("HTTP/1.1 200 OK", [*self._headers("EXT", ""), *self._names("ST", target)])
            )
            for target in wanted
            if target in targets
        ]

    def announcements(self, kind: str) -> Sequence[Datagram]:
        """Return what tells everybody that it is there or leaves."""
        place = ("HOST", f"{MULTICAST_HOST}:{MULTICAST_PORT}")
        headers = self._headers(*place) if kind == ALIVE else [place]
        return [
            Datagram(
                encode_message("NOTIFY * HTTP/1.1", [*headers, ("NTS", kind), *self._names("NT", target)])
            )
            for target in (_ROOT, self.udn, SCALAR_WEB_API)
        ]

    def _headers(self, *first: str) -> list[tuple[str, str]]:
        name, value = first
        return [
            (name, value),
            ("CACHE-CONTROL", f"max-age={MAX_AGE_S}"),
            ("LOCATION", self.location),
            ("SERVER", self.server),
        ]

    def _names(self, kind: str, target: str) -> list[tuple[str, str]]:
        usn = target if target == self.udn else f"{self.udn}::{target}"
        return [(kind, target), ("USN", usn)]
