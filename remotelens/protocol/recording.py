"""The file of a recording: what one real camera answered, scrubbed of what names its owner.

Written by `remotelens dump`; read by whoever adds a model or plays a camera back. One JSON object:

``schema``       1
``made_by``      program and version
``made_at``      UTC, ISO 8601
``model``        the camera's own name
``application``  name and version of its application, or null
``documents``    fetched by GET: path, status, headers, body (text)
``exchanges``    JSON-RPC: service, method, params, version, status, headers, body (text as sent), seconds
``live_view``    null, or status, headers, and of each packet: type, sequence, timestamp_ms, size, padding
``removed``      one sentence for each kind of thing that was taken out
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from remotelens.errors import RemoteProtocolError

SCHEMA = 1
MAX_RECORDING_BYTES = 64 * 1024 * 1024
_MAC = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f])")
_UUID_TAIL = re.compile(r"(uuid:[0-9A-Fa-f-]*-)([0-9A-Fa-f]{12})")
_SSID = re.compile(r"DIRECT-[0-9A-Za-z]{2}")
_SERIAL = re.compile(r"(<(?:\w+:)?[\w]*(?:[Ss]erial|SerialNumber)[\w]*>)[^<]+(<)")
_POSITION = re.compile(r'("(?:latitude|longitude|altitude|position)"\s*:\s*)("[^"]*"|-?[\d.]+)')
_PERSON = re.compile(
    r'("(?:ownerName|userName|photographer|copyright|password|key)"\s*:\s*)"[^"]*"', re.IGNORECASE
)


class Document(msgspec.Struct, frozen=True):
    """What a GET gave."""

    path: str
    status: int
    headers: list[tuple[str, str]]
    body: str


class Exchange(msgspec.Struct, frozen=True):
    """One JSON-RPC call and its answer, as text."""

    service: str
    method: str
    params: list[Any]
    version: str
    status: int
    headers: list[tuple[str, str]]
    body: str
    seconds: float


class PacketFacts(msgspec.Struct, frozen=True, array_like=True):
    """One live view packet without its picture."""

    type: int
    sequence: int
    timestamp_ms: int
    size: int
    padding: int


class LiveViewFacts(msgspec.Struct, frozen=True):
    """What was seen of the live view."""

    headers: list[tuple[str, str]]
    packets: list[PacketFacts]


class Recording(msgspec.Struct, frozen=True):
    """One camera's answers."""

    made_by: str
    made_at: str
    model: str
    application: tuple[str, str] | None
    documents: list[Document]
    exchanges: list[Exchange]
    live_view: LiveViewFacts | None
    removed: list[str]
    schema: int = SCHEMA


def encode_recording(recording: Recording) -> bytes:
    """Return a recording as the bytes of its file, readable by people."""
    return msgspec.json.format(msgspec.json.encode(recording), indent=1) + b"\n"


def decode_recording(data: bytes) -> Recording:
    """Read a recording.

    Raises:
        RemoteProtocolError: too large, not JSON, or not of this form.
    """
    if len(data) > MAX_RECORDING_BYTES:
        raise RemoteProtocolError(f"a recording of {len(data)} bytes is too large")
    try:
        recording = msgspec.json.decode(data, type=Recording)
    except (msgspec.DecodeError, RecursionError) as error:
        raise RemoteProtocolError(f"this is no recording: {error}") from error
    if recording.schema != SCHEMA:
        raise RemoteProtocolError(f"a recording of schema {recording.schema} is not known to this release")
    return recording


class Scrubber:
    """Takes out of texts what names a camera or its owner, and counts what it took.

    The same thing is replaced by the same stand-in wherever it stands, so that answers still fit together.

    Args:
        macs: radio addresses that are known, in any form; their bare hexadecimal digits are found as well.
    """

    def __init__(self, macs: Iterable[str] = ()) -> None:
        self._macs = {re.sub(r"[^0-9A-Fa-f]", "", mac).lower() for mac in macs}
        self._counts: dict[str, int] = {}

    def text(self, text: str) -> str:
        """Return a text without what must not be told."""
        for tail in _UUID_TAIL.findall(text):
            self._macs.add(tail[1].lower())
        text = self._sub("radio addresses (MAC)", _MAC, _zeros, text)
        for mac in sorted(self._macs):
            pattern = re.compile(re.escape(mac), re.IGNORECASE)
            text = self._sub("radio addresses (MAC) inside identifiers", pattern, "000000000000", text)
        text = self._sub("network names (SSID)", _SSID, "DIRECT-xx", text)
        text = self._sub("serial numbers", _SERIAL, r"\g<1>0000000\g<2>", text)
        text = self._sub("positions", _POSITION, r"\g<1>0", text)
        return self._sub("names and keys", _PERSON, r'\g<1>""', text)

    @property
    def removed(self) -> list[str]:
        """One sentence for each kind of thing that was taken out."""
        return [f"{what}: {count}" for what, count in sorted(self._counts.items())]

    def _sub(self, what: str, pattern: re.Pattern[str], stand_in: Any, text: str) -> str:
        text, count = pattern.subn(stand_in, text)
        if count:
            self._counts[what] = self._counts.get(what, 0) + count
        return text


def _zeros(match: re.Match[str]) -> str:
    return re.sub("[0-9A-Fa-f]", "0", match[0])
