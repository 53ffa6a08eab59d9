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
        self._opened: tuple[str, ...] = ()
        self._times_opened = 0

    async def unlock(self) -> tuple[str, ...]:
        """Unlock what the registration lists; return those methods as ``service/method``.

        Raises:
            AuthenticationNeeded: the camera does not accept the registration.
            NotSupported: the camera unlocks nothing.
            ConfigError: the user's registration cannot be read.
        """
        async with self._one_at_a_time:
            return await self._unlock()

    async def _unlock(self) -> tuple[str, ...]:
        credentials = await asyncio.to_thread(self._load)
        nonce = nonce_of(await self._call(SERVICE, METHOD, challenge_params()))
        left = nonce_of(await self._call(SERVICE, METHOD, answer_params(credentials, nonce)))
        if left:
            raise AuthenticationNeeded(
                "the camera asks again instead of unlocking", camera=self._camera, remedy=_HELP
            )
        _log.info("%s: unlocked for %s", self._camera, credentials.developer_name)
        self._opened = credentials.methods
        self._times_opened += 1
        return self._opened

    async def around(self, service: str, method: str, call: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
        """Make a call; where it is locked, unlock and make it once more: a locked call did nothing.

        Raises:
            AuthenticationNeeded: it is locked, and the registration does not open it.
        """
        times_opened = self._times_opened
        try:
            return await call()
        except AuthenticationNeeded as locked:
            name = f"{service}/{method}"
            if method == METHOD or self._refused or name in self._hopeless:
                raise
            if name not in await self._opened_since(times_opened, method):
                self._hopeless.add(name)
                raise _closed(method, self._camera) from locked
        try:
            return await call()
        except AuthenticationNeeded:
            self._hopeless.add(name)
            raise

    async def _opened_since(self, times_opened: int, method: str) -> tuple[str, ...]:
        """Unlock, unless another caller did or was refused meanwhile; return what is unlocked."""
        async with self._one_at_a_time:
            if self._refused:
                raise _closed(method, self._camera)
            if self._times_opened == times_opened:
                try:
                    await self._unlock()
                except (AuthenticationNeeded, ConfigError, NotSupported) as refusal:
                    self._refused = True
                    _log.warning("%s: nothing was unlocked: %s", self._camera, refusal)
                    raise _closed(method, self._camera) from refusal
            return self._opened

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
