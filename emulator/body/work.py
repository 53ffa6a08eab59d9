"""The activities a camera has going, each owned, so that none outlives it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from emulator.body.refusals import Reason, Refused


class Work:
    """Starts tasks and ends them all when the camera is switched off or put away.

    A task that fails is reported to the event loop's exception handler; it is never silent. A refusal is no
    failure: whoever waits for the task is told.
    """

    __slots__ = ("_closed", "_tasks")

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, activity: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run an activity beside the others.

        Raises:
            Refused: the camera has been put away.
        """
        if self._closed:
            activity.close()
            raise Refused(Reason.INTERRUPTED, f"the camera has been put away, without {name}")
        task = asyncio.get_running_loop().create_task(activity, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel what is going on, also what begins meanwhile, and wait until all has ended."""
        while tasks := self.cancel():
            await asyncio.gather(*tasks, return_exceptions=True)

    def cancel(self) -> list[asyncio.Task[Any]]:
        """Cancel what is going on but for whoever asks, and return what then ends in a moment."""
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        return tasks

    async def close(self) -> None:
        """Stop, and start nothing any more."""
        self._closed = True
        await self.stop()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refused):
            task.get_loop().call_exception_handler(
                {
                    "message": f"the camera's activity {task.get_name()} failed",
                    "exception": error,
                    "task": task,
                }
            )
