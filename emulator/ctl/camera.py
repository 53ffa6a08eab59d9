"""The commands that are about one camera."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import click

from emulator.ctl.asking import NEGATIVE, ask, client, given, of_camera
from remotelens.errors import InvalidValue

camera_commands = click.Group()


@camera_commands.command()
@click.argument("model")
def add(model: str) -> None:
    """Add a camera: MODEL or MODEL@FIRMWARE."""
    ask("POST", "/v1/cameras", {"model": model})


@camera_commands.command()
@click.argument("camera")
def remove(camera: str) -> None:
    """Take a camera out of the rack."""
    ask("DELETE", of_camera(camera))


@camera_commands.command()
@click.argument("camera")
@click.argument("state", type=click.Choice(["on", "off"]))
def power(camera: str, state: str) -> None:
    """Press the power button."""
    ask("POST", of_camera(camera, "power"), {"on": state == "on"})


@camera_commands.command()
@click.argument("camera")
@click.argument("button")
@click.option("--for", "seconds", type=float, default=0.2, show_default=True, help="How long, in seconds.")
def press(camera: str, button: str, seconds: float) -> None:
    """Press a button."""
    ask("POST", of_camera(camera, "press"), {"button": button, "s": seconds})


@camera_commands.command()
@click.argument("camera")
@click.option("--in/--out", "present", default=None, help="Put the card in, or take it out.")
@click.option("--full/--not-full", default=None, help="Fill it, or make room.")
@click.option("--protected/--writable", default=None, help="Move its write protection.")
@click.option("--gb", type=click.FloatRange(0, min_open=True), help="Have one of that size, in gigabytes.")
@click.option("--last", metavar="FOLDER-NUMBER", help="Number on after this still, as in 101-9999.")
@click.option("--format", "format_", is_flag=True, help="Delete everything on it.")
def card(camera: str, gb: float | None, format_: bool, present: bool | None, **changes: Any) -> None:
    """Change the card."""
    size = None if gb is None else gb * 1e9
    order = given(in_=present, bytes=size, format=format_ or None, **changes)
    ask("POST", of_camera(camera, "card"), order)


@camera_commands.command()
@click.argument("camera")
@click.option("--protect", metavar="NAME", help="Mark a file so that the camera does not delete it.")
@click.option("--unprotect", metavar="NAME", help="Take the mark off a file.")
def files(camera: str, protect: str | None, unprotect: str | None) -> None:
    """Tell what is on the card."""
    name = protect or unprotect
    if name is None:
        ask("GET", of_camera(camera, "card/files"))
    else:
        path = of_camera(camera, f"card/files/{quote(name, safe='')}")
        ask("PUT", path, {"protected": protect is not None})


@camera_commands.command()
@click.argument("camera")
@click.argument("ratio", type=click.FloatRange(0, 1), required=False)
@click.option("--plug/--unplug", "plugged", default=None, help="The power cable.")
def battery(camera: str, ratio: float | None, plugged: bool | None) -> None:
    """Set the battery's charge, 0 to 1, or put the camera on the cable."""
    ask("POST", of_camera(camera, "battery"), given(ratio=ratio, plugged=plugged))


@camera_commands.command()
@click.argument("camera")
@click.argument("state", type=click.Choice(["on", "off"]))
def trouble(camera: str, state: str) -> None:
    """Get the camera into trouble (cameraStatus Error), or out of it."""
    ask("POST", of_camera(camera, "trouble"), {"on": state == "on"})


@camera_commands.command(context_settings=NEGATIVE)
@click.argument("camera")
@click.argument("utc", required=False)
@click.option("--zone", "offset_min", type=int, help="So many minutes ahead of UTC.")
def wallclock(camera: str, utc: str | None, offset_min: int | None) -> None:
    """Set the camera's own clock, to UTC (ISO 8601), or to the true time."""
    ask("POST", of_camera(camera, "clock"), given(utc=utc, offset_min=offset_min))


@camera_commands.command()
@click.argument("camera")
@click.option("--exposure", "exposure_mode", help="The mode dial, such as Manual.")
@click.option("--shoot", "shoot_mode", help="still, movie, …")
def dial(camera: str, exposure_mode: str | None, shoot_mode: str | None) -> None:
    """Turn the mode dial."""
    ask("POST", of_camera(camera, "dial"), given(exposure_mode=exposure_mode, shoot_mode=shoot_mode))


@camera_commands.command("set")
@click.argument("camera")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE…")
def set_(camera: str, changes: tuple[str, ...]) -> None:
    """Change settings in the camera's menu; a VALUE that is JSON counts as such."""
    wanted: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise InvalidValue(f"{change!r} changes nothing", remedy="write NAME=VALUE, as in SelfTimer=2")
        try:
            wanted[name] = json.loads(text)
        except ValueError:
            wanted[name] = text
    ask("POST", of_camera(camera, "settings"), wanted)


@camera_commands.command()
@click.argument("camera")
@click.option("--mount", metavar="LENS", help="Another lens, on cameras that take one; none: none.")
@click.option("--zoom", type=click.FloatRange(0, 1), help="0 wide to 1 tele.")
@click.option("--focus", "focus_m", type=float, help="A distance in metres.")
@click.option("--f-number", type=float, help="The aperture ring, on a lens that has one.")
@click.option("--shake", type=click.FloatRange(0, 3), help="The hand that holds it: 0 a tripod, 1 ordinary.")
def lens(camera: str, **changes: Any) -> None:
    """Change the lens, turn its rings, or hold the camera otherwise."""
    ask("POST", of_camera(camera, "lens"), given(**changes))


@camera_commands.command(context_settings=NEGATIVE)
@click.argument("camera")
@click.argument("celsius", type=float)
def temperature(camera: str, celsius: float) -> None:
    """Bring the camera into air of another temperature."""
    ask("POST", of_camera(camera, "temperature"), {"ambient_c": celsius})


@camera_commands.command()
@click.argument("camera")
@click.option("--key-file", type=click.File("r"), default="-", help="Where its key stands. [default: stdin]")
def join(camera: str, key_file: Any) -> None:
    """Bring this host onto the camera's network; the key is read from a file."""
    ssid = client().call("GET", of_camera(camera))["ssid"]
    ask("POST", of_camera(camera, "join"), {"ssid": ssid, "key": key_file.read().strip()})


@camera_commands.command()
@click.argument("camera")
def leave(camera: str) -> None:
    """Take this host off the camera's network."""
    ask("POST", of_camera(camera, "leave"))


@camera_commands.command()
@click.argument("camera")
@click.option("--open/--close", "screen", default=None, help="The pairing screen.")
@click.option("--ok/--cancel", "accept", default=None, help="What to press on it.")
def pairing(camera: str, screen: bool | None, accept: bool | None) -> None:
    """Work the pairing screen."""
    ask("POST", of_camera(camera, "pairing"), given(screen=screen, accept=accept))


@camera_commands.command()
@click.argument("camera")
@click.option(
    "--distance", "distance_m", type=click.FloatRange(0), help="Be so far from all hosts, in metres."
)
@click.option("--walk", "walk", multiple=True, metavar="S:M", help="Walk for S seconds to M metres; repeat.")
@click.option("--latency", "latency_s", type=click.FloatRange(0), help="Let every packet take so long.")
@click.option("--loss", type=click.FloatRange(0, 1, max_open=True), help="Lose packets with that chance.")
@click.option("--remote/--no-remote", default=None, help="Bluetooth Rmt Ctrl in the camera's menu.")
@click.option("--phone/--no-phone", default=None, help="Somebody's phone holds the camera.")
@click.option("--trouble", multiple=True, metavar="NAME", help="What is wrong with it; repeat.")
@click.option("--no-trouble", is_flag=True, help="Nothing is wrong with it.")
@click.option(
    "--link-lasts", "link_lasts_s", type=click.FloatRange(0), help="Lose links after so long; 0: not."
)
def radio(camera: str, walk: tuple[str, ...], trouble: tuple[str, ...], no_trouble: bool, **how: Any) -> None:
    """Tell how a camera's radio stands, or carry it about, switch it, hold it, trouble it."""
    order = given(**how, trouble=list(trouble) if trouble or no_trouble else None)
    if walk:
        order["walk"] = [_leg(text) for text in walk]
    if order:
        ask("POST", of_camera(camera, "radio"), order)
    else:
        ask("GET", of_camera(camera, "radio"))


def _leg(text: str) -> dict[str, float]:
    seconds, _, distance = text.partition(":")
    try:
        return {"s": float(seconds), "distance_m": float(distance)}
    except ValueError as error:
        raise InvalidValue(
            f"{text!r} is no leg of a walk", remedy="write SECONDS:METRES, as in 10:80"
        ) from error
