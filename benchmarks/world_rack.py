"""Cameras in a process of their own: ``python -m benchmarks.world_rack SCENE MODEL COUNT``.

Prints where they are as one line of JSON; for each line read, one with what it has used and how late its
event loop was since the last.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from emulator.rack import Emulator
from emulator.serve import keep_what_is_there

BEAT_S = 0.005


async def serve(scene: str, model: str, count: int) -> None:
    """Serve until the input ends."""
    async with Emulator([model], count=count, scene=scene, control=False) as emulator:
        keep_what_is_there()
        _tell([camera.description_url for camera in emulator.cameras])
        late = _Late()
        beating = asyncio.create_task(late.beat())
        while await asyncio.to_thread(sys.stdin.readline):
            used = {"cpu_s": time.process_time(), "resident_mb": _resident_mb(), "late_ms": late.worst_ms}
            late.worst_ms = 0.0
            _tell(used)
        beating.cancel()


class _Late:
    """How late the loop comes to a beat, at worst."""

    def __init__(self) -> None:
        self.worst_ms = 0.0

    async def beat(self) -> None:
        """Measure for ever."""
        while True:
            due = time.perf_counter() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self.worst_ms = max(self.worst_ms, 1000 * (time.perf_counter() - due))


def _resident_mb() -> float:
    """Memory of this process now; 0 where the system does not tell it this way."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
