"""An engine that does as a test says, with the camera's memory kept outside of it."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remotelens.clock import Clock
from remotelens.errors import LinkLost, RemoteLensError
from remotelens.plans.expand import Shoot
from remotelens.plans.steps import SettingValue
from remotelens.sessions.engine import About, Baseline, Evidence, KeptFile, Snap
from remotelens.sessions.progress import FrameStanding


@dataclass
class ScriptedEngine:
    """`trouble` is what the next shots meet: an error before the shutter, or ("after", error) behind it.

    `set_trouble` is what the next changes of settings meet, `fetch_trouble` what a frame's next fetches do.
    """

    clock: Clock
    capture_s: float = 1.0
    trouble: deque[RemoteLensError | tuple[str, RemoteLensError] | None] = field(default_factory=deque)
    away_s: float = 0.0
    shutter: list[int] = field(default_factory=list)
    applied: list[dict[str, SettingValue]] = field(default_factory=list)
    store_error: RemoteLensError | None = None
    set_trouble: deque[RemoteLensError | None] = field(default_factory=deque)
    fetch_trouble: dict[int, deque[RemoteLensError]] = field(default_factory=dict)
    evidence_error: RemoteLensError | None = None
    fetch_s: float = 0.0
    raw: bool = False

    async def about(self) -> About:
        return About("qx", "DSC-QX10", "A", clock_trusted=True)

    async def baseline(self) -> Baseline:
        return Baseline(tuple(f"http://camera/{n}.JPG" for n in self.shutter), None)

    async def apply(self, values: Sequence[tuple[str, SettingValue]]) -> None:
        trouble = self.set_trouble.popleft() if self.set_trouble else None
        if trouble is not None:
            raise trouble
        self.applied.append(dict(values))

    async def shoot(self, task: Shoot) -> Snap:
        trouble = self.trouble.popleft() if self.trouble else None
        if isinstance(trouble, RemoteLensError):
            raise trouble
        self.shutter.append(task.n)
        await self.clock.sleep(self.capture_s)
        if trouble is not None:
            raise trouble[1]
        return Snap((f"http://camera/{task.n}.JPG",), on_card=True, raw=self.raw)

    async def keep(self, frame: FrameStanding, folder: Path, stem: str) -> tuple[KeptFile, ...]:
        if self.store_error is not None:
            raise self.store_error
        await self.clock.sleep(self.fetch_s)
        if self.fetch_trouble.get(frame.n):
            raise self.fetch_trouble[frame.n].popleft()
        assert frame.taken is not None
        urls = frame.taken.urls
        path = folder / f"{stem}.JPG"
        data = urls[0].encode()
        path.write_bytes(data)
        return (KeptFile(path, hashlib.sha256(data).hexdigest(), len(data), urls[0], "original"),)

    async def evidence(
        self, frames: Sequence[FrameStanding], known_urls: Collection[str]
    ) -> dict[int, Evidence]:
        if self.evidence_error is not None:
            raise self.evidence_error
        found = {}
        for frame in frames:
            url = f"http://camera/{frame.n}.JPG"
            if frame.n in self.shutter:
                found[frame.n] = Evidence("taken", "the camera lists it", (url,))
            else:
                found[frame.n] = Evidence("missing", "the camera lists no new picture")
        return found

    async def reconnect(self) -> None:
        await self.clock.sleep(self.away_s)

    def requested(self) -> dict[str, Any]:
        return {}


LOST = LinkLost("stopped answering", camera="qx")
