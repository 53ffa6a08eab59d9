"""What the text CAMERA means.

A configured name, a URL, ``HOST:PORT``, a bare host, or ``ble:ADDRESS``; nothing when exactly one is known.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from remotelens.config.cameras import KnownCamera
from remotelens.errors import InvalidValue, RemoteProtocolError
from remotelens.transport.failures import checked_url

_BLE_ADDRESS = re.compile(
    r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
_PLACE = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
)
_FORMS = "write a configured name, a URL, HOST:PORT, a host or ble:ADDRESS"


@dataclass(frozen=True, slots=True)
class KnownTarget:
    """A camera that was set up."""

    camera: KnownCamera


@dataclass(frozen=True, slots=True)
class UrlTarget:
    """The camera whose device description stands at a URL."""

    url: str


@dataclass(frozen=True, slots=True)
class HostTarget:
    """The camera at a host; on the usual port when none is given.

    `near` is the configured name that was perhaps meant.
    """

    host: str
    port: int | None = None
    near: str | None = None


@dataclass(frozen=True, slots=True)
class BleTarget:
    """The camera with a Bluetooth LE address."""

    address: str


@dataclass(frozen=True, slots=True)
class AnyTarget:
    """Whichever one camera is found."""


Target = KnownTarget | UrlTarget | HostTarget | BleTarget | AnyTarget


def parse_target(text: str | None, known: Mapping[str, KnownCamera]) -> Target:
    """Return what is meant.

    Args:
        text: as the person wrote it; None or empty when nothing was written.
        known: the configured cameras.

    Raises:
        InvalidValue: it can mean nothing, or more than one.
    """
    if not text:
        return _only(known)
    if text in known:
        return KnownTarget(known[text])
    if text.lower().startswith("ble:"):
        return _ble(text)
    if "://" in text:
        return _url(text)
    return _place(text, known)


def _only(known: Mapping[str, KnownCamera]) -> Target:
    if not known:
        return AnyTarget()
    if len(known) > 1:
        raise InvalidValue(f"which camera is meant: {', '.join(known)}?", remedy="name one with --camera")
    return KnownTarget(next(iter(known.values())))


def _url(text: str) -> Target:
    try:
        checked_url(text)
    except RemoteProtocolError as error:
        raise InvalidValue(error.message, remedy="write http://HOST:PORT/PATH") from error
    return UrlTarget(text)


def _ble(text: str) -> Target:
    address = text.partition(":")[2]
    if not _BLE_ADDRESS.fullmatch(address):
        raise InvalidValue(
            f"{address!r} is no Bluetooth LE address",
            remedy="write ble:AA:BB:CC:DD:EE:FF; `discover` shows it",
        )
    return BleTarget(address.upper())


def _place(text: str, known: Mapping[str, KnownCamera]) -> Target:
    match = _PLACE.fullmatch(text)
    if match is None:
        raise InvalidValue(f"{text!r} names no camera", remedy=_FORMS)
    port = match["port"]
    if port is not None and not 0 < int(port) < 65536:
        raise InvalidValue(f"{port} is no port", remedy="write HOST:PORT with a port of 1 to 65535")
    near = difflib.get_close_matches(text, known, n=1)
    return HostTarget(match["host"].strip("[]"), int(port) if port else None, near[0] if near else None)
