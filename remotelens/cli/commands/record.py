"""`record`: a movie."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import link_options, one_camera, seconds
from remotelens.cli.run import Run, execute
from remotelens.clock import REAL_CLOCK

MODES = ("movie", "looprec", "audio", "intervalstill")


@click.command("record")
@click.option("--for", "span", metavar="S", help="End after S seconds; by default when interrupted.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=MODES[0],
    show_default=True,
    help="The shoot mode to record in, as the camera has them.",
)
@link_options
def command(
    camera: str | None, camera_option: str | None, span: str | None, mode: str, ble_adapter: str
) -> None:
    """Record a movie onto the camera's card; the shoot mode is put back afterwards.

    Cameras that have them also record in a loop, sound alone, and stills at intervals.
    """

    async def work(run: Run) -> None:
        span_s = None if span is None else seconds(span)
        stop = asyncio.Event()
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            started_s = REAL_CLOCK.monotonic()
            async with device.movie.recorded(mode):
                started_s = REAL_CLOCK.monotonic()
                run.on_interrupt = stop.set
                run.say("recording" + ("; interrupt to stop" if span_s is None else f" for {span_s:g} s"))
                try:
                    async with REAL_CLOCK.timeout(span_s) as limit:
                        await stop.wait()
                except TimeoutError:
                    if not limit.expired():
                        raise
                run.on_interrupt = None
                lasted_s = REAL_CLOCK.monotonic() - started_s
            run.result.update(id=None, path=None, seconds=round(lasted_s, 1), status=device.state.status)

    execute(work, words=_words)


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield f"recorded {result['seconds']:g} s; it is on the camera's card"
