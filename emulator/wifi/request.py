"""One HTTP request out of the bytes of a connection: what a camera makes of whatever a client sends.

A plain request, as nearly all are, is taken apart here. Everything else (chunks, expectations, doubtful
lengths, upgrades) is framed by h11, behind a tolerant step that mends what the cameras are known to accept
and h11 would refuse: a missing Host, bare line feeds, blanks before a colon, folded or nonsensical header
lines.

Source: protocol/wifi.md 4.2 and protocol/clients.md rows 7, 38, 39 (refuse nothing for its headers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import h11

from remotelens.errors import RemoteProtocolError

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PLAIN_START = re.compile(rb"([A-Z]{3,7}) (/[!-~]*) HTTP/(1\.[01])")
_PLAIN_HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t -~\x80-\xff]*)")
_PLAIN_LENGTH = re.compile(r"[0-9]{1,9}")
_LENGTH = "content-length"
_HEADS_KNOWN = 64
_UNPLAIN = frozenset({"transfer-encoding", "expect", "upgrade"})
"""Headers that change the framing, or want an answer of their own."""

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class BadHttp(RemoteProtocolError):
    """Bytes that are no HTTP request, or too many of them; `code` is the status to answer with."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message, code=code)
        self.status = code


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, its header names and its target as they were sent."""

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query; an absolute target is cut down to its path."""
        path = self.target.partition("?")[0]
        if "://" in path:
            path = "/" + path.partition("://")[2].partition("/")[2]
        return path

    def header(self, name: str) -> str | None:
        """Return the first value under that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def wants_close(self) -> bool:
        """True when the client will not reuse the connection."""
        words = (self.header("Connection") or "").lower()
        return "close" in words if self.version != "1.0" else "keep-alive" not in words


class RequestParser:
    """Bytes in, requests out; what follows a request waits for its turn.

    Args:
        header_bytes: the longest head that is read.
        body_bytes: the longest body that is read.
    """

    def __init__(self, *, header_bytes: int, body_bytes: int) -> None:
        self._header_bytes = header_bytes
        self._body_bytes = body_bytes
        self._buffer = bytearray()
        self._reading: _Body | _PlainBody | None = None

    @property
    def begun(self) -> bool:
        """True when part of a request has been read."""
        return self._reading is not None or bool(self._buffer.strip())

    def feed(self, data: bytes) -> None:
        """Take bytes as they come from the connection."""
        self._buffer += data

    def next_request(self) -> HttpRequest | None:
        """Return the next complete request, or None when more bytes are needed.

        Raises:
            BadHttp: no HTTP, or over a limit; the connection is of no further use.
        """
        if self._reading is None:
            head = self._take_head()
            if head is None:
                return None
            self._reading = _plain(head, self._body_bytes) or _Body(head, self._body_bytes)
        return self._finish(self._reading)

    def _take_head(self) -> bytes | None:
        while self._buffer.startswith((b"\r", b"\n")):
            del self._buffer[:1]
        end = _END_OF_HEAD.search(self._buffer)
        if end is None or end.start() > self._header_bytes:
            if len(self._buffer) > self._header_bytes:
                raise BadHttp("the request's head is too long", code=400)
            return None
        head = bytes(self._buffer[: end.start()])
        del self._buffer[: end.end()]
        return head

    def _finish(self, reading: _Body | _PlainBody) -> HttpRequest | None:
        data = bytes(self._buffer)
        self._buffer.clear()
        request, rest = reading.feed(data)
        if request is not None:
            self._buffer += rest
            self._reading = None
        return request


class _PlainBody:
    """The rest of a plain request: as many bytes as its head says."""

    def __init__(
        self, method: str, target: str, version: str, headers: tuple[tuple[str, str], ...], size: int
    ) -> None:
        self._start = (method, target, version)
        self._headers = headers
        self._size = size
        self._data = b""

    def feed(self, data: bytes) -> tuple[HttpRequest | None, bytes]:
        """Return the request once it is whole, and the bytes that follow it."""
        self._data = data = self._data + data if self._data else data
        if len(data) < self._size:
            return None, b""
        return HttpRequest(*self._start, self._headers, data[: self._size]), data[self._size :]


def _plain(head: bytes, limit: int) -> _PlainBody | None:
    """Take a head apart that leaves no doubt; None for any other.

    Raises:
        BadHttp: its body is over the limit.
    """
    known = _taken_apart(head)
    if known is None:
        return None
    if known[-1] > limit:
        raise BadHttp("the request's body is too long", code=413)
    return _PlainBody(*known)


@lru_cache(_HEADS_KNOWN)
def _taken_apart(head: bytes) -> tuple[str, str, str, tuple[tuple[str, str], ...], int] | None:
    """Return method, target, version, headers and the size of the body; clients send the same many times."""
    first, *rest = head.split(b"\r\n")
    start = _PLAIN_START.fullmatch(first)
    if start is None:
        return None
    headers: list[tuple[str, str]] = []
    length: str | None = None
    for line in rest:
        match = _PLAIN_HEADER.fullmatch(line)
        if match is None:
            return None
        name, value = match[1].decode("ascii"), match[2].decode("latin-1").rstrip(" \t")
        lower = name.lower()
        if lower in _UNPLAIN or (lower == _LENGTH and length is not None):
            return None
        if lower == _LENGTH:
            length = value
        headers.append((name, value))
    if length is not None and not _PLAIN_LENGTH.fullmatch(length):
        return None
    method, target, version = (part.decode("ascii") for part in start.groups())
    return method, target, version, tuple(headers), int(length or 0)


class _Body:
    """The rest of one request, whose head has been read."""

    def __init__(self, head: bytes, limit: int) -> None:
        self._limit = limit
        self._start, headers = _mend(head)
        self._headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=len(head) + 1024)
        self._parts: list[bytes] = []
        self._size = 0
        lines = [self._start, *(name + b": " + value for name, value in headers)]
        if b"host" not in {name.lower() for name, _ in headers}:
            lines.append(b"Host: camera")
        self._receive(b"\r\n".join(lines) + b"\r\n\r\n")
        request = self._event()
        if not isinstance(request, h11.Request):
            raise BadHttp("no HTTP request", code=400)
        framing = dict(request.headers)
        if b"transfer-encoding" not in framing and int(framing.get(b"content-length", b"0")) > limit:
            raise BadHttp("the request's body is too long", code=413)

    def feed(self, data: bytes) -> tuple[HttpRequest | None, bytes]:
        """Return the request once it is whole, and the bytes that follow it."""
        if data:
            self._receive(data)
        while True:
            event = self._event()
            if isinstance(event, h11.Data):
                self._parts.append(bytes(event.data))
                self._size += len(event.data)
                if self._size > self._limit:
                    raise BadHttp("the request's body is too long", code=413)
            elif isinstance(event, h11.EndOfMessage):
                return self._request(), self._h11.trailing_data[0]
            else:
                return None, b""

    def _receive(self, data: bytes) -> None:
        self._h11.receive_data(data)

    def _event(self) -> object:
        try:
            return self._h11.next_event()
        except h11.RemoteProtocolError as error:
            raise BadHttp(f"no HTTP request: {error}", code=400) from error

    def _request(self) -> HttpRequest:
        method, target, version = (part.decode("latin-1") for part in self._start.split(b" "))
        return HttpRequest(
            method, target, version.removeprefix("HTTP/"), self._headers, b"".join(self._parts)
        )


def _mend(head: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return a start line and header lines that say the same and offend nobody."""
    first, *rest = (line.rstrip(b"\r") for line in head.split(b"\n"))
    words = first.split()
    if len(words) == 2:
        words.append(b"HTTP/1.0")
    if len(words) != 3:
        raise BadHttp("no HTTP request line", code=400)
    headers: list[tuple[bytes, bytes]] = []
    for line in rest:
        if line[:1] in (b" ", b"\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + _clean(line))
            continue
        name, colon, value = line.partition(b":")
        name, value = name.strip(), _clean(value)
        if colon and _TOKEN.fullmatch(name) and not _repeats(headers, name.lower(), value):
            headers.append((name, value))
    return b" ".join((words[0].upper(), words[1], words[2].upper())), headers


def _repeats(headers: list[tuple[bytes, bytes]], name: bytes, value: bytes) -> bool:
    """True for a second Host, and for a second Content-Length that says the same as the first."""
    earlier = [seen for key, seen in headers if key.lower() == name]
    return bool(earlier) and (name == b"host" or (name == b"content-length" and value in earlier))


def _clean(value: bytes) -> bytes:
    return _CONTROL.sub(b"", value).strip()
