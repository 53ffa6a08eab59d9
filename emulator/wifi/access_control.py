"""The service `accessControl`: a developer proves who it is, and methods are unlocked until power off.

Lenient, any well-formed digest is accepted; strict, it must be that of a known registration. Either way it
must answer the last nonce, and a nonce is used up by one try.

Source: protocol/wifi.md 5.9.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from emulator.body.camera import Body
from emulator.body.refusals import Reason, Refused
from emulator.wifi.service import Answer, Call, Handler
from remotelens.errors import ConfigError
from remotelens.protocol.wifi.auth import (
    DIGEST_CHARS,
    NONCE_CHARS,
    RUBBER_DUCK,
    Credentials,
    parse_credentials,
    sg,
    split_methods,
)

SERVICE = "accessControl"
_DIGEST_BYTES = 32
_MEMBERS = ("methods", "developerName", "developerID", "sg")


class AccessControlService:
    """Answers the calls of the service `accessControl`.

    Args:
        body: the camera.
        registrations: those that a strict camera knows; None for a lenient one.
    """

    def __init__(self, body: Body, *, registrations: Sequence[Credentials] | None = None) -> None:
        self._body = body
        self._strict = registrations is not None
        self._credentials = {known.developer_id: known for known in registrations or ()}
        self._nonce = ""
        self._given = 0

    @property
    def names(self) -> Iterable[str]:
        """The methods that it answers."""
        return self._methods

    def find(self, name: str) -> Handler | None:
        """Return what answers a method."""
        method = self._methods.get(name)
        return None if method is None else partial(method, self)

    async def _act_enable_methods(self, call: Call) -> Answer:
        asked = call.params[0]
        if not any(asked[name] for name in _MEMBERS):
            self._nonce = self._next_nonce()
            return Answer([{"dg": self._nonce}])
        nonce, self._nonce = self._nonce, ""
        methods = split_methods(asked["methods"])
        if not nonce or not methods or not self._accepts(asked, nonce, methods):
            raise Refused(Reason.ILLEGAL_REQUEST, "the answer to the nonce is wrong")
        self._body.unlocked.update(methods)
        return Answer([{"dg": ""}])

    def _accepts(self, asked: Mapping[str, str], nonce: str, methods: tuple[str, ...]) -> bool:
        if not self._strict:
            return _is_digest(asked["sg"])
        known = self._credentials.get(asked["developerID"])
        return (
            known is not None
            and asked["developerName"] == known.developer_name
            and methods == known.methods
            and asked["sg"] == sg(nonce, known.key)
        )

    def _next_nonce(self) -> str:
        """Return a nonce of its own for every request; the same camera gives the same ones in every run."""
        self._given += 1
        text = f"{self._body.identity.noise_seed}/{self._given}"
        digest = hashlib.sha256(text.encode()).digest()
        return base64.b64encode(digest).decode("ascii")[:NONCE_CHARS]

    _methods: ClassVar[Mapping[str, Callable[..., Awaitable[Answer]]]] = MappingProxyType(
        {
            "actEnableMethods": _act_enable_methods,
        }
    )


def registrations(path: Path) -> tuple[Credentials, ...]:
    """Read a developer's registration; the published one goes with it.

    Raises:
        InputError: the file cannot be read or is none.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return RUBBER_DUCK, parse_credentials(text)


def _is_digest(text: str) -> bool:
    if len(text) != DIGEST_CHARS:
        return False
    try:
        return len(base64.b64decode(text, validate=True)) == _DIGEST_BYTES
    except (binascii.Error, ValueError):
        return False
