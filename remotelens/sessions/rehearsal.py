"""A plan shot to its end in no time: the real client and real HTTP, an emulated camera, virtual time.

Client and camera live in one `VirtualLoop`; whoever calls this must run in one, or it lasts as the plan does.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from remotelens.clock import REAL_CLOCK, Clock, LoopClock
from remotelens.sessions.shooting import Way
from remotelens.sessions.worlds import find_world

DEFAULT_MODEL = "DSC-QX10"
_MEMORY = Path("/dev/shm")  # noqa: S108 - Linux keeps what is there in memory


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a plan is rehearsed with.

    Attributes:
        way: to the emulated camera.
        folder: where the pictures go.
        clock: the session's time.
    """

    way: Way
    folder: Path
    clock: Clock


@asynccontextmanager
async def rehearsal(
    *, model: str = DEFAULT_MODEL, scene: str | None = None, seed: int = 0, folder: Path | None = None
) -> AsyncIterator[Rehearsal]:
    """Have an emulated camera to rehearse with while the block runs.

    Args:
        model: MODEL or MODEL@FIRMWARE.
        scene: what it looks at; one in which nothing moves when not given, which is fastest.
        seed: the same seed, the same pictures.
        folder: where pictures and journal go; by default they are gone after the block.

    Raises:
        MissingComponent: no emulator is installed.
        InputError: there is no such model or scene.
    """
    make = find_world()
    clock = LoopClock(REAL_CLOCK.now())
    kept: Path = await asyncio.to_thread(_temporary) if folder is None else folder
    try:
        async with make([model], scene, seed, clock) as urls:
            yield Rehearsal(Way(camera=urls[0]), kept, clock)
    finally:
        if folder is None:
            await asyncio.to_thread(shutil.rmtree, kept, ignore_errors=True)


def _temporary() -> Path:
    """Return a new folder, in memory where the system has one: each picture and record is written through."""
    inside = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="remotelens-rehearsal-", dir=inside))
