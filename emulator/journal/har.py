"""The journal's HTTP exchanges as an HTTP archive, which browsers and proxies read.

Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from emulator.journal.entry import JournalEntry
from emulator.journal.exchange import Exchange

UNKNOWN = -1


def archive(exchanges: Iterable[tuple[JournalEntry, Exchange]], *, version: str) -> dict[str, Any]:
    """Return an archive of exchanges; its times are the cameras'.

    Args:
        exchanges: entries with their exchanges, oldest first.
        version: of the program that makes it.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "remotelens-emulator", "version": version},
            "entries": [_entry(entry, exchange) for entry, exchange in exchanges],
        }
    }


def _entry(entry: JournalEntry, exchange: Exchange) -> dict[str, Any]:
    took_ms = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": _moment(entry.at - timedelta(seconds=exchange.seconds)),
        "time": took_ms,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        "connection": str(exchange.connection),
        "comment": ", ".join([entry.camera, *exchange.faults]),
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    posted: dict[str, Any] = {}
    if exchange.body:
        kind = next((value for name, value in exchange.headers if name.lower() == "content-type"), "")
        posted = {"postData": {"mimeType": kind, "text": exchange.body.decode("utf-8", "replace")}}
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    return {
        "method": exchange.verb,
        "url": exchange.url,
        "httpVersion": f"HTTP/{exchange.version}",
        "cookies": [],
        "headers": _pairs(exchange.headers),
        "queryString": _pairs(query),
        "headersSize": UNKNOWN,
        "bodySize": len(exchange.body),
        **posted,
    }


def _response(exchange: Exchange) -> dict[str, Any]:
    headers = exchange.answer_headers
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return {
        "status": exchange.status or 0,
        "statusText": exchange.reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "content": {"size": exchange.answer_bytes, "mimeType": kind, **_text(exchange.content)},
        "redirectURL": "",
        "headersSize": len(exchange.head) or UNKNOWN,
        "bodySize": exchange.answer_bytes,
    }


def _text(content: bytes | None) -> dict[str, str]:
    if content is None:
        return {"comment": "the content was too large to be kept, or has made room for newer"}
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(content).decode(), "encoding": "base64"}


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
