"""The archive against the rules of HAR 1.2, written from its specification, and a real recording."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from emulator.journal.har import archive
from emulator.rack import Emulator
from tests.emulator.wire import ask, call

REQUEST = {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"}
RESPONSE = {
    "status",
    "statusText",
    "httpVersion",
    "cookies",
    "headers",
    "content",
    "redirectURL",
    "headersSize",
    "bodySize",
}
TIMED_MS = {"send", "wait", "receive"}


def check(har: dict[str, Any]) -> list[dict[str, Any]]:
    """See that it is what HAR 1.2 demands; returns its entries."""
    log = har["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) >= {"name", "version"}
    moments = []
    for entry in log["entries"]:
        assert set(entry) >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        moments.append(datetime.fromisoformat(entry["startedDateTime"]))
        assert moments[-1].tzinfo is not None
        assert entry["time"] == sum(entry["timings"][part] for part in TIMED_MS) >= 0
        request, response = entry["request"], entry["response"]
        assert set(request) >= REQUEST
        assert set(response) >= RESPONSE
        assert urlsplit(request["url"]).netloc
        for pair in [*request["headers"], *response["headers"], *request["queryString"]]:
            assert isinstance(pair["name"], str)
            assert isinstance(pair["value"], str)
        if "postData" in request:
            assert set(request["postData"]) >= {"mimeType", "text"}
        content = response["content"]
        assert set(content) >= {"size", "mimeType"}
        if "text" in content:
            data = content["text"].encode()
            data = base64.b64decode(data) if content.get("encoding") == "base64" else data
            assert len(data) == content["size"]
    return list(log["entries"])


async def test_what_went_over_the_connections_is_archived() -> None:
    async with Emulator(
        clock="virtual",
        still_scale=16,
        scene="chart",
        control=False,
        faults=["rpc:error=1,match=getBeepMode"],
    ) as emulator:
        port = emulator.cameras[0].port
        await ask(port, "GET", "/DmsRmtDesc.xml")
        await call(port, "getSelfTimer")
        await call(port, "getBeepMode")
        await ask(port, "GET", "/nothing?a=1&b=")
        entries = check(archive(emulator.journal.exchanges(), version="0"))
    description, timer, beep, missing = entries
    assert description["response"]["content"]["mimeType"].startswith("text/xml")
    assert '"getSelfTimer"' in timer["request"]["postData"]["text"]
    assert timer["response"]["status"] == 200
    assert beep["comment"] == "qx10-1, rpc:error"
    assert missing["response"]["status"] == 404
    assert missing["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
