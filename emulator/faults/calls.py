"""Faults of calls: they fail, hang, take long, lose their answer; events that are lost or told twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from emulator.clock import Clock, timeout
from emulator.faults.engine import FaultEngine, Strike
from emulator.faults.freeze import Freeze
from emulator.faults.outlet import Cut
from remotelens.protocol.wifi.codes import ApiError
from remotelens.protocol.wifi.rpc import Request, RpcFailure

LONG_POLL = "getEvent"
AWAIT = "awaitTakePicture"
AWAIT_LIMIT_S = 20.0
"""How long one wait for a capture lasts before it is told to wait again. Source: protocol/wifi.md 7.2."""

_KINDS = frozenset({"error", "busy", "long", "hang", "lost", "missing", "repeat"})

Reply = TypeVar("Reply")


class Caller(Protocol[Reply]):
    """What answers calls."""

    async def call(self, service: str, request: Request) -> Reply:
        """Answer one call."""
        ...

    def written(self, reply: Reply) -> None:
        """Learn that the answer has left."""
        ...


class Superseded(Exception):
    """Nobody waits for this capture any more."""


class LongCapture:
    """A capture whose answer comes late: one a camera, whichever client asks for it.

    Args:
        clock: the camera's time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._work: asyncio.Task[Any] | None = None

    @property
    def running(self) -> bool:
        """There is one to wait for."""
        return self._work is not None

    def begin(self, capture: Awaitable[Any], seconds: float) -> None:
        """Let a capture go on by itself, and its answer wait for at least so long."""
        self.cancel()
        self._work = asyncio.ensure_future(self._late(capture, seconds))

    async def result(self) -> Any:
        """Return its answer, once.

        Raises:
            TimeoutError: not within the time one wait lasts.
            Superseded: a newer capture has taken its place.
        """
        work = self._work
        assert work is not None
        async with timeout(self._clock, AWAIT_LIMIT_S):
            await asyncio.wait([work])
        if work.cancelled():
            raise Superseded
        if self._work is work:
            self._work = None
        return work.result()

    def cancel(self) -> None:
        """Nobody will ask any more."""
        if self._work is not None:
            self._work.cancel()
            self._work = None

    async def _late(self, capture: Awaitable[Any], seconds: float) -> Any:
        until_s = self._clock.monotonic() + seconds
        reply = await capture
        await self._clock.sleep(max(0.0, until_s - self._clock.monotonic()))
        return reply


class CallFaults:
    """What the calls of one camera may meet, beside the rules.

    Args:
        clock: the camera's time.
        freeze: whether its firmware hangs.
        befall: told of each call before it is carried out: things may happen to the camera then.
    """

    def __init__(self, clock: Clock, freeze: Freeze, befall: Callable[[str], Awaitable[None]]) -> None:
        self.freeze = freeze
        self.befall = befall
        self.late = LongCapture(clock)


class FaultyCaller(Generic[Reply]):
    """Answers some calls of one client in its own way, and leaves the rest to the camera.

    Args:
        inner: the camera.
        engine: the rules.
        camera: the camera's id.
        refuse: makes a reply of a failure.
        gone: set when the client has gone.
        faults: what is the same for every client of the camera.
        readdress: makes the reply to one call the reply to another.
    """

    def __init__(
        self,
        inner: Caller[Reply],
        engine: FaultEngine,
        camera: str,
        refuse: Callable[[RpcFailure], Reply],
        gone: asyncio.Event,
        faults: CallFaults | None = None,
        readdress: Callable[[Reply, Request], Reply] = lambda reply, _request: reply,
    ) -> None:
        self._inner = inner
        self._engine = engine
        self._camera = camera
        self._refuse = refuse
        self._gone = gone
        self._faults = faults
        self._readdress = readdress
        self._untold: list[Reply] = []

    async def call(self, service: str, request: Request) -> Reply:
        """Answer one call, or fail it, or leave the client waiting."""
        faults = self._faults
        wanted = f"{service}.{request.method}"
        if faults is not None and not self._engine.idle:
            await faults.befall(wanted)
        if faults is not None and faults.freeze.on:
            await faults.freeze.wait(self._gone)
        if faults is not None and faults.late.running and request.method == AWAIT:
            return await self._await_late(faults.late, request)
        for channel in ("event", "rpc") if request.method == LONG_POLL else ("rpc",):
            for strike in self._engine.strikes(channel, self._camera, wanted, _KINDS):
                return await self._struck(strike, service, request)
        return await self._inner.call(service, request)

    def written(self, reply: Reply) -> None:
        """Tell the camera, unless it is to tell the same again."""
        if any(reply is one for one in self._untold):
            self._untold.clear()
        else:
            self._inner.written(reply)

    async def _struck(self, strike: Strike, service: str, request: Request) -> Reply:
        match strike.rule.kind:
            case "error":
                return self._fail(request, int(strike.rule.value))
            case "busy":
                return self._fail(request, ApiError.CAMERA_NOT_READY)
            case "hang":
                await self._gone.wait()
                raise Cut("a fault rule let the client wait until it went")
            case "lost":
                await self._inner.call(service, request)
                raise Cut("a fault rule lost the answer")
            case "long":
                if self._faults is None:
                    return await self._inner.call(service, request)
                self._faults.late.begin(self._inner.call(service, request), strike.rule.value)
                return self._fail(request, ApiError.STILL_CAPTURING_NOT_FINISHED)
            case kind:
                return await self._poll(kind, service, request)

    async def _poll(self, kind: str, service: str, request: Request) -> Reply:
        """Lose an event, or tell one that will be told again; asking for the state does neither."""
        reply = await self._inner.call(service, request)
        if request.params[:1] != [True]:
            return reply
        if kind == "repeat":
            self._untold = [reply]
            return reply
        self._inner.written(reply)
        return await self._inner.call(service, request)

    async def _await_late(self, late: LongCapture, request: Request) -> Reply:
        try:
            return self._readdress(await late.result(), request)
        except TimeoutError:
            return self._fail(request, ApiError.STILL_CAPTURING_NOT_FINISHED)
        except Superseded:
            return self._fail(request, ApiError.ALREADY_RUNNING_POLLING)

    def _fail(self, request: Request, code: int) -> Reply:
        return self._refuse(RpcFailure(request.id, int(code), text_of(code)))


def text_of(code: int) -> str:
    """Return words for an error number, as a camera of the newer kind has them."""
    known = {item.value: item.name for item in ApiError}
    return known.get(code, "Unknown").replace("_", " ").title()
