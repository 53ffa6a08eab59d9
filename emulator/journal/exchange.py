"""One HTTP request and what became of it, as it went over the connection: after the faults, not before."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import msgspec

KEPT_BODY_BYTES = 64 * 1024
"""How much of one body is kept; the size tells the whole."""


class Exchange(msgspec.Struct, gc=False):
    """One request and its answer, both as bytes.

    Nothing in it leads back to it, so the collector of cycles need not look at the thousands that are kept.

    Attributes:
        number: counts the exchanges of one journal from 1.
        connection: which of the camera's connections carried it.
        verb: GET, POST, …
        url: what was asked for, with the camera's own scheme, host and port.
        version: HTTP version of the request.
        headers: of the request, as they came.
        body: of the request.
        service: of a JSON-RPC call.
        method: of a JSON-RPC call.
        faults: the faults that struck it, in order.
        head: status line and headers of the answer as they left; empty when none did.
        answer: as much of the answer's content as was kept.
        answer_bytes: how much content left, kept or not.
        started_s: when the request was complete, in camera time.
        seconds: from then to the end of the answer, in camera time.
        outcome: ``done``, or how it ended otherwise.
    """

    number: int
    connection: int
    verb: str
    url: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    service: str = ""
    method: str = ""
    faults: list[str] = []
    head: bytes = b""
    answer: bytearray = msgspec.field(default_factory=bytearray)
    answer_bytes: int = 0
    started_s: float = 0.0
    seconds: float = 0.0
    outcome: str = "done"

    @property
    def kept_bytes(self) -> int:
        """What it takes up in the journal."""
        return len(self.body) + len(self.head) + len(self.answer)

    @property
    def status(self) -> int | None:
        """The status code that left, or None."""
        words = self.head.split(b" ", 2)
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else None

    @property
    def reason(self) -> str:
        """The words after the status code."""
        words = self.head.partition(b"\r\n")[0].split(b" ", 2)
        return words[2].decode("latin-1") if len(words) > 2 else ""

    @property
    def answer_headers(self) -> list[tuple[str, str]]:
        """Header lines of the answer as they left."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines) if name]

    @property
    def content(self) -> bytes | None:
        """The content of the answer; None where not all of it was kept."""
        return bytes(self.answer) if len(self.answer) == self.answer_bytes else None

    def forget_bodies(self) -> None:
        """Keep only what is small."""
        self.body = self.body[:0]
        self.answer = bytearray()

    def as_json(self) -> Mapping[str, Any]:
        """Return it as the fields of a journal entry."""
        return {
            "exchange": self.number,
            "connection": self.connection,
            "verb": self.verb,
            "url": self.url,
            "http_version": self.version,
            "headers": [list(pair) for pair in self.headers],
            "body": text_of(self.body),
            "status": self.status,
            "answer_headers": [list(pair) for pair in self.answer_headers],
            "answer_body": None if self.content is None else text_of(self.content),
            "answer_bytes": self.answer_bytes,
            "seconds": round(self.seconds, 6),
            "faults": list(self.faults),
            "outcome": self.outcome,
            **({"service": self.service, "method": self.method} if self.method else {}),
        }


def text_of(data: bytes) -> str:
    """Return bytes as text: as they are where they are UTF-8, else as ``base64:…``."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(data).decode()


EXCHANGE: ContextVar[Exchange | None] = ContextVar("EXCHANGE", default=None)
"""The exchange that the running task answers: faults that strike it are written down in it."""
