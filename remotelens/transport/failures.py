"""What goes wrong below: aiohttp's and the system's exceptions in our own words.

Every message says which host and port, and what to look at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from yarl import URL

from remotelens.errors import ConnectFailed, LinkLost, LinkTimeout, RemoteLensError, RemoteProtocolError

LOOK_AT_THE_NETWORK = "see that the camera is on and that this computer is on its network (DIRECT-…)"
LOOK_AT_THE_ADDRESS = "what answers there is perhaps no camera: check the address"
_URL = re.compile(r"http://(?P<place>[A-Za-z0-9._:\[\]-]+)(?![^/?])[!-~]*")
_SHOWN = 200


def checked_url(url: str, camera: str | None = None) -> URL:
    """Return a URL that will go out exactly as it is written.

    Raises:
        RemoteProtocolError: it is none that a camera can mean.
    """
    try:
        if not _URL.fullmatch(url):
            raise ValueError("it is no http address in plain characters")
        parsed = URL(url, encoded=True)
        if not parsed.host or not parsed.port:
            raise ValueError("it names no host and port")
    except ValueError as error:
        raise RemoteProtocolError(
            f"{url[:_SHOWN]!r} is not a camera's URL: {error}", camera=camera, remedy=LOOK_AT_THE_ADDRESS
        ) from error
    return parsed


def place_of(url: str) -> str:
    """Return the host and port of a URL, for a message."""
    match = _URL.match(url)
    return match["place"] if match else url[:_SHOWN]


def path_of(url: str) -> str:
    """Return what follows the host and port of a URL, for a message."""
    match = _URL.match(url)
    return (url[match.end("place") :] if match else url)[:_SHOWN] or "/"


@contextmanager
def translated(camera: str | None, url: str, timeout_s: float | None = None) -> Iterator[None]:
    """Turn foreign exceptions into ours.

    Args:
        camera: how the camera is called.
        url: what is being asked for.
        timeout_s: the limit that a `TimeoutError` means; None when it means a pause within a body.

    Raises:
        ConnectFailed, LinkLost, LinkTimeout, RemoteProtocolError: instead of what came.
    """
    place = place_of(url)
    try:
        yield
    except RemoteLensError:
        raise
    except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
        raise ConnectFailed(
            f"no connection to {place}: {_reason(error)}", camera=camera, remedy=LOOK_AT_THE_NETWORK
        ) from error
    except TimeoutError as error:
        what = f"no whole answer from {place} within {timeout_s:g} s" if timeout_s else f"{place} fell silent"
        raise LinkTimeout(what, camera=camera, remedy=LOOK_AT_THE_NETWORK) from error
    except aiohttp.ClientPayloadError as error:
        raise LinkLost(
            f"the connection to {place} ended in the middle of an answer",
            camera=camera,
            remedy=LOOK_AT_THE_NETWORK,
        ) from error
    except aiohttp.ClientResponseError as error:
        raise RemoteProtocolError(
            f"{place} does not answer as HTTP: {' '.join(error.message.split())[:_SHOWN]}",
            camera=camera,
            remedy=LOOK_AT_THE_ADDRESS,
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise LinkLost(
            f"the connection to {place} broke: {_reason(error)}", camera=camera, remedy=LOOK_AT_THE_NETWORK
        ) from error


def _reason(error: BaseException) -> str:
    """Say in a few small words why a connection failed."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "no host of that name is known"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it was closed without an answer"
    cause = getattr(error, "os_error", error)
    if isinstance(cause, TimeoutError):
        return "nothing answers"
    number = getattr(cause, "errno", None)
    words = os.strerror(number) if number else str(cause) or type(cause).__name__
    return words[:1].lower() + words[1:_SHOWN]
