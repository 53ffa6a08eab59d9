"""Which command is next: one at a time, few waiting, no shutter behind another.

A flood of commands ends here. Whoever sends one that cannot be taken hears so at once, and nothing is obeyed
long after it was meant.
"""

from __future__ import annotations

import asyncio
from collections import deque

from remotelens.bridge.commands import Command, ShutterOrder
from remotelens.errors import CameraBusy, LinkLost, RemoteLensError

MOST_WAITING = 8


class Desk:
    """The commands for one camera; closed while nobody can carry them out.

    Args:
        camera: what the camera is called in errors.
    """

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self._waiting: deque[Command] = deque()
        self._at_work: Command | None = None
        self._closed: str | None = "it has not been found yet"
        self._changed = asyncio.Event()

    def open(self) -> None:
        """Take commands from now on."""
        self._closed = None

    def close(self, reason: str) -> list[Command]:
        """Take no more commands; return those that waited. The one at work goes on."""
        self._closed = reason
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    def put(self, command: Command) -> None:
        """Take a command, to be carried out in its turn.

        Raises:
            LinkLost: the camera cannot be reached now.
            CameraBusy: too much is asked of it at once.
        """
        if self._closed is not None:
            raise self.gone()
        pending = [*self._waiting, *([self._at_work] if self._at_work else [])]
        is_shutter = isinstance(command.order, ShutterOrder)
        if is_shutter and any(isinstance(each.order, ShutterOrder) for each in pending):
            raise CameraBusy(
                "a picture is being taken already", camera=self.camera, remedy="wait for its answer"
            )
        if len(self._waiting) >= MOST_WAITING:
            raise CameraBusy(
                f"{MOST_WAITING} commands are waiting already", camera=self.camera, remedy="wait for answers"
            )
        self._waiting.append(command)
        self._changed.set()

    async def next(self) -> Command:
        """Return the next command, when there is one; the one before it has ended."""
        self._at_work = None
        while not self._waiting:
            self._changed.clear()
            await self._changed.wait()
        self._at_work = self._waiting.popleft()
        return self._at_work

    def gone(self) -> RemoteLensError:
        """Return the error of a command for a camera that is away."""
        return LinkLost(
            f"the camera cannot be reached: {self._closed}",
            camera=self.camera,
            remedy="see that it is on and near; it is looked for all the time",
        )
