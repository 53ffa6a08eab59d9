"""The NFC tag of a camera: the record that names its network and key.

An NDEF message with a MIME record `application/x-sony-pmm`, whose payload is a list of entries: tag, length,
value. Read tolerantly: other records beside it, unknown entries kept, NUL padding inside values, a zero tag
as the end, a last entry that is cut short. Written so that programs with fixed offsets find the SSID: the
version first, in one byte.

Source: protocol/wifi.md 1.2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from remotelens.errors import LocalProtocolError, RemoteProtocolError

MIME_TYPE = b"application/x-sony-pmm"

VERSION_TAG = 0x0001
SSID_TAG = 0x1000
KEY_TAG = 0x1001
ADDRESS_TAG = 0x1002
DESCRIPTION_TAG = 0x1003

MAX_MESSAGE_BYTES = 64 * 1024

_TNF_MIME = 0x02
_MESSAGE_BEGIN, _MESSAGE_END, _CHUNKED, _SHORT, _HAS_ID = 0x80, 0x40, 0x20, 0x10, 0x08
_entry = struct.Struct(">HH")


@dataclass(frozen=True, slots=True)
class NfcTag:
    """What a camera's tag tells; `entries` are all of them as they came. Its text form hides the key."""

    ssid: str
    key: str = field(repr=False)
    version: int | None = None
    entries: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)


def parse_ndef(message: bytes) -> NfcTag:
    """Read a whole NDEF message.

    Raises:
        RemoteProtocolError: no NDEF message, or none of a Sony camera.
    """
    if len(message) > MAX_MESSAGE_BYTES:
        raise RemoteProtocolError(f"an NFC message of {len(message)} bytes is larger than any tag")
    rest = message
    while rest:
        name_format, mime, payload, rest = _record(rest)
        if name_format == _TNF_MIME and mime.lower() == MIME_TYPE:
            return parse_payload(payload)
    raise RemoteProtocolError("the NFC tag holds no record of a Sony camera")


def parse_payload(payload: bytes) -> NfcTag:
    """Read the payload of the camera's record.

    Raises:
        RemoteProtocolError: no SSID in it.
    """
    entries = tuple(_entries(payload))
    values = dict(reversed(entries))
    ssid = _text(values.get(SSID_TAG, b""))
    if not ssid:
        raise RemoteProtocolError("the NFC tag names no network")
    version = values.get(VERSION_TAG)
    return NfcTag(
        ssid=ssid,
        key=_text(values.get(KEY_TAG, b"")),
        version=version[0] if version else None,
        entries=entries,
    )


def encode_payload(
    ssid: str, key: str, *, version: int = 1, others: Sequence[tuple[int, bytes]] = ()
) -> bytes:
    """Write the payload of a camera's record; `others` are further entries, in their order.

    Raises:
        LocalProtocolError: a value that does not fit.
    """
    try:
        entries = [
            (VERSION_TAG, bytes([version])),
            (SSID_TAG, ssid.encode()),
            (KEY_TAG, key.encode("ascii")),
            *others,
        ]
        return b"".join(_entry.pack(tag, len(value)) + value for tag, value in entries)
    except (ValueError, struct.error) as error:
        raise LocalProtocolError(f"an NFC entry does not fit: {error}") from error


def encode_ndef(payload: bytes) -> bytes:
    """Write an NDEF message of the one record that a camera's tag holds."""
    short = len(payload) <= 0xFF
    flags = _MESSAGE_BEGIN | _MESSAGE_END | (_SHORT if short else 0) | _TNF_MIME
    length = len(payload).to_bytes(1 if short else 4, "big")
    return bytes([flags, len(MIME_TYPE)]) + length + MIME_TYPE + payload


def _record(message: bytes) -> tuple[int, bytes, bytes, bytes]:
    """Return the type name format, type and payload of the first record, and what follows it."""
    flags = message[0]
    if flags & _CHUNKED:
        raise RemoteProtocolError("the NFC tag has a chunked record, which no camera writes")
    length_bytes = 1 if flags & _SHORT else 4
    id_bytes = 1 if flags & _HAS_ID else 0
    fixed = 2 + length_bytes + id_bytes
    if len(message) < fixed:
        raise RemoteProtocolError("the NFC message is cut short")
    payload_bytes = int.from_bytes(message[2 : 2 + length_bytes], "big")
    type_end = fixed + message[1]
    start = type_end + (message[fixed - 1] if id_bytes else 0)
    end = start + payload_bytes
    if end > len(message):
        raise RemoteProtocolError("the NFC message is cut short")
    return flags & 0x07, message[fixed:type_end], message[start:end], message[end:]


def _entries(payload: bytes) -> list[tuple[int, bytes]]:
    entries: list[tuple[int, bytes]] = []
    at = 0
    while at + _entry.size <= len(payload):
        tag, length = _entry.unpack_from(payload, at)
        if tag == 0:
            break
        at += _entry.size
        entries.append((tag, payload[at : at + length]))
        at += length
    return entries


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "replace")
