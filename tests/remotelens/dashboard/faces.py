"""A face that keeps what it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from remotelens.camera.frame import Frame
from remotelens.dashboard.view import Notice, View


class Recorder:
    """Keeps views, notices and frames, and lets a test wait for them."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.notices: list[Notice] = []
        self.frames: list[Frame] = []
        self._bell = asyncio.Event()

    def show(self, view: View) -> None:
        self.views.append(view)
        self._bell.set()

    def tell(self, notice: Notice) -> None:
        self.notices.append(notice)
        self._bell.set()

    async def see(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._bell.set()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._bell.clear()
                await self._bell.wait()
