"""`half-press`: focus as a half-pressed shutter button does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import link_options, one_camera, seconds
from remotelens.cli.run import Run, execute
from remotelens.clock import REAL_CLOCK
from remotelens.errors import ExitCode


@click.command("half-press")
@click.option("--for", "span", metavar="S", help="Hold it for S seconds; by default it is let go at once.")
@link_options
def command(camera: str | None, camera_option: str | None, span: str | None, ble_adapter: str) -> None:
    """Focus as a half-pressed shutter button does, and tell what came of it.

    Ends with exit code 1 when the camera finds no focus.
    """

    async def work(run: Run) -> None:
        hold_s = None if span is None else seconds(span)
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            async with device.focus.held() as result:
                if hold_s is not None:
                    await REAL_CLOCK.sleep(hold_s)
            run.result.update(focused=result.focused, status=result.status)
            if result.focused is False:
                run.exit_code = ExitCode.FAILURE

    execute(work, words=_words)


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield str(result["status"] or "the camera does not tell")
