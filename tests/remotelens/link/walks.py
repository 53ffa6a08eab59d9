"""A road with stand-ins, and a camera at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from remotelens.link.road import Road
from remotelens.link.stages import Route, StageRecord
from remotelens.link.target import Target
from remotelens.transport.join import WifiCredentials
from remotelens.transport.network import Address
from tests.remotelens.link.answering import answering, reply
from tests.remotelens.link.cameras import SmallCamera, result, small_camera
from tests.remotelens.link.roads import StandInBle, StandInJoiner

IDLE = {"type": "cameraStatus", "cameraStatus": "IDLE"}
UUID = "000000001000-1010-8000-AABBCCDDEEFF"


@asynccontextmanager
async def camera_on_the_network() -> AsyncIterator[tuple[SmallCamera, Address]]:
    async with small_camera(getEvent=result(IDLE)) as camera:
        camera.uuid = UUID
        async with answering(reply(camera.description_url, UUID)) as place:
            yield camera, place


class Walk:
    """A road with stand-ins, and what was told of it."""

    def __init__(
        self,
        target: Target,
        place: Address | None = None,
        *,
        join: str = "system",
        ble: bool | None = None,
        credentials: WifiCredentials | None = None,
        again: bool = False,
        stand_in: StandInBle | None = None,
    ) -> None:
        self.told: list[StageRecord] = []
        self.ble = stand_in or StandInBle()
        self.joiner = StandInJoiner()
        self.route = Route(
            target=target,
            ble=ble,
            join=join,
            credentials=credentials,
            again=again,
            ask=(place,) if place else (),
            multicast=False,
            search_timeout_s=2,
        )
        self.road = Road(self.route, observer=self.told.append, way_to_join=self.joiner, ble_stages=self.ble)

    @property
    def names(self) -> list[str]:
        return [record.name for record in self.told]
