"""The front door: from the name of a camera to a `Camera`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from remotelens.camera.camera import Camera
from remotelens.camera.opening import at_camera
from remotelens.clock import REAL_CLOCK, Clock
from remotelens.config.cameras import load_cameras
from remotelens.errors import LinkTimeout, RemoteLensError
from remotelens.link.road import Road
from remotelens.link.stages import Observer, Route, Stage
from remotelens.link.target import KnownTarget, parse_target


@asynccontextmanager
async def connect(
    camera: str | None = None,
    *,
    timeout_s: float = 30,
    ble_adapter: str = "system",
    join: str | None = None,
    clock: Clock | None = None,
    observer: Observer | None = None,
) -> AsyncIterator[Camera]:
    """Reach a camera, and let go of it at the end of the block.

    ::

        async with remotelens.connect("10.0.0.1") as camera:
            shot = await camera.capture()

    Args:
        camera: a configured name, a URL, ``HOST:PORT``, a host or ``ble:ADDRESS``; None for the one camera
            that is known or found.
        timeout_s: how long reaching it may take.
        ble_adapter: which Bluetooth, for a camera that is reached over it.
        join: how to get onto the camera's network: ``already``, ``system`` or ``command:PROGRAM``; None for
            the way that a configured camera was set up with, else ``already``.
        clock: measures and spends the time; the host's own when not given.
        observer: told of each stage of the road when it has ended.

    Raises:
        CameraNotFound: it is nowhere.
        LinkError: it is there and could not be reached, or not in time.
        InvalidValue: `camera` names none, or it is not clear which is meant.
    """
    clock = clock or REAL_CLOCK
    known = await asyncio.to_thread(load_cameras)
    target = parse_target(camera, known)
    if join is None:
        join = (target.camera.join if isinstance(target, KnownTarget) else None) or "already"
    route = Route(target=target, ble_adapter=ble_adapter, join=join)
    at: list[Stage] = []
    async with Road(route, observer=observer, begun=at.append, clock=clock) as road:
        await _walk(road, at, clock, timeout_s, camera)
        async with at_camera(road, clock=clock) as opened:
            yield opened


async def _walk(road: Road, at: list[Stage], clock: Clock, timeout_s: float, camera: str | None) -> None:
    """Walk the road within the time, and say how far it came when that does not suffice."""
    try:
        async with clock.timeout(timeout_s):
            await road.walk()
    except RemoteLensError:
        raise
    except TimeoutError as error:
        stage = f"; the stage {at[-1]} did not end" if at else ""
        raise LinkTimeout(
            f"the camera was not reached within {timeout_s:g} s{stage}",
            camera=camera,
            remedy="see that it is on and near, or allow more time",
        ) from error
