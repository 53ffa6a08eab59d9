"""`bridge`: cameras on an MQTT broker, for scripts, other hosts and Home Assistant."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.folder import check_folder
from remotelens.cli.options import ble_adapter_option, camera_option, general_options
from remotelens.cli.run import Run, execute
from remotelens.errors import MissingComponent

if TYPE_CHECKING:
    from remotelens.bridge.bridge import Bridge
    from remotelens.bridge.broker import Broker


@click.command("bridge")
@click.argument("cameras", nargs=-1, metavar="[CAMERA]...")
@click.option("--mqtt", "mqtt_url", metavar="URL", help="The broker: mqtt://[USER@]HOST[:PORT].")
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    help="A file with the broker's password; or set REMOTELENS_MQTT_PASSWORD.",
)
@click.option("--prefix", default="remotelens", show_default=True, help="What the topics begin with.")
@click.option(
    "--discovery-prefix",
    default="homeassistant",
    show_default=True,
    help="What Home Assistant's topics begin with.",
)
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep every picture there; without it pictures stay on the camera.",
)
@ble_adapter_option
@camera_option
@general_options
def command(
    cameras: tuple[str, ...],
    mqtt_url: str | None,
    password_file: Path | None,
    prefix: str,
    discovery_prefix: str,
    folder: Path | None,
    ble_adapter: str,
    camera_option: str | None,
) -> None:
    """Put cameras on an MQTT broker until interrupted; by default all that are configured.

    Each camera has its topics under PREFIX/ID: availability, state, shot, picture, live_view, and command/...
    Home Assistant finds it by itself.
    """
    if mqtt_url is None:
        raise click.UsageError("say where to: --mqtt mqtt://HOST")
    url = mqtt_url

    async def work(run: Run) -> None:
        if find_spec("aiomqtt") is None:
            raise MissingComponent(
                "this installation has no MQTT library", remedy="pip install 'remotelens[bridge]'"
            )
        from remotelens.bridge.bridge import Bridge, Options, targets_of
        from remotelens.bridge.topics import check_prefix
        from remotelens.config.cameras import load_cameras

        options = Options(
            broker=await asyncio.to_thread(_broker, url, password_file),
            prefix=check_prefix(prefix),
            discovery_prefix=check_prefix(discovery_prefix),
            folder=folder,
            ble_adapter=ble_adapter,
        )
        if folder is not None:
            await check_folder(folder)
        names = cameras or ((camera_option,) if camera_option else ())
        targets = targets_of(names, await asyncio.to_thread(load_cameras))
        bridge = Bridge(targets, options, say=run.say)
        try:
            await bridge.run()
        except asyncio.CancelledError:
            if not run.interrupted:
                raise
        finally:
            run.result["items"] = [_account(bridge, number) for number in range(len(bridge.cameras))]

    execute(work, words=_words)


def _broker(url: str, password_file: Path | None) -> Broker:
    """Return the broker, with the password from where it is kept."""
    from remotelens.bridge.broker import PASSWORD_VARIABLE, parse_broker, read_password

    parse_broker(url)  # a password in the URL is refused before another one is looked for
    password = os.environ.get(PASSWORD_VARIABLE) if password_file is None else read_password(password_file)
    return parse_broker(url, password=password or None)


def _account(bridge: Bridge, number: int) -> dict[str, Any]:
    """Return what one camera was asked for."""
    camera = bridge.cameras[number]
    return {
        "id": camera.topics.camera_id,
        "camera": camera.name,
        "topic": camera.topics.base,
        "commands": camera.counts.commands,
        "refused": camera.counts.refused,
        "shots": camera.counts.shots,
    }


def _words(result: dict[str, Any]) -> Iterator[str]:
    for one in result["items"]:
        yield f"{one['topic']}  {one['commands']} commands, {one['refused']} refused, {one['shots']} pictures"
