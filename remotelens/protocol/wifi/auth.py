"""Unlocking methods: `accessControl.actEnableMethods`.

The camera gives a nonce, the client answers with a digest over its key and the nonce, together with the
developer's name, id and the list of methods that the key was made for. Changing the list, even its order,
spoils the key.

One published registration is shipped (`RUBBER_DUCK`); others are read from a file of the user's.

Source: protocol/wifi.md 5.9.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import msgspec

from remotelens.errors import ConfigError, RemoteProtocolError
from remotelens.protocol.wifi.auth_names import RUBBER_DUCK_METHODS

SERVICE = "accessControl"
METHOD = "actEnableMethods"
DIGEST_CHARS = 44
NONCE_CHARS = 16

MAX_NONCE_CHARS = 256
MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """A developer's registration; the key stays out of its text form."""

    developer_name: str
    developer_id: str
    key: str = field(repr=False)
    methods: tuple[str, ...] = field(repr=False)

    @property
    def method_text(self) -> str:
        """The names as they go to the camera."""
        return ":".join(self.methods)


RUBBER_DUCK = Credentials(
    developer_name="Rubber Duck Paradise",
    developer_id="22222222-2222-2222-2222-222222222222",
    key="35fc6c85705f5b37eb0f31f60c8412644fb2755ff55701e04a82d671c4b5d998",
    methods=RUBBER_DUCK_METHODS,
)


def sg(dg: str, key: str) -> str:
    """Return the digest that answers the nonce `dg`: 44 characters of base64."""
    return b64encode(hashlib.sha256(f"{key}{dg}".encode()).digest()).decode("ascii")


def challenge_params() -> list[Any]:
    """Return the parameters that ask for a nonce."""
    return [{"methods": "", "developerName": "", "developerID": "", "sg": ""}]


def answer_params(credentials: Credentials, dg: str) -> list[Any]:
    """Return the parameters that answer the nonce."""
    return [
        {
            "methods": credentials.method_text,
            "developerName": credentials.developer_name,
            "developerID": credentials.developer_id,
            "sg": sg(dg, credentials.key),
        }
    ]


def nonce_of(values: list[Any]) -> str:
    """Return the nonce in an answer of the camera; empty once it has accepted.

    Raises:
        RemoteProtocolError: the answer holds none.
    """
    match values:
        case [{"dg": str(dg)}, *_] if len(dg) <= MAX_NONCE_CHARS and dg.isascii():
            return dg
        case _:
            raise RemoteProtocolError("the answer to actEnableMethods holds no nonce")


def split_methods(text: str) -> tuple[str, ...]:
    """Return the names in a list of methods; white space is ignored, as a client in the field sends tabs."""
    return tuple(name for name in "".join(text.split()).split(":") if name)


class _File(msgspec.Struct):
    developerName: str  # noqa: N815 - the camera's spelling, as in the published sets
    developerID: str  # noqa: N815 - as above
    key: str
    methods: str | list[str]


def parse_credentials(text: bytes) -> Credentials:
    """Read a registration from a JSON file: developerName, developerID, key, methods (one text or a list).

    Raises:
        ConfigError: not such a file.
    """
    if len(text) > MAX_FILE_BYTES:
        raise ConfigError(f"a credentials file of {len(text)} bytes is no registration")
    try:
        read = msgspec.json.decode(text, type=_File)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise ConfigError(
            f"the credentials file is not understood: {error}",
            remedy="it is one JSON object of developerName, developerID, key and methods",
        ) from error
    methods = tuple(read.methods.split(":")) if isinstance(read.methods, str) else tuple(read.methods)
    return Credentials(
        developer_name=read.developerName, developer_id=read.developerID, key=read.key, methods=methods
    )
