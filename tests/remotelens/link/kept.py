"""A supervised link to an emulated camera behind Bluetooth, all in one loop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from emulator.device import Device
from emulator.hands import Hands
from emulator.rack import Emulator
from remotelens.link.road import Road
from remotelens.link.stages import Route, StageRecord
from remotelens.link.status import BackOff, LinkState, LinkStatus
from remotelens.link.supervisor import Supervisor
from remotelens.link.target import BleTarget
from remotelens.transport.join.joiner import JOIN_TIMEOUT_S, Credentials, Joined, JoinedByOthers
from remotelens.transport.network import Address


class HandsJoiner:
    """Gets onto the emulated camera's network as the program `remotelens-emulator join` does."""

    def __init__(self, emulator: Emulator) -> None:
        self._hands = Hands(emulator)
        self.keys: list[str | None] = []

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        self.keys.append(network.key)
        await self._hands.join(network.ssid, network.key or "")
        return JoinedByOthers()


@dataclass
class Kept:
    """The link and the camera at its end."""

    emulator: Emulator
    road: Road
    supervisor: Supervisor
    joiner: HandsJoiner
    stages: list[str] = field(default_factory=list)
    seen: list[LinkStatus] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def device(self) -> Device:
        return self.emulator.cameras[0]

    @property
    def states(self) -> list[str]:
        """Every state so far, also those that passed too soon for a subscriber."""
        return [status.state.value for status in self.seen]

    async def until(self, state: LinkState) -> LinkStatus:
        """Return the first status of that kind since the last `forget`."""
        return await self.told(lambda status: status.state is state)

    async def told(self, fits: Callable[[LinkStatus], bool]) -> LinkStatus:
        """Return the first status that fits since the last `forget`, however soon it passed."""
        while True:
            self._news.clear()
            for status in self.seen:
                if fits(status):
                    return status
            await self._news.wait()

    def note(self, status: LinkStatus) -> None:
        """Take note of a status."""
        self.seen.append(status)
        self._news.set()

    def forget(self) -> None:
        """Begin to note anew."""
        self.stages.clear()
        self.seen.clear()


@dataclass
class Behind:
    """A camera behind Bluetooth, and the road to it, not walked yet."""

    emulator: Emulator
    road: Road
    joiner: HandsJoiner
    stages: list[str]


@asynccontextmanager
async def behind_bluetooth(*, speed: float = 20.0, search_timeout_s: float = 2.0) -> AsyncIterator[Behind]:
    """A camera whose network is closed until it was asked for over Bluetooth."""
    async with Emulator(
        ["DSC-QX10@3.00"], ble=True, still_scale=8, clock=f"scaled:{speed:g}", control=False
    ) as emulator:
        assert emulator.air is not None
        joiner = HandsJoiner(emulator)
        route = Route(
            target=BleTarget(emulator.cameras[0].radio().address),
            ble_adapter=emulator.air.adapter,
            join="system",
            ask=(_unicast(emulator),),
            multicast=False,
            search_timeout_s=search_timeout_s,
            find_timeout_s=2.0,
        )
        stages: list[str] = []

        def tell(record: StageRecord) -> None:
            stages.append(f"{record.name} {'ok' if record.ok else 'failed'}")

        async with Road(route, observer=tell, way_to_join=joiner) as road:
            yield Behind(emulator, road, joiner, stages)


@asynccontextmanager
async def kept(*, speed: float = 20.0, search_timeout_s: float = 1.0) -> AsyncIterator[Kept]:
    """A camera that has become ready, and is kept so."""
    async with behind_bluetooth(speed=speed, search_timeout_s=search_timeout_s) as behind:
        supervisor = Supervisor(
            behind.road,
            back_off=BackOff(first_s=0.05, longest_s=0.5),
            chance=random.Random(0),
            heartbeat_s=1.0,
        )
        it = Kept(behind.emulator, behind.road, supervisor, behind.joiner, behind.stages)
        put = supervisor._put

        def note(status: LinkStatus) -> None:
            it.note(status)
            put(status)

        supervisor._put = note  # type: ignore[method-assign]
        running = asyncio.create_task(supervisor.run())
        try:
            async with asyncio.timeout(40):
                await supervisor.ready()
                yield it
        finally:
            running.cancel()
            await asyncio.wait([running])


def _unicast(emulator: Emulator) -> Address:
    host, _, port = emulator.ready["ssdp"]["unicast"].rpartition(":")
    return host, int(port)
