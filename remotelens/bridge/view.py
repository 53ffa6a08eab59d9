"""Live view over the broker: while it is asked for, at the pace that was asked for, and no longer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import Protocol

from remotelens.bridge.commands import LiveViewOrder
from remotelens.camera.live_view import LiveView
from remotelens.clock import Clock
from remotelens.errors import RemoteLensError

_EARLY_S = 0.005
_log = logging.getLogger(__name__)


class Viewed(Protocol):
    """What is needed of a camera."""

    name: str

    def live_view(self) -> LiveView:
        """Return a consumer's live view."""
        ...


class View:
    """The live view of one camera, published while somebody asks for it.

    Args:
        publish: gets each image.
        changed: told when publishing has begun or ended.
        clock: measures.
    """

    def __init__(
        self, *, publish: Callable[[bytes], None], changed: Callable[[], None], clock: Clock
    ) -> None:
        self._publish = publish
        self._changed = changed
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None
        self._ending = False
        self._refusal: RemoteLensError | None = None
        self._gap_s = 0.0

    @property
    def running(self) -> bool:
        """Whether images are being published."""
        return self._limit is not None

    async def obey(self, order: LiveViewOrder, camera: Viewed, tasks: asyncio.TaskGroup) -> None:
        """Begin, go on for longer, or stop.

        Raises:
            RefusedError: the camera gives no live view now.
            LinkError: it is not there.
        """
        if not order.on:
            await self.stop()
            return
        self._gap_s = 1.0 / order.fps - _EARLY_S
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(self._clock.monotonic() + order.for_s)
            return
        await self.stop()
        began = asyncio.Event()
        self._refusal, self._ending = None, False
        self._task = tasks.create_task(self._run(camera, order.for_s, began))
        await began.wait()
        if self._refusal is not None:
            raise self._refusal

    async def stop(self) -> None:
        """Stop publishing; returns when the camera has been told."""
        task = self._task
        if task is not None:
            if not self._ending:
                task.cancel()  # one that is ending already is left to end
            await asyncio.wait([task])

    async def _run(self, camera: Viewed, for_s: float, began: asyncio.Event) -> None:
        limit = self._clock.timeout(for_s)
        try:
            async with limit, camera.live_view() as view:
                self._limit = limit
                self._changed()
                began.set()
                try:
                    await self._pump(view)
                finally:
                    self._limit, self._ending = None, True
        except TimeoutError:
            if not limit.expired():
                raise
        except RemoteLensError as error:
            if began.is_set():
                _log.warning("%s: the live view ended: %s", camera.name, error)
            else:
                self._refusal = error
        finally:
            self._task = None
            began.set()
            self._changed()

    async def _pump(self, view: LiveView) -> None:
        """Hand on the newest image at each step of the pace; those between are nobody's."""
        due_s = self._clock.monotonic()
        async with aclosing(aiter(view)) as frames:
            async for frame in frames:
                now_s = self._clock.monotonic()
                if now_s >= due_s:
                    due_s = now_s + self._gap_s
                    self._publish(frame.jpeg)
