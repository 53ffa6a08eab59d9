"""A real `Camera` on an emulated one, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from emulator.device import Device
from emulator.faults.rules import parse_rule
from emulator.rack import Emulator
from remotelens.camera.camera import Camera
from remotelens.camera.connect import connect
from remotelens.clock import REAL_CLOCK, Clock

MODELS = ("DSC-QX10@3.00", "ILCE-QX1@1.10")


@dataclass
class Pair:
    """A camera as its client sees it, and as it is."""

    camera: Camera
    device: Device
    emulator: Emulator

    def fault(self, rule: str) -> None:
        """Put a fault to work, as on the emulator's command line."""
        self.emulator.faults.add(parse_rule(rule))

    def calls(self, method: str) -> int:
        """How often the emulated camera was asked for a method."""
        return self.emulator.journal.count(method)


@asynccontextmanager
async def emulated(
    model: str,
    *,
    still_scale: int = 8,
    faults: Sequence[str] = (),
    speed: float = 20,
    clock: Clock = REAL_CLOCK,
) -> AsyncIterator[Pair]:
    """One emulated camera, reached by `connect`.

    Args:
        model: its profile.
        still_scale: divides the sides of its pictures, for tests in which their size means nothing.
        faults: rules that are at work from the start.
        speed: how much faster than ours its time runs.
        clock: the client's.
    """
    async with Emulator(
        models=[model], still_scale=still_scale, clock=f"scaled:{speed}", control=False
    ) as emulator:
        device = emulator.cameras[0]
        async with connect(device.description_url, clock=clock) as camera:
            pair = Pair(camera, device, emulator)
            for rule in faults:
                pair.fault(rule)
            yield pair
