"""`focus`: focus on a place of the picture, or let go of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import ble_adapter_option, camera_option, general_options, one_camera
from remotelens.cli.run import Run, execute
from remotelens.errors import ExitCode, InvalidValue


@click.command("focus")
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] X,Y|release")
@click.option("--track", is_flag=True, help="Follow what is there, where the camera has tracking focus.")
@ble_adapter_option
@camera_option
@general_options
def command(arguments: tuple[str, ...], track: bool, camera_option: str | None, ble_adapter: str) -> None:
    """Focus on a place, given in percent from the top left corner (50,50 is the middle), or let go of it.

    The camera keeps the place until it is released or a picture is taken. Ends with exit code 1 when the
    camera finds no focus there, or nothing to track.
    """
    *camera, where = arguments
    if len(camera) > 1:
        raise click.UsageError("focus takes [CAMERA] X,Y or release")

    async def work(run: Run) -> None:
        place = None if where == "release" else _place(where)
        target = one_camera(camera[0] if camera else None, camera_option)
        async with opened(run, target, ble_adapter=ble_adapter) as device:
            if place is None:
                if track or device.focus.follows:
                    await device.focus.release_tracking()
                else:
                    await device.focus.release_touch()
                run.result.update(focused=None, status=device.focus.status)
                return
            result = await (device.focus.track if track else device.focus.touch)(*place)
            device.focus.keep()
            run.result.update(focused=result.focused, status=result.status)
            if result.focused is False:
                run.exit_code = ExitCode.FAILURE

    execute(work, words=_words)


def _place(text: str) -> tuple[float, float]:
    """Read a place in percent; return it in fractions."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 100 and 0 <= y <= 100):
        raise InvalidValue(
            f"'{text}' is no place in the picture", remedy="write X,Y in percent from 0 to 100, as 50,50"
        )
    return x / 100, y / 100


def _words(result: dict[str, Any]) -> Iterator[str]:
    words = {True: "focused", False: "not focused", None: "released"}[result["focused"]]
    yield words if result["status"] in (None, "Not Focusing") else str(result["status"])
