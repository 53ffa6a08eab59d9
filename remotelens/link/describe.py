"""Reading a device description from where it is said to stand.

Source: protocol/wifi.md 3.
"""

from __future__ import annotations

from remotelens.errors import CameraNotFound, ConnectFailed, LinkTimeout, RemoteProtocolError
from remotelens.link.addresses import description_urls
from remotelens.protocol.wifi.description import MAX_DESCRIPTION_BYTES, Description, parse_description
from remotelens.transport.failures import path_of, place_of
from remotelens.transport.http import HttpClient

DESCRIBE_TIMEOUT_S = 5.0
_LOOK = (
    "see that it is on and that this computer is on its network (DIRECT-…); `remotelens discover` searches"
)


async def describe(http: HttpClient, url: str, *, timeout_s: float = DESCRIBE_TIMEOUT_S) -> Description:
    """Read the description at a URL; it must be a camera's that can be controlled.

    Raises:
        CameraNotFound: nothing is there, or a device without the `camera` service.
        RemoteProtocolError: what is there is no description.
        LinkLost: it broke off.
    """
    place = place_of(url)
    try:
        answer = await http.get(url, limit_bytes=MAX_DESCRIPTION_BYTES, timeout_s=timeout_s)
    except (ConnectFailed, LinkTimeout) as error:
        reason = error.message.removeprefix(f"no connection to {place}: ")
        raise CameraNotFound(f"no camera at {place}: {reason}", remedy=_LOOK) from error
    if answer.status != 200:
        raise CameraNotFound(
            f"{place} has no device description at {path_of(url)} (HTTP {answer.status})",
            remedy="check the address; `remotelens discover` shows it",
            code=answer.status,
        )
    try:
        description = parse_description(answer.body)
    except RemoteProtocolError as error:
        raise RemoteProtocolError(
            f"{place}{path_of(url)}: {error.message}", remedy="what answers there is perhaps no camera"
        ) from error
    if not any(service.name == "camera" for service in description.services):
        raise CameraNotFound(
            f"{description.friendly_name} at {place} offers no remote control now",
            camera=description.friendly_name,
            remedy="leave its playback or Send to Smartphone mode, then search again",
        )
    return description


async def probe(
    http: HttpClient, host: str, port: int | None = None, *, timeout_s: float = DESCRIBE_TIMEOUT_S
) -> tuple[str, Description]:
    """Look for a description in the usual places of a host; return its URL and what it says.

    Raises:
        CameraNotFound: nothing is there.
        RemoteProtocolError: what is there is no description.
        LinkLost: it broke off.
    """
    missing: CameraNotFound | None = None
    for url in description_urls(host, port):
        try:
            return url, await describe(http, url, timeout_s=timeout_s)
        except CameraNotFound as error:
            if error.code is None:
                raise
            missing = missing or error
    assert missing is not None
    raise missing
