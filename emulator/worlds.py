"""A world to rehearse in: what the client finds in the entry-point group `remotelens.worlds`.

It shares the client's event loop and follows its time, virtual or not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from emulator.clock import ScaledClock
from emulator.rack import Emulator

STILL_SCALE = 16
CARD_BYTES = 512e9
"""Pictures count as large as they really are, and no plan fills this one."""

STILL_SCENE = "chart"
"""Nothing moves in it, so light meter and autofocus need not look again."""


class TellsTime(Protocol):
    """The client's clock."""

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        ...


@asynccontextmanager
async def make(
    models: Sequence[str], scene: str | None, seed: int, clock: TellsTime
) -> AsyncIterator[Sequence[str]]:
    """Run cameras with small pictures in the running loop, and give their description URLs.

    Raises:
        InvalidValue: there is no such model or scene.
    """
    follows = ScaledClock(1.0, epoch=clock.now())
    async with Emulator(
        models,
        clock=follows,
        scene=scene or STILL_SCENE,
        seed=seed,
        still_scale=STILL_SCALE,
        control=False,
    ) as emulator:
        for camera in emulator.cameras:
            emulator.hands.card(camera, capacity_bytes=CARD_BYTES)
        yield [camera.description_url for camera in emulator.cameras]
