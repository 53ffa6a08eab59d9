import asyncio

import pytest

from emulator.clock import VirtualClock
from emulator.faults.engine import FaultEngine
from emulator.faults.network import Cut
from emulator.faults.rules import parse_rule
from emulator.faults.semantic import FaultyAdvertiser, FaultyCaller
from emulator.journal import Journal
from remotelens.protocol.wifi.rpc import Request, RpcFailure, RpcResult
from remotelens.protocol.wifi.ssdp import SearchRequest

Answer = RpcResult | RpcFailure


class Healthy:
    """A camera that does everything it is asked."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.told: list[Answer] = []
        self.name = "qx10-1"

    async def call(self, service: str, request: Request) -> Answer:
        self.called.append(f"{service}.{request.method}")
        return RpcResult(request.id, [0])

    def written(self, reply: Answer) -> None:
        self.told.append(reply)

    def answers(self, search: SearchRequest) -> list[bytes]:
        return [b"here"]


def engine(*specs: str) -> FaultEngine:
    clock = VirtualClock()
    engine = FaultEngine(clock, Journal(clock))
    for spec in specs:
        engine.add(parse_rule(spec))
    return engine


def faulty(healthy: Healthy, gone: asyncio.Event, *specs: str) -> FaultyCaller[Answer]:
    return FaultyCaller(healthy, engine(*specs), "qx10-1", lambda failure: failure, gone)


async def test_a_failing_call_does_not_reach_the_camera() -> None:
    healthy = Healthy()
    caller = faulty(healthy, asyncio.Event(), "rpc:error=40401,match=actTakePicture,count=1")
    failed = await caller.call("camera", Request("actTakePicture", id=9))
    assert failed == RpcFailure(9, 40_401, "Camera Not Ready")
    assert await caller.call("camera", Request("actTakePicture", id=10)) == RpcResult(10, [0])
    assert healthy.called == ["camera.actTakePicture"]


async def test_a_hanging_call_waits_until_its_client_goes() -> None:
    healthy, gone = Healthy(), asyncio.Event()
    calling = asyncio.create_task(faulty(healthy, gone, "rpc:hang").call("camera", Request("getVersions")))
    gone.set()
    with pytest.raises(Cut):
        await calling
    assert healthy.called == []


async def test_faults_of_the_long_poll_strike_nothing_else() -> None:
    caller = faulty(Healthy(), asyncio.Event(), "event:error=1")
    assert isinstance(await caller.call("camera", Request("getVersions")), RpcResult)
    assert isinstance(await caller.call("camera", Request("getEvent")), RpcFailure)


async def test_the_camera_learns_which_answers_have_left() -> None:
    healthy = Healthy()
    caller = faulty(healthy, asyncio.Event())
    reply = await caller.call("camera", Request("getEvent"))
    caller.written(reply)
    assert healthy.told == [reply]


def test_a_silent_camera_answers_no_search() -> None:
    camera = FaultyAdvertiser(Healthy(), engine("ssdp:silence,count=1"))
    search = SearchRequest("ssdp:all", 1, "ssdp:discover", "239.255.255.250:1900")
    assert camera.name == "qx10-1"
    assert [camera.answers(search) for _ in range(2)] == [[], [b"here"]]
