"""What every ability of one camera shares: its API, its state, its clock and its name.

Abilities send commands here and wait here for what the camera's events show; they never talk to each other
about the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from remotelens.camera.access import Access
from remotelens.camera.descriptors import LIST_METHODS
from remotelens.camera.fold import Told, fold, state_of, wanted_lists, with_list
from remotelens.camera.state import CameraState
from remotelens.camera.store import StateStore
from remotelens.clock import Clock
from remotelens.config.developer import load_developer
from remotelens.errors import (
    CameraBusy,
    LinkError,
    LinkLost,
    NotAvailableNow,
    NotSupported,
    ProtocolError,
    RefusedError,
    SupplyError,
)
from remotelens.protocol.wifi.auth import Credentials
from remotelens.protocol.wifi.codes import Retry, retry_of
from remotelens.protocol.wifi.events import CameraEvent

IDLE_TIMEOUT_S = 20.0
LOOK_AFTER_S = 3.0
READY_TRIES = 4
READY_PAUSE_S = 0.3
_SNAPSHOT_TRIES = 3
_MOST_URLS = 200


class Line:
    """One camera's API with the state that its events amount to.

    Args:
        api: its JSON-RPC.
        clock: measures and spends the time.
        model: its name.
        registration: reads the developer's registration that unlocks methods.

    Attributes:
        arrivals: counts how often the camera has been reached; it may have been off in between.
    """

    def __init__(
        self,
        api: Api,
        *,
        clock: Clock,
        model: str | None,
        registration: Callable[[], Credentials] = load_developer,
    ) -> None:
        self.api = api
        self.clock = clock
        self.name = api.camera
        self.arrivals = 0
        self.store = StateStore(CameraState(model=model))
        self.access = Access(self._unlocking_call, registration, camera=api.camera)
        self._told = Told()
        self._events = 0
        self._seen_urls: dict[str, None] = {}
        self._asking_lists = asyncio.Lock()

    @property
    def state(self) -> CameraState:
        """The newest state."""
        return self.store.state

    async def call(
        self,
        method: str,
        *params: Any,
        service: str = "camera",
        version: str | None = None,
        timeout_s: float | None = None,
    ) -> list[Any]:
        """Call a method of the camera and return its values; what is locked is unlocked first."""
        return await self.access.around(
            service, method, lambda: self.api.call(service, method, params, version, timeout_s=timeout_s)
        )

    async def call_when_ready(self, method: str, *params: Any, timeout_s: float | None = None) -> list[Any]:
        """Call a method that may be called twice, again while the camera says that it is not ready for it.

        Source: protocol/wifi.md 4.3, retry classes; quirk 7.
        """
        return await self._when_ready(lambda: self.call(method, *params, timeout_s=timeout_s))

    async def call_or_undo(
        self,
        method: str,
        *params: Any,
        undo: Callable[[], Awaitable[None]],
        service: str = "camera",
        timeout_s: float | None = None,
    ) -> list[Any]:
        """Start something on the camera, as `call_when_ready`; what may have started unknown to us is undone.

        A refusal started nothing, nor does waiting after one. Anything else, cancelling included, may come
        too late to prevent it.
        """

        async def start() -> list[Any]:
            try:
                return await self.call(method, *params, service=service, timeout_s=timeout_s)
            except (RefusedError, SupplyError):
                raise
            except BaseException:
                await undo()
                raise

        return await self._when_ready(start)

    async def _when_ready(self, call: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
        for remaining in reversed(range(READY_TRIES)):
            try:
                return await call()
            except CameraBusy as error:
                if not remaining or error.code is None or retry_of(error.code) is not Retry.WAIT:
                    raise
            await self.clock.sleep(READY_PAUSE_S)
            await self.until(
                lambda state: not state.passing, timeout_s=IDLE_TIMEOUT_S, what="a camera that is ready"
            )
        raise AssertionError("the last try returns or raises")

    def arrive(self) -> None:
        """Take what was done to the camera for undone: it may have been switched off and on."""
        self.arrivals += 1
        self.access.forget()

    def can(self, method: str) -> bool:
        """Whether the camera lists a method as callable now."""
        return method in self.state.available

    def has(self, method: str, service: str = "camera") -> bool:
        """Whether the camera has a method at all, now or in another mode."""
        return (service == "camera" and self.can(method)) or self.api.has(service, method)

    def require(self, method: str, what: str, remedy: str) -> None:
        """Refuse an ability before anything is sent, when the camera does not list its method now.

        Args:
            method: what would be called.
            what: the ability in words.
            remedy: how to get the camera to offer it.

        Raises:
            NotSupported: the camera does not have it.
            NotAvailableNow: it has it, but not in its present mode.
        """
        if self.can(method):
            return
        if not self.has(method):
            raise NotSupported(f"this camera has no {what}", camera=self.name)
        raise NotAvailableNow(f"{what} is not offered now", camera=self.name, remedy=remedy)

    async def until(
        self, predicate: Callable[[CameraState], bool], *, timeout_s: float, what: str
    ) -> CameraState:
        """Wait until the camera's state fits; now and then, and before giving up, ask the camera itself.

        Its long poll may be late, or an event may have been lost on the way.

        Raises:
            CameraBusy: it did not come to that in time.
            LinkLost: the camera was lost meanwhile and did not come back.
        """
        try:
            async with self.clock.timeout(timeout_s):
                state = await self._fitting(predicate)
        except TimeoutError:
            state = await self._last_look(predicate)
            if state is not None:
                return state
            raise CameraBusy(
                f"{what} was not seen within {timeout_s:g} s; the camera says {self.state.status}",
                camera=self.name,
                remedy="wait a moment and try again",
            ) from None
        if state is None:
            raise LinkLost(f"the connection was closed while waiting for {what}", camera=self.name)
        return state

    async def wait_idle(self, timeout_s: float = IDLE_TIMEOUT_S) -> CameraState:
        """Wait until the camera is ready for the next command."""
        return await self.until(lambda state: state.idle, timeout_s=timeout_s, what="an idle camera")

    def take(self, event: CameraEvent, *, snapshot: bool) -> None:
        """Take an event into the state."""
        self._events += 1
        self._put(fold(self._told, event, snapshot=snapshot))
        self.remember_urls(self.state.urls)

    async def snapshot(self) -> CameraState:
        """Ask for everything the camera has to tell, and take it into the state.

        An event that arrives meanwhile may be older or newer than the answer, so the question is asked again.
        """
        for _ in range(_SNAPSHOT_TRIES):
            before = self._events
            event = await self.api.snapshot()
            if self._events == before:
                break
        self.take(event, snapshot=True)
        return self.state

    async def refresh_lists(self) -> None:
        """Ask for the candidates that events do not tell."""
        async with self._asking_lists:
            for api in wanted_lists(self._told):
                try:
                    values = await self.call(LIST_METHODS[api])
                except RefusedError:
                    continue  # asked again when the camera's next event arrives
                self._put(with_list(self._told, api, values))

    def remember_urls(self, urls: Iterable[str]) -> None:
        """Remember pictures that the camera gave the address of, in its events or in an answer."""
        for url in urls:
            self._seen_urls.pop(url, None)
            self._seen_urls[url] = None
        while len(self._seen_urls) > _MOST_URLS:
            del self._seen_urls[next(iter(self._seen_urls))]

    @property
    def seen_urls(self) -> frozenset[str]:
        """The pictures known by address; cameras list their last ones again and again."""
        return frozenset(self._seen_urls)

    @property
    def lists_outdated(self) -> bool:
        """Whether there are candidates to ask for."""
        return bool(wanted_lists(self._told))

    def set_link(
        self, link: str, reason: str | None, since: datetime | None = None, next_try: datetime | None = None
    ) -> None:
        """Tell how the link stands, why, since when, and when the next attempt is made."""
        self.store.put(
            replace(
                self.state,
                link=link,
                link_reason=reason,
                link_since=since,
                link_next_try=next_try,
                revision=self.state.revision + 1,
            )
        )

    async def _fitting(self, predicate: Callable[[CameraState], bool]) -> CameraState | None:
        """Return the first state that fits; None when the connection is closed first."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with self.clock.timeout(LOOK_AFTER_S):
                    return await self.store.until(predicate)
            with contextlib.suppress(RefusedError, LinkError, ProtocolError):  # told when the time is over
                await self.snapshot()

    async def _last_look(self, predicate: Callable[[CameraState], bool]) -> CameraState | None:
        """Ask the camera one last time; None when it does not fit."""
        try:
            state = await self.snapshot()
        except RefusedError:
            return None
        except LinkError as error:
            raise LinkLost(
                f"the camera was lost: {error.message}", camera=self.name, remedy=error.remedy
            ) from error
        return state if predicate(state) else None

    async def _unlocking_call(self, service: str, method: str, params: Sequence[Any]) -> list[Any]:
        return await self.api.call(service, method, params)

    def _put(self, told: Told) -> None:
        self._told = told
        self.store.put(state_of(told, self.state))


class Api(Protocol):
    """What is needed of one camera's JSON-RPC."""

    camera: str

    def has(self, service: str, method: str) -> bool:
        """Whether the camera told that it has a method, now or in another state."""
        ...

    def url(self, given: str) -> str:
        """Return a URL that the camera gave, on the host that leads to it."""
        ...

    async def call(
        self,
        service: str,
        method: str,
        params: Sequence[Any] = (),
        version: str | None = None,
        *,
        timeout_s: float | None = None,
    ) -> list[Any]:
        """Call it and return its values."""
        ...

    async def snapshot(self) -> CameraEvent:
        """Return everything the camera has to tell."""
        ...
