"""Bluetooth LE on the virtual air: the road by stage, recovery by fault, traffic against Bumble's own.

The floor is Bumble's own client on the same air. Cameras are emulated in a process of their own for the road
and the faults, so that their time is theirs; they take the time that cameras take (waking 2.5 s, access point
1.5 s, OK on the pairing screen 0.3 s), which is part of what is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import cProfile
import json
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, tell

ROUNDS = 5
RECOVERIES = 3
READS = 1500
NOTIFICATIONS = 4000
LIMIT_S = 60.0


@dataclass
class Control:
    """The emulator's control API."""

    ready: dict[str, Any]
    camera: str = field(init=False)

    def __post_init__(self) -> None:
        self.camera = self.ready["cameras"][0]["id"]

    @property
    def adapter(self) -> str:
        adapter: str = self.ready["air"]["adapter"]
        return adapter

    async def post(self, path: str, body: dict[str, Any]) -> None:
        await asyncio.to_thread(self._post, path, body)

    def _post(self, path: str, body: dict[str, Any]) -> None:
        control = self.ready["control"]
        request = urllib.request.Request(
            f"{control['url']}/v1/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {control['token']}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request).close()

    async def of_camera(self, what: str, **body: Any) -> None:
        await self.post(f"cameras/{self.camera}/{what}", body)

    async def fault(self, spec: str) -> None:
        await self.post("faults", {"spec": spec})

    async def join(self, network: Any, *, timeout_s: float = 60.0) -> Any:
        """Be the way onto the camera's network that a road takes."""
        from remotelens.errors import WifiJoinFailed
        from remotelens.transport.join.joiner import JoinedByOthers

        del timeout_s
        try:
            await self.of_camera("join", ssid=network.ssid, key=network.key)
        except urllib.error.HTTPError as error:
            raise WifiJoinFailed(f"the network did not let us in: {error}") from error
        return JoinedByOthers()


@contextmanager
def emulator() -> Iterator[Control]:
    """Run a camera behind Bluetooth in a process of its own, in real time."""
    words = ["run", "--ble", "--json", "--still-scale", "8", "--no-ssdp", "--seed", str(os.getpid())]
    with subprocess.Popen(
        [sys.executable, "-m", "emulator", *words], stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout is not None
        try:
            yield Control(json.loads(one.stdout.readline()))
        finally:
            one.terminate()


@contextmanager
def own_state() -> Iterator[None]:
    """Keep bonds and keys in a folder of this run's own."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("REMOTELENS_STATE_DIR")
        os.environ["REMOTELENS_STATE_DIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["REMOTELENS_STATE_DIR"]
            else:
                os.environ["REMOTELENS_STATE_DIR"] = before


def road_to(control: Control, observer: Callable[[Any], None], *, again: bool = False) -> Any:
    """Return the road to the camera."""
    from remotelens.link.road import Road
    from remotelens.link.stages import Route
    from remotelens.link.target import BleTarget

    host, _, port = control.ready["ssdp"]["unicast"].rpartition(":")
    route = Route(
        target=BleTarget(control.ready["cameras"][0]["ble"]["address"]),
        ble_adapter=control.adapter,
        join="system",
        ask=((host, int(port)),),
        multicast=False,
        again=again,
    )
    return Road(route, observer=observer, way_to_join=control)


# the road by stage


async def walk_once(*, bonded: bool) -> dict[str, float]:
    """Return the seconds of each stage, from a camera that sleeps to one that is ready."""
    taken: dict[str, float] = {}
    with own_state(), emulator() as control:
        if bonded:
            async with road_to(control, lambda _: None) as road:
                await road.walk()
            await control.of_camera("power", on=False)
            await control.of_camera("power", on=True)
        started = time.perf_counter()
        async with road_to(control, lambda record: taken.__setitem__(record.name, record.seconds)) as road:
            await road.walk()
        taken["all"] = time.perf_counter() - started
    return taken


def measure_road() -> None:
    """Tell each stage with and without a bond."""
    for bonded in (False, True):
        walks = [asyncio.run(walk_once(bonded=bonded)) for _ in range(ROUNDS)]
        figures = [Figure(name, "s", tuple(walk[name] for walk in walks)) for name in walks[0]]
        how = "the bond there is, camera on" if bonded else "a new bond, camera asleep"
        tell(f"From 'camera appears' to 'ready' with {how}", figures)


# recovery by fault


@asynccontextmanager
async def held(control: Control) -> AsyncIterator[Any]:
    """Keep the camera's link as `status --watch` does."""
    from remotelens.link.supervisor import Supervisor

    async with road_to(control, lambda _: None) as road:
        supervisor = Supervisor(road)
        running = asyncio.create_task(supervisor.run())
        try:
            await supervisor.ready()
            yield supervisor
        finally:
            running.cancel()
            await asyncio.wait([running])


Fault = Callable[[Control], Awaitable[float | None]]
"""Lets something happen; returns when it began to be over, None for the moment in which it was noticed."""


async def power_cycle(control: Control) -> float:
    await control.of_camera("power", on=False)
    await asyncio.sleep(2.0)
    pressed = time.perf_counter()
    await control.of_camera("power", on=True)
    return pressed


async def battery_swap(control: Control) -> float:
    await control.fault("ble:unlink,count=1")
    await asyncio.sleep(1.5)
    return await power_cycle(control)


FAULTS: dict[str, Fault] = {
    "power off for 2 s, and on": power_cycle,
    "battery swapped without a goodbye": battery_swap,
    "another address": lambda control: control.fault("wifi:address,count=1"),
    "another key": lambda control: control.fault("wifi:key,count=1"),
    "thrown off its network": lambda control: control.of_camera("leave"),
}


async def recover_once(fault: Fault) -> float:
    """Return the seconds from the end of a fault to a camera that is ready again."""
    from remotelens.link.status import LinkState

    with own_state(), emulator() as control:
        async with asyncio.timeout(LIMIT_S), held(control) as supervisor:
            lost = asyncio.Event()
            ready_at: asyncio.Queue[float] = asyncio.Queue()

            async def watch() -> None:
                async for status in supervisor.subscribe():
                    if status.state is LinkState.READY:
                        ready_at.put_nowait(time.perf_counter())
                    else:
                        lost.set()

            watching = asyncio.create_task(watch())
            over = await fault(control)
            await lost.wait()
            over = over or time.perf_counter()
            while (at := await ready_at.get()) < over:
                pass
            watching.cancel()
            return at - over


def measure_recovery() -> None:
    """Tell how long each fault is felt after it is over, and at worst."""
    figures = []
    for name, fault in FAULTS.items():
        rounds = tuple(asyncio.run(recover_once(fault)) for _ in range(RECOVERIES))
        figures.append(Figure(name, "s", rounds))
    tell("Recovery: from a camera that is able again to 'ready' (median [best .. worst])", figures)


# throughput


@asynccontextmanager
async def linked_pair() -> AsyncIterator[tuple[Any, Any]]:
    """Give an emulated camera in this process and a bonded link to it."""
    from emulator.rack import Emulator
    from remotelens.link.ble_find import find_one
    from remotelens.link.pair import pair
    from remotelens.transport.ble.adapter import Adapter
    from remotelens.transport.ble.bonds import BondBook

    with own_state():
        async with Emulator(ble=True, control=False, clock="scaled:20") as rack:
            assert rack.air is not None
            adapter = Adapter.parse(rack.air.adapter)
            camera = await find_one(adapter, rack.cameras[0].radio().address)
            async with await pair(camera, adapter, BondBook()) as link:
                yield rack.cameras[0], link


async def flood(body: Any, number: int) -> None:
    """Have the camera notify its battery so many times."""
    for index in range(number):
        body.battery_ratio = 0.25 + 0.5 * (index % 2)
        if index % 16 == 0:
            await asyncio.sleep(0)


async def notifications_of_ours() -> float:
    """Return how many notifications a second arrive at our client."""
    from remotelens.protocol.ble import uuids

    async with linked_pair() as (device, link), link.gatt.notifications(uuids.BATTERY) as heard:
        started = time.perf_counter()
        flooding = asyncio.create_task(flood(device.body, NOTIFICATIONS))
        await heard.next()
        arrived, ended = 1, started
        with contextlib.suppress(TimeoutError):
            while arrived < NOTIFICATIONS - 1:
                async with asyncio.timeout(1.0):
                    await heard.next()
                arrived, ended = arrived + 1, time.perf_counter()
        await flooding
        return arrived / (ended - started)


async def notifications_of_bumble() -> float:
    """Return how many notifications a second arrive at Bumble's own client, on the same connection."""
    from bumble.core import UUID

    async with linked_pair() as (device, link):
        connection = link.gatt._client._backend._link.connection  # noqa: SLF001 - the floor is what is below us
        proxy = connection.gatt_client.get_characteristics_by_uuid(UUID.from_16_bits(0xCC10))[0]
        arrived, last = 0, 0.0
        done = asyncio.Event()

        def take(_: object) -> None:
            nonlocal arrived, last
            arrived += 1
            last = time.perf_counter()
            if arrived >= NOTIFICATIONS - 1:
                done.set()

        await proxy.subscribe(take)
        started = time.perf_counter()
        flooding = asyncio.create_task(flood(device.body, NOTIFICATIONS))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(20):
                await done.wait()
        await flooding
        return arrived / (last - started)


async def reads(*, floor: bool) -> list[float]:
    """Return the milliseconds of each read of one value."""
    from bumble.core import UUID

    from remotelens.protocol.ble import uuids

    taken: list[float] = []
    async with linked_pair() as (_, link):
        connection = link.gatt._client._backend._link.connection  # noqa: SLF001 - the floor is what is below us
        proxy = connection.gatt_client.get_characteristics_by_uuid(UUID.from_16_bits(0xCC0B))[0]
        for _ in range(READS):
            started = time.perf_counter()
            if floor:
                await proxy.read_value()
            else:
                await link.gatt.read(uuids.MODEL)
            taken.append(1000 * (time.perf_counter() - started))
    return taken


def measure_throughput() -> None:
    """Tell notifications a second and the time of a read, ours against Bumble alone."""
    rates = {"Bumble alone": notifications_of_bumble, "remotelens": notifications_of_ours}
    taken: dict[str, list[float]] = defaultdict(list)
    spans: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, way in rates.items():
            taken[name].append(asyncio.run(way()))
        for name in rates:
            cuts = statistics.quantiles(asyncio.run(reads(floor=name == "Bumble alone")), n=100)
            spans[name, "p50"].append(cuts[49])
            spans[name, "p99"].append(cuts[98])
    tell(
        "Notifications a second, camera and client in one process",
        [Figure(name, "1/s", tuple(values)) for name, values in taken.items()],
        "Bumble alone",
    )
    for cut in ("p50", "p99"):
        figures = [Figure(name, "ms", tuple(spans[name, cut])) for name in rates]
        tell(f"One read of an encrypted value, {cut}", figures, "Bumble alone")


def measure_shares() -> None:
    """Tell whose code the time of reads is spent in, camera's side included."""
    profile = cProfile.Profile()
    profile.enable()
    asyncio.run(reads(floor=False))
    profile.disable()
    spent: dict[str, float] = defaultdict(float)
    for (file, _, _), (_, _, own_s, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined] # theirs
        spent[_owner(file)] += own_s
    whole = sum(spent.values())
    tell(
        "Whose code the time of reads is spent in (profiled)",
        [
            Figure(name, "%", (100 * value / whole,))
            for name, value in sorted(spent.items(), key=lambda item: -item[1])
        ],
    )


def _owner(file: str) -> str:
    parts = Path(file).parts
    for name in ("bumble", "bleak", "remotelens", "emulator"):
        if name in parts:
            return {"remotelens": "our client", "emulator": "our emulator"}.get(name, name)
    return "Python and asyncio"


def main() -> None:
    """Measure all of it."""
    measure_road()
    measure_recovery()
    measure_throughput()
    measure_shares()
