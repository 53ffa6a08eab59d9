"""The form of a tape: one JSON object a line; a head, exchanges in the order of their ends, a tail.

Where a camera's own address stood, a tape has ``origin-N.tape``: N counts its ports. A body that is no text
is ``base64:…``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.recording import Recording, decode_recording

SCHEMA = 1
MAX_TAPE_BYTES = 1 << 30
Channel = Literal["description", "rpc", "event", "liveview", "contents", "other"]
_BINARY = "base64:"
_ORIGIN = re.compile(r"origin-(\d+)\.tape")
_DUMPED_URL = re.compile(r"(http:(?:\\?/){2})(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:]+\])(?::\d+)?")


class Head(msgspec.Struct, frozen=True, tag="tape", tag_field="line"):
    """The first line."""

    made_by: str
    made_at: str
    description: str
    schema: int = SCHEMA


class Taped(msgspec.Struct, frozen=True, tag="exchange", tag_field="line"):
    """One request and its answer.

    Attributes:
        at_s: when the request was whole, in seconds since the tape began.
        seconds: from then to the answer's end.
        origin: which of the camera's ports, counted from 0.
        channel: what it was about.
        verb: of the request.
        target: of the request.
        request: body of the request.
        status: of the answer.
        reason: of the answer.
        headers: of the answer, in their order and case.
        body: of the answer, where it was no stream.
        stream: the pieces of a stream, each with its time in seconds since the request.
        unsent_bytes: what the head of the answer announced and the camera did not send.
    """

    at_s: float
    seconds: float
    origin: int
    channel: Channel
    verb: str
    target: str
    request: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: str = ""
    stream: list[tuple[float, str]] | None = None
    unsent_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0


class Tail(msgspec.Struct, frozen=True, tag="end", tag_field="line"):
    """The last line: what was taken out."""

    exchanges: int
    removed: list[str]


class Tape(msgspec.Struct, frozen=True):
    """A whole tape."""

    head: Head
    exchanges: list[Taped]
    removed: list[str]

    @property
    def origins(self) -> int:
        """How many ports the camera has in it."""
        named = [one.origin for one in self.exchanges]
        for one in self.exchanges:
            named += [int(number) for number in _ORIGIN.findall(one.body)]
        return max(named, default=0) + 1


def pack(data: bytes) -> str:
    """Return bytes as a tape holds them."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _BINARY + base64.b64encode(data).decode()
    return text if not text.startswith(_BINARY) else _BINARY + base64.b64encode(data).decode()


def unpack(text: str) -> bytes:
    """Return the bytes that a tape holds."""
    if text.startswith(_BINARY):
        return base64.b64decode(text[len(_BINARY) :])
    return text.encode()


def with_origins(text: str, bases: Sequence[str]) -> str:
    """Return a text with real addresses in place of the tape's.

    Args:
        text: from a tape.
        bases: ``HOST:PORT`` by number.
    """
    return _ORIGIN.sub(lambda match: bases[min(int(match[1]), len(bases) - 1)], text)


def encode_line(line: Head | Taped | Tail) -> bytes:
    """Return one line of a tape."""
    return msgspec.json.encode(line) + b"\n"


def decode_tape(data: bytes) -> Tape:
    """Read a tape, or what `remotelens dump` made.

    Raises:
        RemoteProtocolError: it is none; the message names the line.
    """
    if len(data) > MAX_TAPE_BYTES:
        raise RemoteProtocolError(f"a tape of {len(data)} bytes is too large")
    if b'"line":"tape"' not in data[:1000]:
        return _from_dump(decode_recording(data))
    lines: list[Any] = []
    decoder = msgspec.json.Decoder(Head | Taped | Tail)
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            lines.append(decoder.decode(line))
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            raise RemoteProtocolError(f"line {number} of the tape: {error}") from error
    head, *rest = lines
    if not isinstance(head, Head) or any(isinstance(one, Head) for one in rest):
        raise RemoteProtocolError("a tape has one head, and that is its first line")
    if head.schema != SCHEMA:
        raise RemoteProtocolError(f"a tape of schema {head.schema} is not known to this release")
    tails = [one for one in rest if isinstance(one, Tail)]
    if len(tails) > 1 or (tails and rest[-1] is not tails[0]):
        raise RemoteProtocolError("a tape has one end, and that is its last line")
    removed = tails[0].removed if tails else []
    return Tape(head, [one for one in rest if isinstance(one, Taped)], removed)


def _from_dump(recording: Recording) -> Tape:
    """Return what a dump holds as a tape with one origin."""
    at_s = 0.0
    exchanges: list[Taped] = []
    for document in recording.documents:
        channel: Channel = "other" if exchanges else "description"
        exchanges.append(
            Taped(
                at_s, 0.0, 0, channel, "GET", document.path, "", document.status, "OK",
                _kept(document.headers), _here(document.body),
            )
        )  # fmt: skip
    for one in recording.exchanges:
        call = {"method": one.method, "params": one.params, "id": 1, "version": one.version}
        at_s += one.seconds
        exchanges.append(
            Taped(
                at_s, one.seconds, 0, "rpc", "POST", f"/sony/{one.service}",
                msgspec.json.encode(call).decode(), one.status, "OK", _kept(one.headers), _here(one.body),
            )
        )  # fmt: skip
    description = next((one.target for one in exchanges if one.channel == "description"), "/")
    return Tape(Head(recording.made_by, recording.made_at, description), exchanges, recording.removed)


def _here(text: str) -> str:
    return _DUMPED_URL.sub(r"\g<1>origin-0.tape", text)


def _kept(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() != "transfer-encoding"]
