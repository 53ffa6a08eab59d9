"""Which broker is meant, and how to prove to it who we are.

A password comes from a file or from the environment, never from an argument: every user of the host can read
those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from remotelens.errors import ConfigError, InvalidValue

PASSWORD_VARIABLE = "REMOTELENS_MQTT_PASSWORD"  # noqa: S105 - the name of a variable, not a password
DEFAULT_PORT = 1883
_MOST_PASSWORD = 1024
_FORM = "write mqtt://HOST, mqtt://HOST:PORT or mqtt://USER@HOST:PORT"


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker.

    Args:
        host: its name or address.
        port: where it listens.
        user: who we are to it; None where it does not ask.
        password: what proves that.
    """

    host: str
    port: int = DEFAULT_PORT
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Its address in words."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_broker(url: str, *, password: str | None = None) -> Broker:
    """Return the broker that a URL names.

    Args:
        url: ``mqtt://[USER@]HOST[:PORT]``.
        password: as it was found outside the URL.

    Raises:
        InvalidValue: it is no such URL, or it has a password in it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidValue("the broker's URL cannot be read", remedy=_FORM) from error
    if parts.password is not None:
        raise InvalidValue(
            "there is a password in the broker's URL, where every user of this host can read it",
            remedy=f"give it with --password-file or in {PASSWORD_VARIABLE}, and change it",
        )
    if parts.scheme != "mqtt":
        raise InvalidValue(f"a broker's URL does not begin with {parts.scheme or 'that'}", remedy=_FORM)
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment or port == 0:
        raise InvalidValue("the broker's URL names no broker", remedy=_FORM)
    user = unquote(parts.username) if parts.username else None
    if password is not None and user is None:
        raise InvalidValue("there is a password for the broker, but no user", remedy="write mqtt://USER@HOST")
    return Broker(host, port or DEFAULT_PORT, user, password)


def read_password(path: Path) -> str:
    """Return the password that a file holds: its first line.

    Raises:
        ConfigError: it cannot be read, or there is nothing in it.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.readline(_MOST_PASSWORD + 1)
    except OSError as error:
        raise ConfigError(f"the password file {path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"the password file {path} cannot be read: it is not UTF-8 text") from error
    password = text.rstrip("\r\n")
    if not password or len(password) > _MOST_PASSWORD:
        raise ConfigError(f"the first line of {path} is no password", remedy="write the password into it")
    return password
