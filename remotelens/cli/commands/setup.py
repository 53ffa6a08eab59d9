"""`setup`: adds a camera: pairs or takes SSID and key, reaches it once, stores what leads to it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.options import ble_adapter_option, general_options, join_option, one_camera
from remotelens.cli.run import Run, execute
from remotelens.clock import REAL_CLOCK
from remotelens.errors import ConfigError, InvalidValue

if TYPE_CHECKING:
    from remotelens.config.cameras import KnownCamera
    from remotelens.link.road import Road
    from remotelens.link.stages import Route, StageRecord
    from remotelens.link.target import Target

KEY_LIMIT_BYTES = 1024


@click.command("setup")
@click.argument("camera", required=False, metavar="[CAMERA]")
@click.option("--camera", "camera_option", metavar="CAMERA", help="The camera that is meant.")
@click.option(
    "--ssid", metavar="S", help="The camera's network, as on its label; the key comes by --key-file."
)
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="F",
    help="A file with the network's key; - or nothing: standard input.",
)
@click.option("--ble", is_flag=True, help="Find it over Bluetooth LE, pair, and take over its network.")
@click.option("--joined", is_flag=True, help="This host is on the camera's network already.")
@click.option("--name", metavar="N", help="What to call it; by default its model.")
@click.option("--again", is_flag=True, help="Forget what is stored of it, the bond too, and begin anew.")
@ble_adapter_option
@join_option
@general_options
def command(
    camera: str | None,
    camera_option: str | None,
    ssid: str | None,
    key_file: str | None,
    ble: bool,
    joined: bool,
    name: str | None,
    again: bool,
    ble_adapter: str,
    join: str,
) -> None:
    """Add a camera: pair or take SSID and key, store, verify.

    Give one of --ssid, --ble and --joined. Where several cameras are about, CAMERA is the one that is meant:
    with --ble ble:ADDRESS or a configured name, with --joined a URL, HOST:PORT, a host or a configured name.
    """
    named = one_camera(camera, camera_option)
    if (ssid is not None) + ble + joined != 1:
        raise click.UsageError("give one of --ssid, --ble and --joined")
    if key_file is not None and ssid is None:
        raise click.UsageError("--key-file belongs to --ssid")
    if named is not None and ssid is not None:
        raise click.UsageError("--ssid names the camera; give no other")

    key: str | None = None

    def ask(run: Run) -> None:
        nonlocal key
        from remotelens.config.cameras import check_name

        if name is not None:
            check_name(name)
        if ssid is not None:
            key = _read_key(key_file, run)

    async def work(run: Run) -> None:
        from remotelens.config.cameras import load_cameras
        from remotelens.link.stages import Route
        from remotelens.transport.join import WifiCredentials

        known = await asyncio.to_thread(load_cameras)
        target, called = _meant(named, known, ble=ble)
        route = Route(
            target=target,
            ble=ble,
            ble_adapter=ble_adapter,
            again=again,
            join="already" if joined else join,
            credentials=None if ssid is None or key is None else WifiCredentials(ssid, key),
        )
        entry = await _reached(run, route, name or called)
        entry = await asyncio.to_thread(_keep, entry, again=again)
        run.result.update(entry.shown())

    execute(work, words=_words, first=ask)


async def _reached(run: Run, route: Route, name: str | None) -> KnownCamera:
    """Go the way to the camera once, and return what leads to it."""
    from remotelens.link.road import Road
    from remotelens.link.stages import Stage

    def tell(record: StageRecord) -> None:
        run.say(f"{'ok ' if record.ok else 'no '} {record.name:8}{record.seconds:6.2f} s  {record.detail}")

    def hint(stage: Stage) -> None:
        if stage is Stage.PAIR:
            run.say("    if the camera asks, press OK on it")

    async with Road(route, observer=tell, begun=hint, clock=REAL_CLOCK) as road:
        await road.walk()
        return _entry(road, name)


def _keep(entry: KnownCamera, *, again: bool) -> KnownCamera:
    """Add a camera to those that are known, or to what is known of it already; return what is kept."""
    from remotelens.config.cameras import load_cameras, save_cameras
    from remotelens.config.paths import cameras_file
    from remotelens.config.private import changing

    with changing(cameras_file()):
        known = load_cameras()
        before = None if again else known.get(entry.name)
        if before is not None:
            if _other(before, entry):
                raise InvalidValue(
                    f"another camera is called {entry.name} already",
                    remedy="choose another name with --name, or say --again to replace it",
                )
            entry = _with_what_was_known(entry, before)
        save_cameras(known.including(entry))
    return entry


def _meant(text: str | None, known: Mapping[str, KnownCamera], *, ble: bool) -> tuple[Target, str | None]:
    """Return the camera to look for, and what it is called already."""
    from remotelens.link.target import AnyTarget, BleTarget, KnownTarget, UrlTarget, parse_target

    if text is None:
        return AnyTarget(), None
    target = parse_target(text, known)
    called = None
    if isinstance(target, KnownTarget):
        called = target.camera.name
        if ble and target.camera.ble_address is not None:
            target = BleTarget(target.camera.ble_address)
        elif not ble and target.camera.description_url is not None:
            target = UrlTarget(target.camera.description_url)
    if ble and not isinstance(target, BleTarget):
        raise InvalidValue(
            f"of {text} no Bluetooth address is known", remedy="write ble:ADDRESS; `discover --ble` shows it"
        )
    if not ble and isinstance(target, BleTarget):
        raise InvalidValue(f"{text} is no place on the network", remedy="say --ble to go there by Bluetooth")
    return target, called


def _read_key(key_file: str | None, run: Run) -> str:
    """Read the key from a file or standard input; it is never an option's value."""
    if key_file is None or key_file == "-":
        if sys.stdin.isatty():
            text = "" if run.general.no_input else _asked(run)
            if not text:
                raise InvalidValue("the network's key is missing", remedy="give it with --key-file")
        else:
            text = sys.stdin.read(KEY_LIMIT_BYTES)
    else:
        try:
            with Path(key_file).open(encoding="utf-8") as file:
                text = file.read(KEY_LIMIT_BYTES)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"the key file {key_file} cannot be read: {error}") from error
    key = text.strip("\r\n")
    if not 8 <= len(key) <= 63 or not key.isprintable():
        raise InvalidValue(
            "that is no Wi-Fi key", remedy="a camera's has 8 letters and digits, inside its battery cover"
        )
    return key


def _asked(run: Run) -> str:
    """Ask the person for the key; nothing where they have none."""
    from getpass import getpass

    try:
        return getpass("Key of the camera's network: ")
    except EOFError:
        run.say("")
        return ""
    except KeyboardInterrupt:
        run.say("")  # what is told of it gets a line of its own
        raise


def _entry(road: Road, name: str | None) -> KnownCamera:
    """Return what leads to the camera that was reached."""
    from remotelens.config.cameras import KnownCamera

    assert road.reached is not None
    description = road.reached.description
    model = description.friendly_name
    plain = re.sub(r"[^a-z0-9_.-]+", "-", model.lower()).strip("-.") or "camera"
    credentials = road.credentials
    camera = KnownCamera(
        name=name or plain,
        model=model,
        description_url=road.reached.description_url,
        usn=description.udn,
        join=None if road.route.join == "already" else road.route.join,
        added_at=REAL_CLOCK.now().replace(microsecond=0),
    )
    if credentials is not None:
        camera = replace(camera, ssid=credentials.ssid, key=credentials.key, bssid=credentials.bssid)
    if road.ble_camera is not None:
        camera = replace(camera, ble_address=road.ble_camera.address)
    return camera


def _other(known: KnownCamera, camera: KnownCamera) -> bool:
    return known.usn is not None and known.usn != camera.usn


def _with_what_was_known(entry: KnownCamera, before: KnownCamera) -> KnownCamera:
    """Return the entry with what this way to the camera does not tell: its network, its Bluetooth."""
    told = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return replace(before, **{name: value for name, value in told.items() if value is not None})


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield f"{result['name']}: {result['model']} at {result['description_url']}"
    if result["ssid"]:
        yield f"  network {result['ssid']}, key {'stored' if result['key_stored'] else 'not stored'}"
    if result["ble_address"]:
        yield f"  Bluetooth LE {result['ble_address']}, bonded"
