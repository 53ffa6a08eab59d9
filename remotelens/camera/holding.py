"""Holds a camera through losses: what the supervisor of its link tells becomes its state.

The API that abilities call stays the same object, while behind it the link may have been walked anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from remotelens.camera.line import Line
from remotelens.clock import Clock
from remotelens.errors import LinkError, ProtocolError
from remotelens.link.api import CameraApi
from remotelens.link.reach import Reached
from remotelens.link.road import Road
from remotelens.link.status import LinkState
from remotelens.link.supervisor import Supervisor
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.transport.body import HttpBody
from remotelens.transport.stream import LiveViewStream, live_view_stream

RETURN_LIMIT_S = 60.0
"""How long a picture waits for a camera whose link was lost: a short walk, a battery swap."""
_log = logging.getLogger(__name__)


class HeldCamera:
    """The API of a camera that is kept, wherever its link has led last.

    Args:
        road: the way to the camera, which has been walked.
        reached: the camera at its end.
        clock: measures and spends the time.
    """

    def __init__(self, road: Road, reached: Reached, *, clock: Clock) -> None:
        self.camera = reached.api.camera
        self.line = Line(self, clock=clock, model=reached.description.friendly_name)
        self._clock = clock
        self._first = reached
        self._last: CameraApi = reached.api
        self._all_of_it = True
        self._lost_at_s: float | None = None
        self._supervisor = Supervisor(road, on_event=self._take, on_ready=self._arrive, clock=clock)

    async def hold(self) -> None:
        """Keep the link and the state until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._supervisor.run(self._first))
            tasks.create_task(self._tell_link())
            tasks.create_task(refresh_lists(self.line))

    def has(self, service: str, method: str) -> bool:
        """Whether the camera told that it has a method, now or in another state."""
        return self._last.has(service, method)

    def url(self, given: str) -> str:
        """Return a URL that the camera gave, on the host that leads to it."""
        return self._last.url(given)

    async def call(
        self,
        service: str,
        method: str,
        params: Sequence[Any] = (),
        version: str | None = None,
        *,
        timeout_s: float | None = None,
    ) -> list[Any]:
        """Call a method and return its values; see `CameraApi.call`."""
        return await self._supervisor.api.call(service, method, params, version, timeout_s=timeout_s)

    async def snapshot(self) -> CameraEvent:
        """Return everything the camera has to tell."""
        return await self._supervisor.api.snapshot()

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[HttpBody]:
        """Ask for a picture; one that a lost link cut short, or kept from beginning, waits for the camera.

        Raises:
            LinkLost: it has been away for `RETURN_LIMIT_S`.
        """
        patience_s = self._patience_s()
        if self._lost_at_s is not None and patience_s:
            _log.warning("%s: the picture waits up to %.0f s for the camera", self.camera, patience_s)
        try:
            async with self._clock.timeout(patience_s) as limit:
                await self._supervisor.ready()
        except TimeoutError:
            if not limit.expired():
                raise
        api = self._supervisor.api
        async with api.http.open(api.url(url)) as body:
            yield body

    def open_stream(self, url: str) -> AbstractAsyncContextManager[LiveViewStream]:
        """Open a live view."""
        return live_view_stream(self._supervisor.api.http, url, clock=self._clock)

    def _arrive(self, reached: Reached) -> None:
        self._last = reached.api
        self._all_of_it = True
        self.line.arrive()

    def _take(self, event: CameraEvent) -> None:
        """Take an event; the first after each arrival tells everything."""
        snapshot, self._all_of_it = self._all_of_it, False
        self.line.take(event, snapshot=snapshot)

    def _patience_s(self) -> float:
        """Return how much longer a picture waits for a camera that is away."""
        away_s = 0.0 if self._lost_at_s is None else self._clock.monotonic() - self._lost_at_s
        return max(RETURN_LIMIT_S - away_s, 0.0)

    async def _tell_link(self) -> None:
        async for status in self._supervisor.subscribe():
            if status.state is LinkState.READY:
                self._lost_at_s = None
            elif self._lost_at_s is None:
                self._lost_at_s = self._clock.monotonic()
            self.line.set_link(status.state.value, status.reason, status.since, status.next_try)


async def refresh_lists(line: Line) -> None:
    """Ask for the candidates that events do not tell, whenever the camera says that they changed."""
    async for state in line.store.subscribe():
        if not (state.idle and state.link == "ready" and line.lists_outdated):
            continue
        try:
            await line.refresh_lists()
        except (LinkError, ProtocolError) as error:
            _log.info("%s: candidates not told: %s", line.name, error)
