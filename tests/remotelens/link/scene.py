"""A supervised camera that answers from a script, with stand-ins for Bluetooth and the host's Wi-Fi."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from remotelens.clock import REAL_CLOCK
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.status import LinkState, LinkStatus
from remotelens.link.supervisor import Supervisor
from remotelens.link.target import Target, UrlTarget
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.transport.network import Address
from tests.remotelens.link.answering import answering, reply
from tests.remotelens.link.cameras import Said, SmallCamera, error, result, small_camera
from tests.remotelens.link.roads import StandInBle, StandInJoiner

IDLE = {"type": "cameraStatus", "cameraStatus": "IDLE"}
BUSY = {"type": "cameraStatus", "cameraStatus": "StillCapturing"}
Poll = Callable[[], Awaitable[Said]]


class Scene:
    """A supervised camera: what its polls answer, and everything that was told of the link."""

    def __init__(self, camera: SmallCamera, place: Address, *, target: Target | None = None) -> None:
        self.camera = camera
        self.polls: asyncio.Queue[Said] = asyncio.Queue()
        self.poll: Poll = self._scripted
        camera.answers["getEvent"] = self._event
        camera.answers["getVersions"] = result(["1.0"])
        self.ble = StandInBle(name="ILCE-QX1")
        self.joiner = StandInJoiner()
        route = Route(
            target=target or UrlTarget(camera.description_url),
            join="already" if target is None else "system",
            ask=(place,),
            multicast=False,
            search_timeout_s=2,
        )
        self.stages: list[str] = []
        self.road = Road(
            route,
            observer=lambda record: self.stages.append(f"{record.name} {'ok' if record.ok else 'failed'}"),
            way_to_join=self.joiner,
            ble_stages=self.ble,
        )
        self.events: list[CameraEvent] = []
        self.supervisor = Supervisor(self.road, on_event=self.events.append, chance=random.Random(0))
        self.seen: list[LinkStatus] = []

    async def _event(self, params: list[Any]) -> Said:
        return await self.poll() if params == [True] else result(IDLE)

    async def _scripted(self) -> Said:
        """The next answer of the script; quiet after 15 s without one, as a camera is."""
        try:
            async with REAL_CLOCK.timeout(15):
                return await self.polls.get()
        except TimeoutError:
            return error(2, "Timed out")

    async def watch(self) -> None:
        async for status in self.supervisor.subscribe():
            self.seen.append(status)

    async def until(self, state: LinkState) -> LinkStatus:
        async for status in self.supervisor.subscribe():
            if status.state is state:
                return status
        raise AssertionError

    @property
    def states(self) -> list[str]:
        return [status.state.value for status in self.seen]


@asynccontextmanager
async def supervised(target: Callable[[SmallCamera], Target] | None = None) -> AsyncIterator[Scene]:
    async with small_camera() as camera, answering(reply(camera.description_url)) as place:
        scene = Scene(camera, place, target=target(camera) if target else None)
        async with scene.road:
            tasks = [asyncio.create_task(scene.watch()), asyncio.create_task(scene.supervisor.run())]
            try:
                yield scene
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
