"""SSDP datagrams: the search, its answer and the announcement.

Read tolerantly, as real programs send them: LF or CR LF line ends, any case of header names, any blanks
around the colon and before the line end, `MAN` with or without quotes, missing headers, any header order, a
last line without its end. The first of doubled headers counts. Written as the cameras write: `NAME: value`
and CR LF.

Source: protocol/wifi.md 2, protocol/clients.md rows 1-9.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from remotelens.errors import LocalProtocolError, RemoteProtocolError

SCALAR_WEB_API = "urn:schemas-sony-com:service:ScalarWebAPI:1"
MULTICAST_HOST = "239.255.255.250"
MULTICAST_PORT = 1900

MAX_DATAGRAM_BYTES = 8192
MAX_HEADERS = 64
MAX_MX_S = 120

_Headers = tuple[tuple[str, str], ...]
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search: who is there and offers `st`, answering within `mx` seconds (0: at once)."""

    st: str
    mx: int
    man: str
    host: str
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class SearchReply:
    """A device's answer to a search; `headers` holds all lines, as they came and in their order."""

    location: str
    server: str
    st: str
    usn: str
    headers: _Headers = ()

    @property
    def uuid(self) -> str:
        """The device's own id, without `uuid:`; not checked, since some cameras' are malformed."""
        return _uuid_of(self.usn)


@dataclass(frozen=True, slots=True)
class Notify:
    """An announcement; `nts` is `ssdp:alive` or `ssdp:byebye`, and a byebye has no location."""

    nt: str
    nts: str
    usn: str
    location: str | None = None
    server: str | None = None
    headers: _Headers = ()

    @property
    def uuid(self) -> str:
        """The device's own id, without `uuid:`."""
        return _uuid_of(self.usn)


def parse(datagram: bytes) -> SearchRequest | SearchReply | Notify:
    """Read one datagram.

    Raises:
        RemoteProtocolError: it is no SSDP, is too large, or lacks what makes it of use.
    """
    if len(datagram) > MAX_DATAGRAM_BYTES:
        raise RemoteProtocolError(f"an SSDP message of {len(datagram)} bytes is larger than any camera sends")
    start, headers = _split(datagram.decode("utf-8", "replace"))
    fields: dict[str, str] = {}
    for name, value in headers:
        fields.setdefault(name.upper(), value)
    words = start.upper().split()
    if words[:1] == ["M-SEARCH"]:
        return _search(fields)
    if words[:1] == ["NOTIFY"]:
        return _notify(fields, headers)
    if len(words) >= 2 and words[0].startswith("HTTP/"):
        return _reply(words[1], fields, headers)
    raise RemoteProtocolError(f"no SSDP message starts with {start[:40]!r}")


def encode_search(st: str = SCALAR_WEB_API, mx: int = 1, host: str = "239.255.255.250:1900") -> bytes:
    """Write a search as the development guide prints it.

    Source: protocol/wifi.md 2.1.
    """
    headers = [("HOST", host), ("MAN", '"ssdp:discover"'), ("MX", str(mx)), ("ST", st)]
    return encode_message("M-SEARCH * HTTP/1.1", headers)


def encode_message(start_line: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """Write a message of that start line and those headers, in their order and case.

    An empty value leaves the blank after the colon (`EXT: `): one client ends its search without it
    (protocol/clients.md row 4).

    Raises:
        LocalProtocolError: a line end in a header, or a name that is none.
    """
    lines = [start_line]
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name):
            raise LocalProtocolError(f"{name!r} is no SSDP header name")
        lines.append(f"{name}: {value}")
    if any("\r" in line or "\n" in line for line in lines):
        raise LocalProtocolError("an SSDP header must not hold a line end")
    try:
        return "\r\n".join([*lines, "", ""]).encode()
    except UnicodeEncodeError as error:
        raise LocalProtocolError("an SSDP header holds half a surrogate pair") from error


def _split(text: str) -> tuple[str, _Headers]:
    """Return the start line and the headers above the first empty line; lines without a colon are ignored."""
    lines = text.replace("\r\n", "\n").split("\n")
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        if not line.strip():
            break
        name, colon, value = line.partition(":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip()))
        if len(headers) > MAX_HEADERS:
            raise RemoteProtocolError(f"an SSDP message of more than {MAX_HEADERS} headers")
    return lines[0].strip(), tuple(headers)


def _search(fields: dict[str, str]) -> SearchRequest:
    if not fields.get("ST"):
        raise RemoteProtocolError("an SSDP search without ST asks for nothing")
    man = fields.get("MAN", "").strip('"').strip()
    if man and man.lower() != "ssdp:discover":
        raise RemoteProtocolError(f"an SSDP search with MAN {man[:40]!r} is no discovery")
    digits = re.match(r"[0-9]{1,9}", fields.get("MX", ""))
    return SearchRequest(
        st=fields["ST"],
        mx=min(int(digits.group()), MAX_MX_S) if digits else 0,
        man=man,
        host=fields.get("HOST", ""),
        user_agent=fields.get("USER-AGENT"),
    )


def _reply(status: str, fields: dict[str, str], headers: _Headers) -> SearchReply:
    if status != "200":
        raise RemoteProtocolError(f"an SSDP answer of status {status[:40]} says nothing")
    if not fields.get("LOCATION"):
        raise RemoteProtocolError("an SSDP answer without LOCATION leads nowhere")
    return SearchReply(
        location=fields["LOCATION"],
        server=fields.get("SERVER", ""),
        st=fields.get("ST", ""),
        usn=fields.get("USN", ""),
        headers=headers,
    )


def _notify(fields: dict[str, str], headers: _Headers) -> Notify:
    nts = fields.get("NTS", "")
    if not nts or not fields.get("USN"):
        raise RemoteProtocolError("an SSDP announcement without NTS or USN announces nothing")
    return Notify(
        nt=fields.get("NT", ""),
        nts=nts,
        usn=fields["USN"],
        location=fields.get("LOCATION") or None,
        server=fields.get("SERVER"),
        headers=headers,
    )


def _uuid_of(usn: str) -> str:
    return usn.partition("::")[0].removeprefix("uuid:")
