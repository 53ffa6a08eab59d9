"""`zoom`: move the lens, and tell where it stands then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import ble_adapter_option, camera_option, general_options, one_camera
from remotelens.cli.run import Run, execute

WORDS = ("in", "out")


@click.command("zoom")
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] in|out|POSITION")
@ble_adapter_option
@camera_option
@general_options
def command(arguments: tuple[str, ...], camera_option: str | None, ble_adapter: str) -> None:
    """Move the zoom: one step in or out, or to a position of 0 (wide) to 100 (tele)."""
    *camera, where = arguments
    if len(camera) > 1 or not (where in WORDS or (where.isascii() and where.isdigit() and len(where) <= 3)):
        raise click.UsageError("zoom takes [CAMERA] in, out or a position of 0 to 100")

    async def work(run: Run) -> None:
        target = one_camera(camera[0] if camera else None, camera_option)
        async with opened(run, target, ble_adapter=ble_adapter) as device:
            if where in WORDS:
                position = await device.zoom.step(where)
            else:
                position = await device.zoom.to(int(where))
            run.result.update(position=position, status=device.state.status)

    execute(work, words=_words)


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield f"zoom {'-' if result['position'] is None else result['position']}"
