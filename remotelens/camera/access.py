"""Unlocking methods that a camera answers only to registered developers.

It unlocks for every client until the camera is switched off (protocol/wifi.md 5.9; quirks 1 to 3). A camera
lists such methods like all others, so that they are locked is seen by its refusal.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from remotelens.errors import AuthenticationNeeded, ConfigError, NotSupported
from remotelens.protocol.wifi.auth import (
    METHOD,
    SERVICE,
    Credentials,
    answer_params,
    challenge_params,
    nonce_of,
)
from remotelens.protocol.wifi.codes import ApiError

Call = Callable[..., Awaitable[list[Any]]]
_log = logging.getLogger(__name__)
_HELP = "put a registration that lists it into developer.json in the configuration folder"


class Access:
    """What one camera lets us call.

    Args:
        call: calls a service's method with its parameters.
        load: reads the registration, blocking.
        camera: how the camera is called in messages.
    """

    def __init__(self, call: Call, load: Callable[[], Credentials], *, camera: str | None) -> None:
        self._call = call
        self._load = load
        self._camera = camera
        self._one_at_a_time = asyncio.Lock()
        self._refused = False
        self._hopeless: set[str] = set()

    async def unlock(self) -> tuple[str, ...]:
        """Unlock what the registration lists; return those methods as ``service/method``.

        Raises:
            AuthenticationNeeded: the camera does not accept the registration.
            NotSupported: the camera unlocks nothing.
            ConfigError: the user's registration cannot be read.
        """
        async with self._one_at_a_time:
            credentials = await asyncio.to_thread(self._load)
            nonce = nonce_of(await self._call(SERVICE, METHOD, challenge_params()))
            left = nonce_of(await self._call(SERVICE, METHOD, answer_params(credentials, nonce)))
            if left:
                raise AuthenticationNeeded(
                    "the camera asks again instead of unlocking", camera=self._camera, remedy=_HELP
                )
            _log.info("%s: unlocked for %s", self._camera, credentials.developer_name)
            return credentials.methods

    async def around(self, service: str, method: str, call: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
        """Make a call; where it is locked, unlock and make it once more: a locked call did nothing.

        Raises:
            AuthenticationNeeded: it is locked, and the registration does not open it.
        """
        try:
            return await call()
        except AuthenticationNeeded as locked:
            name = f"{service}/{method}"
            if method == METHOD or self._refused or name in self._hopeless:
                raise
            self._hopeless.add(name)
            try:
                opened = await self.unlock()
            except (AuthenticationNeeded, ConfigError, NotSupported) as refusal:
                self._refused = True
                _log.warning("%s: nothing was unlocked: %s", self._camera, refusal)
                raise _closed(method, self._camera) from refusal
            if name not in opened:
                raise _closed(method, self._camera) from locked
        values = await call()
        self._hopeless.discard(name)
        return values

    def forget(self) -> None:
        """Try anew: the camera may have been switched off and on."""
        self._refused = False
        self._hopeless.clear()


def _closed(method: str, camera: str | None) -> AuthenticationNeeded:
    return AuthenticationNeeded(
        f"{method} is locked, and the developer's registration does not open it",
        camera=camera,
        remedy=_HELP,
        code=ApiError.FORBIDDEN,
    )
