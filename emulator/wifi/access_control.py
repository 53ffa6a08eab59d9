"""The service `accessControl`: a developer proves who it is, and methods are unlocked until power off.

Lenient, any well-formed digest is accepted; strict, it must be that of a known registration. Either way it
must answer the last nonce, and a nonce is used up by one try.

Source: protocol/wifi.md 5.9.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence

from emulator.body.camera import Body
from emulator.body.refusals import Reason, Refused
from emulator.wifi.service import Answer, Call, Handler, introspection
from remotelens.protocol.wifi.auth import (
    DIGEST_CHARS,
    NONCE_CHARS,
    RUBBER_DUCK,
    Credentials,
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
        strict: only the credentials below are accepted.
        credentials: the registrations that a strict camera knows.
    """

    def __init__(
        self, body: Body, *, strict: bool = False, credentials: Sequence[Credentials] = (RUBBER_DUCK,)
    ) -> None:
        self._body = body
        self._strict = strict
        self._credentials = {known.developer_id: known for known in credentials}
        self._nonce = ""
        self._given = 0

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each method."""
        return {**introspection(self._body.profile, SERVICE), "actEnableMethods": self._act_enable_methods}

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


def _is_digest(text: str) -> bool:
    if len(text) != DIGEST_CHARS:
        return False
    try:
        return len(base64.b64decode(text, validate=True)) == _DIGEST_BYTES
    except (binascii.Error, ValueError):
        return False
