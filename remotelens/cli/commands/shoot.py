"""`shoot`: take pictures and keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.folder import check_folder
from remotelens.cli.options import link_options, one_camera, seconds
from remotelens.cli.run import Run, execute, new_run
from remotelens.errors import InvalidValue


@click.command("shoot")
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many pictures.")
@click.option("--half-press", is_flag=True, help="Focus with a half-press first.")
@click.option("--bulb", metavar="S", help="Keep the shutter open for S seconds.")
@click.option("--burst", metavar="S", help="In a continuous drive: hold the shutter for S seconds.")
@click.option(
    "--size",
    type=click.Choice(["original", "postview"]),
    default="original",
    show_default=True,
    help="What to fetch: the full picture, or the camera's small one.",
)
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where to keep them; nothing there is overwritten. By default the current folder.",
)
@click.option("--no-raw", is_flag=True, help="Leave raw files on the camera's card.")
@click.option("--no-download", is_flag=True, help="Leave the pictures on the camera.")
@link_options
def command(
    camera: str | None,
    camera_option: str | None,
    count: int,
    half_press: bool,
    bulb: str | None,
    burst: str | None,
    size: str,
    folder: Path,
    no_raw: bool,
    no_download: bool,
    ble_adapter: str,
) -> None:
    """Take pictures and keep them.

    The drive decides what one is: in a continuous drive it is a run with all its pictures. With the still
    quality RAW+JPEG both files are fetched; for the raw file the camera leaves shooting for a moment.
    """

    async def work(run: Run) -> None:
        bulb_s = None if bulb is None else seconds(bulb)
        burst_s = None if burst is None else seconds(burst)
        if bulb_s is not None and (half_press or burst_s is not None):
            raise InvalidValue("--bulb goes with neither --half-press nor --burst", remedy="leave one out")
        run.result["items"] = []
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            if not no_download:
                await check_folder(folder)
            for _ in range(count):
                shot = await device.capture(size=size, half_press=half_press, burst_s=burst_s, bulb_s=bulb_s)
                if not no_download:
                    try:
                        shot = await shot.download(folder, raw=not no_raw)
                    except BaseException:
                        run.add(shot.to_dict())  # taken, and still on the camera: say so
                        raise
                run.add(shot.to_dict())

    execute(work, run=new_run(item_words=_words))


def _words(shot: dict[str, Any]) -> Iterator[str]:
    for file in shot["files"]:
        if file["path"] is None:
            kept = "on its card" if shot["on_card"] else "nowhere but at this address"
            yield f"{file['url']}  {file['kind']}, {kept}"
            continue
        taken = shot["actual"] or {}
        exposure = [
            str(value)
            for value in (
                taken.get("shutter_speed"),
                f"f/{taken['f_number']}" if "f_number" in taken else None,
                f"ISO {taken['iso']}" if "iso" in taken else None,
            )
            if value
        ]
        size = [f"{file['width']}×{file['height']}"] if file["width"] else []
        yield "  ".join([file["path"], *size, f"{file['bytes'] / 1e6:.1f} MB", *exposure])
