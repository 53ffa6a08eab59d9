"""A client that knows nothing of ours, and a recording of what it does with an emulated camera."""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from typing import Any
from urllib.parse import urlsplit


def use_camera(description_url: str) -> dict[str, Any]:
    """Do what a program does with a camera, with the standard library alone; return what it saw."""
    with urllib.request.urlopen(description_url, timeout=20) as answer:
        description = answer.read().decode()
    seen: dict[str, Any] = {"udn": re.findall(r"uuid:[-0-9A-Fa-f]+", description)}
    base = re.findall(r"<av:X_ScalarWebAPI_ActionList_URL>([^<]+)<", description)[0]

    def call(method: str, *params: Any, version: str = "1.0") -> Any:
        body = {"method": method, "params": params, "id": len(seen) + 100, "version": version}
        request = urllib.request.Request(f"{base}/camera", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            told = json.loads(answer.read())
        assert told["id"] == body["id"]
        return told.get("result", told.get("error"))

    seen["application"] = call("getApplicationInfo")
    seen["before"] = call("getEvent", False)
    seen["set"] = call("setSelfTimer", 2)
    seen["polled"] = call("getEvent", True)
    seen["reset"] = call("setSelfTimer", 0)
    taken = call("actTakePicture")
    seen["names"] = [urlsplit(url).path for url in taken[0]]
    with urllib.request.urlopen(taken[0][0], timeout=20) as answer:
        seen["picture"] = answer.read()
    seen["nonsense"] = call("getNonsense")
    live = urlsplit(call("startLiveview")[0])
    connection = http.client.HTTPConnection(live.netloc, timeout=20)
    connection.request("GET", f"{live.path}?{live.query}")
    stream = connection.getresponse()
    header = stream.read(136)
    seen["live"] = (header[0], header[8:12], stream.getheader("Content-Type"))
    connection.close()
    seen["stopped"] = call("stopLiveview")
    return seen
