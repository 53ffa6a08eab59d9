"""The dashboard as it is, in whatever terminal it is started in, on a camera that shows given pictures.

``python -m tests.remotelens.dashboard.pty_child JPEG...``: each zoom step shows the next picture.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import cast

from remotelens.camera.camera import Camera
from remotelens.camera.frame import Frame
from remotelens.camera.state import CameraState, Setting
from remotelens.clock import REAL_CLOCK
from remotelens.dashboard.app import Dashboard

FRAMES_S = 20


class Album:
    """A camera whose live view is one picture after the other, each repeated until the zoom is moved."""

    name = "album"

    def __init__(self, pictures: list[bytes]) -> None:
        self._pictures = pictures
        self._index = 0
        self.zoom = self
        self.position = 0
        self.state = CameraState(
            link="ready",
            status="IDLE",
            available=("startLiveview",),
            settings=MappingProxyType({"iso": Setting("AUTO", ("AUTO", "100"), True)}),
        )

    async def step(self, direction: str) -> int:
        self._index = (self._index + (1 if direction == "in" else -1)) % len(self._pictures)
        return self._index + 1

    async def set(self, name: str, value: object) -> None:
        return None

    async def subscribe(self) -> AsyncIterator[CameraState]:
        yield self.state
        await asyncio.Event().wait()

    @asynccontextmanager
    async def live_view(self, *, frame_info: bool) -> AsyncIterator[AsyncIterator[Frame]]:
        async def frames() -> AsyncIterator[Frame]:
            sequence = 0
            while True:
                yield Frame(self._pictures[self._index], sequence, 0, REAL_CLOCK.monotonic())
                sequence += 1
                await asyncio.sleep(1 / FRAMES_S)  # a camera sends at its own pace, whoever looks

        yield frames()


async def main(pictures: list[bytes]) -> None:
    @asynccontextmanager
    async def connect(_: str | None) -> AsyncIterator[Camera]:
        yield cast("Camera", Album(pictures))

    await Dashboard([None], connect, folder=Path()).serve()


if __name__ == "__main__":
    asyncio.run(main([Path(name).read_bytes() for name in sys.argv[1:]]))
