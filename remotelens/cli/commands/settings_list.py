"""`settings`: what a camera offers now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import link_options, one_camera
from remotelens.cli.run import Run, execute


@click.command("settings")
@link_options
def command(camera: str | None, camera_option: str | None, ble_adapter: str) -> None:
    """List the settings a camera offers now."""

    async def work(run: Run) -> None:
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            run.result["settings"] = {name: one.to_dict() for name, one in device.settings.items()}

    execute(work, words=words)


def words(result: dict[str, Any]) -> Iterator[str]:
    """Render settings as text, one a line: its value, then what else could be chosen."""
    for name, setting in result["settings"].items():
        value = "-" if setting["value"] is None else str(setting["value"])
        others = ", ".join(str(one) for one in setting["candidates"]) if setting["writable"] else "read only"
        yield f"{name:20}{value:22}{others}".rstrip()
