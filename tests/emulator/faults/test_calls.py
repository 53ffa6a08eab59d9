import asyncio

import pytest

from emulator.clock import VirtualClock
from emulator.faults.calls import CallFaults, FaultyCaller
from emulator.faults.engine import FaultEngine
from emulator.faults.freeze import Freeze
from emulator.faults.outlet import Cut
from emulator.faults.rules import parse_rule
from emulator.journal import Journal
from remotelens.protocol.wifi.rpc import Request, RpcFailure, RpcResult

Answer = RpcResult | RpcFailure
POLL = Request("getEvent", [True], id=5)


class Healthy:
    """A camera that does everything it is asked."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.told: list[Answer] = []

    async def call(self, service: str, request: Request) -> Answer:
        self.called.append(f"{service}.{request.method}")
        return RpcResult(request.id, [len(self.called)])

    def written(self, reply: Answer) -> None:
        self.told.append(reply)


class Rig:
    """One camera with rules, and what befalls it."""

    def __init__(self, *specs: str) -> None:
        self.clock = VirtualClock()
        self.engine = FaultEngine(self.clock, Journal(self.clock))
        for spec in specs:
            self.engine.add(parse_rule(spec))
        self.healthy = Healthy()
        self.befallen: list[str] = []
        self.freeze = Freeze(self.clock)
        self.faults = CallFaults(self.clock, self.freeze, self._befall)
        self.gone = asyncio.Event()

    async def _befall(self, wanted: str) -> None:
        self.befallen.append(wanted)

    def caller(self) -> FaultyCaller[Answer]:
        def readdress(reply: Answer, request: Request) -> Answer:
            assert isinstance(reply, RpcResult)
            return RpcResult(request.id, reply.values)

        return FaultyCaller(
            self.healthy, self.engine, "qx10-1", lambda failure: failure, self.gone, self.faults, readdress
        )


def faulty(healthy: Healthy, gone: asyncio.Event, *specs: str) -> FaultyCaller[Answer]:
    return FaultyCaller(healthy, Rig(*specs).engine, "qx10-1", lambda failure: failure, gone)


async def test_a_failing_call_does_not_reach_the_camera() -> None:
    healthy = Healthy()
    caller = faulty(healthy, asyncio.Event(), "rpc:error=40401,match=actTakePicture,count=1")
    failed = await caller.call("camera", Request("actTakePicture", id=9))
    assert failed == RpcFailure(9, 40_401, "Camera Not Ready")
    assert await caller.call("camera", Request("actTakePicture", id=10)) == RpcResult(10, [1])
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


async def test_a_busy_camera_carries_nothing_out() -> None:
    rig = Rig("rpc:busy,count=2,match=actTakePicture")
    caller = rig.caller()
    for _ in range(2):
        answer = await caller.call("camera", Request("actTakePicture", id=3))
        assert answer == RpcFailure(3, 40_401, "Camera Not Ready")
    assert rig.healthy.called == []
    assert isinstance(await caller.call("camera", Request("actTakePicture")), RpcResult)


async def test_a_lost_answer_is_that_of_a_call_that_was_carried_out() -> None:
    rig = Rig("rpc:lost")
    with pytest.raises(Cut):
        await rig.caller().call("camera", Request("actTakePicture"))
    assert rig.healthy.called == ["camera.actTakePicture"]


async def test_a_long_capture_is_waited_for_by_whoever_asks_for_it() -> None:
    rig = Rig("rpc:long=30,match=actTakePicture")
    first = await rig.caller().call("camera", Request("actTakePicture", id=1))
    assert isinstance(first, RpcFailure)
    assert first.code == 40_403
    waiting = asyncio.create_task(rig.caller().call("camera", Request("awaitTakePicture", id=2)))
    await rig.clock.advance(25)
    second = await waiting
    assert isinstance(second, RpcFailure)
    assert second.code == 40_403
    waiting = asyncio.create_task(rig.caller().call("camera", Request("awaitTakePicture", id=3)))
    await rig.clock.advance(10)
    assert await waiting == RpcResult(3, [1])
    assert rig.healthy.called == ["camera.actTakePicture"]


async def test_who_waits_for_a_long_capture_is_told_when_a_newer_one_takes_its_place() -> None:
    rig = Rig("rpc:long=30,match=actTakePicture")
    await rig.caller().call("camera", Request("actTakePicture", id=1))
    waiting = asyncio.create_task(rig.caller().call("camera", Request("awaitTakePicture", id=2)))
    await rig.clock.advance(5)
    await rig.caller().call("camera", Request("actTakePicture", id=3))
    older = await waiting
    assert isinstance(older, RpcFailure)
    assert (older.id, older.code) == (2, 40_402)
    await rig.clock.advance(29)
    waiting = asyncio.create_task(rig.caller().call("camera", Request("awaitTakePicture", id=4)))
    await rig.clock.advance(2)
    assert await waiting == RpcResult(4, [2])


async def test_a_missing_event_is_told_to_nobody() -> None:
    rig = Rig("event:missing,count=1")
    reply = await rig.caller().call("camera", POLL)
    assert reply == RpcResult(5, [2])
    assert rig.healthy.told == [RpcResult(5, [1])]


async def test_a_repeated_event_stays_untold_once() -> None:
    rig = Rig("event:repeat,count=1")
    caller = rig.caller()
    reply = await caller.call("camera", POLL)
    caller.written(reply)
    assert rig.healthy.told == []
    again = await caller.call("camera", POLL)
    caller.written(again)
    assert rig.healthy.told == [again]


async def test_asking_for_the_state_loses_no_event() -> None:
    rig = Rig("event:missing")
    assert await rig.caller().call("camera", Request("getEvent", [False])) == RpcResult(1, [1])
    assert rig.healthy.told == []


async def test_a_frozen_firmware_carries_nothing_out_until_it_thaws() -> None:
    rig = Rig()
    rig.freeze.begin(10)
    calling = asyncio.create_task(rig.caller().call("camera", Request("getVersions")))
    await rig.clock.advance(9)
    assert rig.healthy.called == []
    await rig.clock.advance(2)
    assert isinstance(await calling, RpcResult)


async def test_things_befall_the_camera_at_a_call() -> None:
    rig = Rig("card:full,match=actTakePicture")
    await rig.caller().call("camera", Request("actTakePicture"))
    assert rig.befallen == ["camera.actTakePicture"]
