"""From a camera that has been reached to a `Camera` whose state lives, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from remotelens.camera.camera import Camera
from remotelens.camera.holding import HeldCamera
from remotelens.camera.line import Line
from remotelens.camera.live_view import Opener
from remotelens.clock import Clock
from remotelens.errors import LinkLost
from remotelens.library.fetch import Source
from remotelens.link.road import Road

if TYPE_CHECKING:
    from remotelens.link.pair import BleLink

READY_TIMEOUT_S = 30.0


@asynccontextmanager
async def at_camera(road: Road, *, clock: Clock) -> AsyncIterator[Camera]:
    """Return the camera that a road has led to, kept through losses while the block runs.

    Args:
        road: the way to it, walked; whoever made it closes it.
        clock: measures and spends the time.
    """
    if road.reached is None:
        raise LinkLost("the camera has not been reached yet", remedy="walk the road first")
    held = HeldCamera(road, road.reached, clock=clock)
    way_in = road.bluetooth if road.uses_ble else None
    async with opened(held.line, held.hold, source=held, open_stream=held.open_stream, ble=way_in) as camera:
        camera.uuid = road.reached.uuid
        yield camera


@asynccontextmanager
async def opened(
    line: Line,
    hold: Callable[[], Coroutine[Any, Any, None]],
    *,
    source: Source,
    open_stream: Opener,
    ble: Callable[[], Awaitable[BleLink]] | None = None,
) -> AsyncIterator[Camera]:
    """Hold a camera while the block runs, and leave it as it was.

    Args:
        line: its API and state.
        hold: keeps the state true until cancelled.
        source: where its pictures are fetched from.
        open_stream: opens its live view.
        ble: gives the Bluetooth connection to it; None for a camera that is not reached that way.
    """
    camera = Camera(line, source=source, open_stream=open_stream, ble=ble)
    holding = asyncio.create_task(hold(), name=f"link to {line.name}")
    holding.add_done_callback(lambda _: line.store.close())
    try:
        await line.until(lambda state: state.link == "ready", timeout_s=READY_TIMEOUT_S, what="the camera")
        await line.refresh_lists()
        yield camera
    finally:
        try:
            await camera.close()
        finally:
            holding.cancel()
            await asyncio.wait([holding])
    if not holding.cancelled() and (error := holding.exception()) is not None:
        raise error
