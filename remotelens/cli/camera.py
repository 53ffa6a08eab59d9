"""The camera of a command, opened the same way by all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from remotelens.cli.run import Run

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera


@asynccontextmanager
async def opened(run: Run, target: str | None, *, ble_adapter: str = "system") -> AsyncIterator[Camera]:
    """Connect to the camera that is meant, and leave it as it was.

    Args:
        run: the command's run; told what is being done with `-v`.
        target: CAMERA as the person wrote it; None for the only one there is.
        ble_adapter: the Bluetooth LE controller, for a camera that is reached that way.
    """
    from remotelens import connect

    async with connect(target, ble_adapter=ble_adapter) as camera:
        if run.general.verbose:
            run.say(f"{camera.name} is ready")
        yield camera
