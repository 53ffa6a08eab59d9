"""`contents`: what is stored in the camera: list, fetch, delete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import ble_adapter_option, camera_option, general_options, one_camera
from remotelens.cli.run import Run, execute, new_run
from remotelens.errors import ContentGone, InvalidValue

if TYPE_CHECKING:
    from remotelens.protocol.wifi.contents import Content

ACTIONS = ("list", "fetch", "delete")
SIZES = ("original", "large", "small", "thumbnail")


@click.command("contents")
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] list|fetch|delete [NAME|URI...]")
@click.option("--all", "everything", is_flag=True, help="With fetch or delete: all there is.")
@click.option(
    "--size",
    type=click.Choice(SIZES),
    default=SIZES[0],
    show_default=True,
    help="With fetch: the original with its raw file, or a JPEG that the camera makes smaller.",
)
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where fetched files go; nothing there is overwritten. By default the current folder.",
)
@ble_adapter_option
@camera_option
@general_options
def command(
    arguments: tuple[str, ...],
    everything: bool,
    size: str,
    folder: Path,
    camera_option: str | None,
    ble_adapter: str,
) -> None:
    """What is on the camera's card: list it, fetch originals, or delete.

    For cameras that give their card out over Wi-Fi (QX1, QX30). The camera cannot shoot meanwhile.
    """
    camera = None
    if arguments[0] not in ACTIONS:
        camera, *rest = arguments
    else:
        rest = list(arguments)
    if not rest or rest[0] not in ACTIONS:
        raise click.UsageError(f"contents takes [CAMERA] and one of {', '.join(ACTIONS)}")
    action, *wanted = rest
    if action != "list" and not wanted and not everything:
        raise click.UsageError(f"name what to {action}, or say --all")

    async def work(run: Run) -> None:
        run.result["items"] = []
        target = one_camera(camera, camera_option)
        async with opened(run, target, ble_adapter=ble_adapter) as device, device.contents.transfer():
            entries = [entry async for entry in device.contents.entries()]
            chosen = entries if everything or not wanted else list(_chosen(entries, wanted))
            if action == "delete":
                await device.contents.delete(chosen)
            for entry in chosen:
                item = _item(entry)
                if action == "fetch":
                    files = await device.contents.fetch(entry, folder, size=size)
                    item["path"] = str(files[0].path) if files else None
                    item["bytes"] = files[0].size_bytes if files else None
                run.add(item)

    execute(work, run=new_run(item_words=_words))


def _chosen(entries: list[Content], wanted: list[str]) -> Iterator[Content]:
    """Yield what is named, by address or file name."""
    for name in wanted:
        found = [entry for entry in entries if name in (entry.uri, _name(entry))]
        if not found:
            raise ContentGone(
                f"there is no {name} on the card", remedy="'remotelens contents list' names what is"
            )
        if len(found) > 1:
            raise InvalidValue(f"{len(found)} files are called {name}", remedy="name it by its uri")
        yield found[0]


def _name(entry: Content) -> str | None:
    return entry.originals[0].file_name if entry.originals else None


def _item(entry: Content) -> dict[str, Any]:
    created: datetime | None = entry.created
    return {
        "uri": entry.uri,
        "id": entry.content_id,
        "kind": entry.kind,
        "created": created,
        "name": _name(entry),
        "bytes": None,
        "path": None,
    }


def _words(item: dict[str, Any]) -> Iterator[str]:
    created = item["created"].isoformat(sep=" ", timespec="seconds") if item["created"] else "-"
    fetched = f"  {item['path']}" if item["path"] else ""
    yield f"{item['name'] or '-':16}{item['kind']:10}{created}{fetched}"
