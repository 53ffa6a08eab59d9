"""A URL from a camera stays on that camera.

Source: protocol/wifi.md 9.2 and quirk 11 (URLs with host 0.0.0.0), 2.2 (answers with a useless LOCATION).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from remotelens.errors import RemoteProtocolError

DESCRIPTION_PORT = 64321
DESCRIPTION_PATHS = ("/DmsRmtDesc.xml", "/dd.xml", "/scalarwebapi_dd.xml")
_URL = re.compile(r"http://(?P<host>[^/?#@:\s\[\]]*|\[[0-9A-Fa-f:.]*\])(?P<rest>(?::\d*)?(?:[/?][!-~]*)?)")


def at_host(url: str, host: str, *, camera: str | None = None) -> str:
    """Return a camera's URL with the host that the camera is reached by; the rest stays byte for byte.

    Args:
        url: as the camera gave it.
        host: name or address that was seen to lead to the camera.
        camera: how the camera is called.

    Raises:
        RemoteProtocolError: it is no http URL.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise RemoteProtocolError(
            f"{url[:200]!r} is not a camera's URL", camera=camera, remedy="ask the camera for it again"
        )
    return f"http://{bracketed(host)}{match['rest']}"


def host_of(url: str) -> str:
    """Return the host of a URL, without brackets; empty when it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def description_urls(host: str, port: int | None = None) -> tuple[str, ...]:
    """Return where a camera's description may stand on a host, the likeliest first."""
    place = f"{bracketed(host)}:{port or DESCRIPTION_PORT}"
    return tuple(f"http://{place}{path}" for path in DESCRIPTION_PATHS)


def bracketed(host: str) -> str:
    """Return a host as it stands in a URL."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
