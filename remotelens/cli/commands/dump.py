"""`dump`: a camera read into a scrubbed recording."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from remotelens.cli.options import camera_argument, general_options, one_camera
from remotelens.cli.run import Run, execute


@click.command("dump")
@click.option(
    "-o",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it; by default MODEL.json in the current folder. Nothing is overwritten.",
)
@click.option("--allow-writes", is_flag=True, help="Also visit other modes, and put the settings back.")
@camera_argument
@general_options
def command(camera: str | None, camera_option: str | None, file: Path | None, allow_writes: bool) -> None:
    """Read a camera into a scrubbed recording that helps to support its model.

    Nothing on the camera is changed unless --allow-writes is given. Serial numbers, radio addresses, network
    names, keys and positions are taken out, and what was taken out is told.
    """

    async def work(run: Run) -> None:
        from remotelens.config.cameras import load_cameras
        from remotelens.link.road import Road
        from remotelens.link.stages import Route
        from remotelens.link.target import parse_target
        from remotelens.protocol.recording import encode_recording
        from remotelens.recorder import Recorder

        known = await asyncio.to_thread(load_cameras)
        route = Route(target=parse_target(one_camera(camera, camera_option), known))
        async with Road(route) as road:
            reached = await road.walk()
            recording = await Recorder(reached, allow_writes=allow_writes, say=run.say).record()
        target = file or Path(f"{recording.model}.json")
        path = await asyncio.to_thread(_keep, target, encode_recording(recording))
        run.result.update(
            path=str(path),
            model=recording.model,
            methods=len({(one.service, one.method, one.version) for one in recording.exchanges}),
            removed=recording.removed,
        )

    execute(work, words=_words)


def _keep(target: Path, data: bytes) -> Path:
    from remotelens.library.part import PartFile

    part = PartFile(target.parent, target.name)
    try:
        part.open(len(data))
        part.write(data)
        part.seal()
        return part.publish()
    finally:
        part.discard()


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield f"{result['path']}  {result['model']}, {result['methods']} methods asked"
    for sentence in result["removed"]:
        yield f"  removed: {sentence}"
