"""One thing that happened to the cameras."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from emulator.journal.exchange import Exchange


class JournalEntry(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened.

    Nothing in it leads back to it, so the collector of cycles need not look at the thousands that are kept.

    Attributes:
        number: 1 for the first of all; grows by one.
        at: the cameras' time of day, UTC.
        host_at: the host's time of day, UTC.
        camera: the camera's id, or "" for the rack.
        channel: ssdp, description, rpc, event, liveview, contents, http, ble, card, power, body, control.
        kind: what it was: request, answer, exchange, change, fault, …
        data: the rest, as plain values that JSON can carry.
        exchange: the bytes of a whole HTTP exchange.
    """

    number: int
    at: datetime
    host_at: datetime
    camera: str
    channel: str
    kind: str
    data: Mapping[str, Any]
    exchange: Exchange | None = None

    @property
    def method(self) -> str | None:
        """The method or value that it is about, where there is one."""
        if self.exchange is not None:
            return self.exchange.method or None
        return self.data.get("method")

    def as_line(self) -> str:
        """Return the entry as a line for people; of a whole exchange only what it was."""
        exchange = self.exchange
        words = f"{self.at:%H:%M:%S.%f} {self.camera} {self.channel} {self.kind}"
        if exchange is None:
            return f"{words} {dict(self.data)}"
        what = f"{exchange.verb} {exchange.url} -> {exchange.status}, {exchange.answer_bytes} bytes"
        struck = f", struck by {', '.join(exchange.faults)}" if exchange.faults else ""
        return f"{words} {what}, {exchange.outcome}{struck}"

    def as_json(self) -> dict[str, Any]:
        """Return the entry as an object of the control API."""
        return {
            "number": self.number,
            "at": iso(self.at),
            "host_at": iso(self.host_at),
            "camera": self.camera,
            "channel": self.channel,
            "kind": self.kind,
            **self.data,
            **(self.exchange.as_json() if self.exchange is not None else {}),
        }


def iso(moment: datetime) -> str:
    """Return a moment as the control API writes it: UTC, ISO 8601, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
