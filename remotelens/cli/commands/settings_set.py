"""`set`: change settings."""

from __future__ import annotations

import click

from remotelens.cli.camera import opened
from remotelens.cli.commands.settings_list import words
from remotelens.cli.options import ble_adapter_option, camera_option, general_options, one_camera
from remotelens.cli.run import Run, execute


@click.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] NAME=VALUE...")
@ble_adapter_option
@camera_option
@general_options
def command(arguments: tuple[str, ...], camera_option: str | None, ble_adapter: str) -> None:
    """Change settings, for example `set exposure_mode="Program Auto" ev=-0.3`.

    A value that the camera does not offer now is refused before anything is sent.
    """
    camera, pairs = (None, arguments) if "=" in arguments[0] else (arguments[0], arguments[1:])
    if not pairs:
        raise click.UsageError("set takes [CAMERA] NAME=VALUE...")
    wanted: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name or not value:
            raise click.UsageError(f"'{pair}' is not NAME=VALUE")
        if name in wanted:
            raise click.UsageError(f"{name} is given twice")
        wanted[name] = value

    async def work(run: Run) -> None:
        from remotelens.camera.settings import descriptor_of

        for name in wanted:
            descriptor_of(name)
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            changed = await device.set_all(wanted)
            run.result["settings"] = {name: one.to_dict() for name, one in changed.items()}

    execute(work, words=words)
