"""A camera that answers at once and does as it is told, and a clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from remotelens.camera.frame import Frame, Mailbox
from remotelens.camera.live_view import LiveView
from remotelens.camera.shot import Shot, ShotFile
from remotelens.camera.state import CameraState, Setting, Value
from remotelens.camera.store import StateStore
from remotelens.errors import RemoteLensError
from tests.remotelens.bridge.states import IDLE_QX10

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class StandingClock:
    """A clock that moves when told; its time limits end when told."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.limits: list[asyncio.Timeout] = []

    def monotonic(self) -> float:
        return self.now_s

    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        limit = asyncio.timeout(None)
        self.limits.append(limit)
        return limit


class StandInView:
    """A live view whose frames are given by hand; an async context manager and iterator as the real one."""

    def __init__(self, refusal: RemoteLensError | None = None) -> None:
        self.refusal = refusal
        self.mailbox = Mailbox()
        self.open = False
        self.closed = asyncio.Event()

    async def __aenter__(self) -> StandInView:
        if self.refusal is not None:
            raise self.refusal
        self.open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.open = False
        self.closed.set()

    async def __aiter__(self) -> AsyncIterator[Frame]:
        while (frame := await self.mailbox.take()) is not None:
            yield frame

    def show(self, jpeg: bytes) -> None:
        """Have the camera send an image."""
        self.mailbox.put(Frame(jpeg, 0, 0, 0.0))


@dataclass
class StandIn:
    """One camera; `hold` keeps captures and changes waiting, `fail` makes the next thing go wrong."""

    name: str = "qx"
    first: CameraState = IDLE_QX10
    hold: asyncio.Event | None = None
    fail: RemoteLensError | None = None
    captures: list[tuple[str, bool]] = field(default_factory=list)
    changes: list[tuple[str, Value]] = field(default_factory=list)
    view: StandInView = field(default_factory=StandInView)

    def __post_init__(self) -> None:
        self.store = StateStore(self.first)

    @property
    def state(self) -> CameraState:
        return self.store.state

    def become(self, **more: object) -> None:
        """Have the camera tell another state."""
        self.store.put(replace(self.state, **more))  # type: ignore[arg-type]  # the tests name real fields

    def subscribe(self) -> AsyncIterator[CameraState]:
        return self.store.subscribe()

    async def capture(self, *, size: str, half_press: bool) -> Shot:
        self.captures.append((size, half_press))
        if self.hold is not None:
            await self.hold.wait()
        self._fail()
        return shot(len(self.captures))

    async def set(self, name: str, value: Value) -> Setting:
        self.changes.append((name, value))
        if self.hold is not None:
            await self.hold.wait()
        self._fail()
        return Setting(value, (value,), True)

    def live_view(self) -> LiveView:
        return cast("LiveView", self.view)

    def _fail(self) -> None:
        failure, self.fail = self.fail, None
        if failure is not None:
            raise failure


def shot(number: int = 1) -> Shot:
    """Return the proof of a capture."""
    return Shot(
        id=f"shot-{number}",
        camera="qx",
        files=(ShotFile(f"http://127.0.0.1/{number}.JPG", "original"),),
        on_card=True,
        clock_trusted=True,
        requested=MappingProxyType({"iso": "100"}),
        asked_at=NOW,
        answered_s=0.5,
    )
