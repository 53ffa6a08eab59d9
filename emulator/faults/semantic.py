"""Faults of meaning: calls that fail or hang, searches that nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from emulator.faults.engine import FaultEngine
from emulator.faults.network import Cut
from remotelens.protocol.wifi.codes import ApiError
from remotelens.protocol.wifi.rpc import Request, RpcFailure
from remotelens.protocol.wifi.ssdp import SearchRequest

Reply = TypeVar("Reply")

_LONG_POLL = "getEvent"
_CALLS = frozenset({"error", "hang"})
_SEARCHES = frozenset({"silence"})


class Caller(Protocol[Reply]):
    """What answers calls."""

    async def call(self, service: str, request: Request) -> Reply:
        """Answer one call."""
        ...

    def written(self, reply: Reply) -> None:
        """Learn that the answer has left."""
        ...


class FaultyCaller(Generic[Reply]):
    """Answers some calls of one client in its own way, and leaves the rest to the camera.

    Args:
        inner: the camera.
        engine: the rules.
        camera: the camera's id.
        refuse: makes a reply of a failure.
        gone: set when the client has gone.
    """

    def __init__(
        self,
        inner: Caller[Reply],
        engine: FaultEngine,
        camera: str,
        refuse: Callable[[RpcFailure], Reply],
        gone: asyncio.Event,
    ) -> None:
        self._inner = inner
        self._engine = engine
        self._camera = camera
        self._refuse = refuse
        self._gone = gone

    async def call(self, service: str, request: Request) -> Reply:
        """Answer one call, or fail it, or leave the client waiting."""
        channels = ("event", "rpc") if request.method == _LONG_POLL else ("rpc",)
        wanted = f"{service}.{request.method}"
        for channel in channels:
            for strike in self._engine.strikes(channel, self._camera, wanted, _CALLS):
                if strike.rule.kind == "hang":
                    await self._gone.wait()
                    raise Cut("a fault rule let the client wait until it went")
                code = int(strike.rule.value)
                return self._refuse(RpcFailure(request.id, code, _text(code)))
        return await self._inner.call(service, request)

    def written(self, reply: Reply) -> None:
        """Tell the camera."""
        self._inner.written(reply)


class Advertiser(Protocol):
    """Something that can be found; see `emulator.wifi.ssdp`."""

    @property
    def name(self) -> str:
        """Who it is."""
        ...

    def answers(self, search: SearchRequest) -> list[bytes]:
        """Return the datagrams that answer a search."""
        ...


class FaultyAdvertiser:
    """Keeps silent when a rule says so.

    Args:
        inner: the camera.
        engine: the rules.
    """

    def __init__(self, inner: Advertiser, engine: FaultEngine) -> None:
        self._inner = inner
        self._engine = engine
        self.name = inner.name

    def answers(self, search: SearchRequest) -> list[bytes]:
        """Return the camera's answers, or none."""
        if self._engine.strikes("ssdp", self.name, search.st, _SEARCHES):
            return []
        return self._inner.answers(search)


def _text(code: int) -> str:
    """Return words for an error number, as a camera of the newer kind has them."""
    known = {item.value: item.name for item in ApiError}
    return known.get(code, "Unknown").replace("_", " ").title()
