"""Sessions with an emulated camera, over real sockets and in virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from emulator.clock import ScaledClock
from emulator.device import Device
from emulator.faults.rules import parse_rule
from emulator.rack import Emulator
from remotelens.clock import LoopClock
from remotelens.sessions.records import Done, Record
from remotelens.sessions.runner import Finish
from remotelens.sessions.shooting import Way, begin, resume
from remotelens.sessions.store import SessionPlace
from tests.remotelens.sessions.scripted import EPOCH

PLAN = (
    "version: 1\nname: three\nsteps:\n  - set: {exposure_mode: Program Auto}\n"
    "  - interval: {every: 10s, count: 3}\n  - set: {self_timer: 2}\n"
)
QX1, QX10 = "ILCE-QX1@1.10", "DSC-QX10@3.00"


@dataclass
class Scene:
    """An emulated camera, and the sessions shot with it."""

    emulator: Emulator
    clock: LoopClock
    folder: Path

    @property
    def device(self) -> Device:
        return self.emulator.cameras[0]

    async def begin(self, plan: str = PLAN) -> SessionPlace:
        way = Way(self.device.description_url)
        place, finish = await begin(plan, file="p.yaml", folder=self.folder, way=way, clock=self.clock)
        assert finish is Finish.COMPLETE
        return place

    async def resume(self, place: SessionPlace) -> list[Record]:
        told: list[Record] = []
        way = Way(self.device.description_url)
        _, finish = await resume(place, way=way, clock=self.clock, tell=told.append)
        assert finish is Finish.COMPLETE
        return told

    def fault(self, rule: str) -> None:
        self.emulator.faults.add(parse_rule(rule))

    def break_fetching(self, *, after: int = 0) -> None:
        self.fault(f"contents:reset,after={after}")

    def taken_at(self) -> list[str]:
        """Return when the camera took its pictures, as their EXIF has it."""
        return [f"{entry.created:%Y:%m:%d %H:%M:%S}" for entry in self.device.body.contents.entries()]


@asynccontextmanager
async def stage(model: str, folder: Path) -> AsyncIterator[Scene]:
    clock = LoopClock(EPOCH)
    follows = ScaledClock(1.0, epoch=clock.now())
    async with Emulator([model], clock=follows, scene="chart", still_scale=16, control=False) as emulator:
        yield Scene(emulator, clock, folder)


def outcomes(told: list[Record]) -> dict[int, str]:
    return {record.n: record.outcome for record in told if isinstance(record, Done)}
