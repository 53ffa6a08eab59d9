"""Faults of single live view frames: left out, damaged in the picture, damaged in the header."""

from __future__ import annotations

import random

from emulator.faults.engine import FaultEngine
from emulator.faults.outlet import Outlet

_KINDS = frozenset({"drop", "garble", "headless"})
_DAMAGE_BYTES = 32
_LEAD_BYTES = 8
"""Start byte, type, number and time of the common header, which the payload header follows."""


class Frames:
    """An outlet in which each call of `body` is a frame: header and picture by turns.

    Rules that come while the stream runs count, too.
    """

    __slots__ = ("_camera", "_engine", "_inner", "_wanted", "end", "half_close", "head", "reset")

    def __init__(self, inner: Outlet, engine: FaultEngine, camera: str, wanted: str) -> None:
        self._inner = inner
        self._engine = engine
        self._camera = camera
        self._wanted = wanted
        self.head = inner.head
        self.end = inner.end
        self.reset = inner.reset
        self.half_close = inner.half_close

    async def body(self, *pieces: bytes) -> None:
        """Send a frame, or what has become of it."""
        if not self._engine.idle:
            parts = list(pieces)
            for strike in self._engine.strikes("liveview", self._camera, self._wanted, _KINDS):
                if strike.rule.kind == "drop":
                    return
                at = -1 if strike.rule.kind == "garble" else -2
                if len(parts) >= -at:
                    parts[at] = _damaged(parts[at], strike.dice)
            pieces = tuple(parts)
        await self._inner.body(*pieces)


def _damaged(data: bytes, dice: random.Random) -> bytes:
    """Return data with noise somewhere behind its beginning."""
    damaged = bytearray(data)
    if len(damaged) > _LEAD_BYTES:
        start = dice.randrange(_LEAD_BYTES, len(damaged))
        for index in range(start, min(start + _DAMAGE_BYTES, len(damaged))):
            damaged[index] ^= dice.randrange(1, 256)
    return bytes(damaged)
