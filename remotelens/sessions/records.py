"""What a session's journal says, one frozen value a kind of record, and its form as a line of text.

A line is a JSON object that ends with a checksum over everything before it. The form carries a version; a
record of an unknown kind or version is an error, never skipped.
"""

from __future__ import annotations

import zlib
from typing import Any, TypeAlias

import msgspec

from remotelens.errors import RemoteLensError

VERSION = 1
CHECKSUM_MARK = b',"crc":"'  # cannot stand inside a record: JSON escapes the quotes of its strings


class JournalError(RemoteLensError):
    """A journal that does not say what was written into it."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """One thing that happened; `at` is UTC in ISO 8601 with milliseconds."""

    at: str


class Opened(_Record, frozen=True, tag="opened"):
    """The session was made; `plan` is the plan's whole text."""

    session: str
    plan: str
    plan_file: str
    planned: int
    camera: str | None = None
    writer: str = ""


class Began(_Record, frozen=True, tag="began"):
    """A process began to work on the session: the first one, or one that resumes it.

    `known_urls` are the pictures that the camera listed before anything was taken; `remaining` is how many
    more it said that its card holds, null where it does not say. `uuid` is the camera's own id; journals of
    earlier releases do not have it.
    """

    run: int
    model: str | None = None
    family: str | None = None
    clock_trusted: bool = False
    known_urls: list[str] = msgspec.field(default_factory=list)
    remaining: int | None = None
    uuid: str | None = None


class Grid(_Record, frozen=True, tag="grid"):
    """An interval began; tick k is due at `start` plus k times its span."""

    interval: int
    start: str
    first_tick: int = 0


class Applied(_Record, frozen=True, tag="applied"):
    """Settings were changed and seen at the camera."""

    values: dict[str, Any]


class Intent(_Record, frozen=True, tag="intent"):
    """Frame `n` is about to be taken; written and kept before anything is sent.

    `known_urls` and `remaining` say what the camera listed just before.
    """

    n: int
    due: str | None = None
    known_urls: list[str] = msgspec.field(default_factory=list)
    remaining: int | None = None
    requested: dict[str, Any] = msgspec.field(default_factory=dict)


class Taken(_Record, frozen=True, tag="taken"):
    """The camera says that frame `n` was taken; it may not be on this host yet.

    `raw` is whether there is a raw file of each picture on its card.
    """

    n: int
    urls: list[str]
    late_s: float | None = None
    evidence: str = "the camera's answer"
    on_card: bool | None = None
    raw: bool = False


class Kept(_Record, frozen=True, tag="kept"):
    """A file of frame `n` is whole on this host."""

    n: int
    path: str
    sha256: str
    size_bytes: int
    url: str | None = None
    file_kind: str = "original"


class Done(_Record, frozen=True, tag="done"):
    """Frame `n` is settled: taken, missing or unknown, and by what evidence."""

    n: int
    outcome: str
    evidence: str
    due: str | None = None
    late_s: float | None = None


class Void(_Record, frozen=True, tag="void"):
    """Frame `n` was begun and provably not taken; it is still to be taken."""

    n: int
    evidence: str


class Noted(_Record, frozen=True, tag="noted"):
    """Something worth knowing afterwards: the link was lost, a setting drifted."""

    text: str


class Ended(_Record, frozen=True, tag="ended"):
    """The process stopped working on the session, in order; `finish` says why."""

    finish: str


Record: TypeAlias = Opened | Began | Grid | Applied | Intent | Taken | Kept | Done | Void | Noted | Ended

_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(
    Opened | Began | Grid | Applied | Intent | Taken | Kept | Done | Void | Noted | Ended
)
_encoder = msgspec.json.Encoder()


class _Frame(msgspec.Struct, frozen=True):
    v: int
    seq: int
    record: msgspec.Raw


_frame_decoder = msgspec.json.Decoder(_Frame)


def encode_line(sequence: int, record: Record) -> bytes:
    """Return a record as one line, checksum and line end included."""
    body = b'{"v":%d,"seq":%d,"record":%s' % (VERSION, sequence, _encoder.encode(record))
    return body + CHECKSUM_MARK + b'%08x"}\n' % zlib.crc32(body)


def decode_line(line: bytes) -> tuple[int, Record]:
    """Read one line without its line end; return its sequence number and the record.

    Raises:
        JournalError: the checksum does not fit, or the text is no record of this version.
    """
    body, mark, tail = line.rpartition(CHECKSUM_MARK)
    if not mark or tail != b'%08x"}' % zlib.crc32(body):
        raise JournalError("a line of the journal does not fit its checksum")
    try:
        frame = _frame_decoder.decode(line)
        if frame.v != VERSION:
            raise JournalError(f"a journal of version {frame.v} is not read by this release")
        return frame.seq, _decoder.decode(frame.record)
    except (msgspec.DecodeError, RecursionError) as error:
        raise JournalError(f"a line of the journal is no record: {error}") from error
