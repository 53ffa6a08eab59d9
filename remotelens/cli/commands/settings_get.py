"""`get`: one setting."""

from __future__ import annotations

import click

from remotelens.cli.camera import opened
from remotelens.cli.commands.settings_list import words
from remotelens.cli.options import ble_adapter_option, camera_option, general_options, one_camera
from remotelens.cli.run import Run, execute


@click.command("get")
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] NAME")
@ble_adapter_option
@camera_option
@general_options
def command(arguments: tuple[str, ...], camera_option: str | None, ble_adapter: str) -> None:
    """Read one setting; `remotelens settings` lists their names."""
    if len(arguments) > 2:
        raise click.UsageError("get takes [CAMERA] NAME")
    camera, name = (None, arguments[0]) if len(arguments) == 1 else arguments

    async def work(run: Run) -> None:
        from remotelens.camera.settings import descriptor_of

        descriptor_of(name)
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            run.result["settings"] = {name: device.get(name).to_dict()}

    execute(work, words=words)
