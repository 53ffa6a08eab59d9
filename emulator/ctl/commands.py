"""The commands of `remotelens-emulator ctl`: each asks one thing of the control API and prints the answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from emulator.ctl.client import READY_VARIABLE, ControlClient
from remotelens.errors import InvalidValue

_out = click.option(
    "-o", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it. [default: stdout]"
)

_NEGATIVE = {"ignore_unknown_options": True}
"""A number below zero is no option."""


@click.group()
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The emulator's ready file. [default: what {READY_VARIABLE} names]",
)
@click.pass_context
def ctl(context: click.Context, ready_file: Path | None) -> None:
    """Work a running emulator; each command prints the answer as JSON."""
    context.obj = ready_file


def _client() -> ControlClient:
    return ControlClient.found(click.get_current_context().find_object(Path))


def _ask(verb: str, path: str, body: dict[str, Any] | None = None, **query: Any) -> None:
    asked = f"?{urlencode(_given(**query))}" if _given(**query) else ""
    click.echo(json.dumps(_client().call(verb, path + asked, body), indent=2, ensure_ascii=False))


def _save(path: str, file: Path | None, **query: Any) -> None:
    asked = f"?{urlencode(_given(**query))}" if _given(**query) else ""
    data = _client().fetch("GET", path + asked)
    if file is None:
        sys.stdout.buffer.write(data)
    else:
        file.write_bytes(data)


def _given(**values: Any) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in values.items() if value is not None}


def _leg(text: str) -> dict[str, float]:
    seconds, _, distance = text.partition(":")
    try:
        return {"s": float(seconds), "distance_m": float(distance)}
    except ValueError as error:
        raise InvalidValue(
            f"{text!r} is no leg of a walk", remedy="write SECONDS:METRES, as in 10:80"
        ) from error


def _of(camera: str, deed: str = "") -> str:
    return f"/v1/cameras/{quote(camera, safe='')}" + (f"/{deed}" if deed else "")


@ctl.command()
def health() -> None:
    """Tell whether it runs, and its time."""
    _ask("GET", "/v1/health")


@ctl.command()
def state() -> None:
    """Tell everything at once."""
    _ask("GET", "/v1/state")


@ctl.command()
@_out
def openapi(file: Path | None) -> None:
    """Give the OpenAPI description of the control API."""
    _save("/v1/openapi.json", file)


@ctl.command()
@click.option("--since", type=int, default=0, help="Only changes after this number.")
@click.option("--wait", "wait_s", type=click.FloatRange(0, 60), help="Wait so many seconds for one.")
def changes(since: int, wait_s: float | None) -> None:
    """Tell what has changed."""
    _ask("GET", "/v1/changes", since=since, wait_s=wait_s)


@ctl.command()
@click.argument("camera", required=False)
def cameras(camera: str | None) -> None:
    """Tell the state of the cameras, or of one."""
    _ask("GET", "/v1/cameras" if camera is None else _of(camera))


@ctl.command()
@click.argument("model")
def add(model: str) -> None:
    """Add a camera: MODEL or MODEL@FIRMWARE."""
    _ask("POST", "/v1/cameras", {"model": model})


@ctl.command()
@click.argument("camera")
def remove(camera: str) -> None:
    """Take a camera out of the rack."""
    _ask("DELETE", _of(camera))


@ctl.command()
@click.argument("camera")
@click.argument("state", type=click.Choice(["on", "off"]))
def power(camera: str, state: str) -> None:
    """Press the power button."""
    _ask("POST", _of(camera, "power"), {"on": state == "on"})


@ctl.command()
@click.argument("camera")
@click.argument("button")
@click.option("--for", "seconds", type=float, default=0.2, show_default=True, help="How long, in seconds.")
def press(camera: str, button: str, seconds: float) -> None:
    """Press a button."""
    _ask("POST", _of(camera, "press"), {"button": button, "s": seconds})


@ctl.command()
@click.argument("camera")
@click.option("--in/--out", "present", default=None, help="Put the card in, or take it out.")
@click.option("--full/--empty", default=None, help="Fill it, or make room.")
@click.option("--protected/--writable", default=None, help="Move its write protection.")
def card(camera: str, present: bool | None, full: bool | None, protected: bool | None) -> None:
    """Change the card."""
    _ask("POST", _of(camera, "card"), _given(in_=present, full=full, protected=protected))


@ctl.command()
@click.argument("camera")
@click.argument("ratio", type=click.FloatRange(0, 1))
def battery(camera: str, ratio: float) -> None:
    """Set the battery's charge, 0 to 1."""
    _ask("POST", _of(camera, "battery"), {"ratio": ratio})


@ctl.command()
@click.argument("camera")
@click.option("--exposure", "exposure_mode", help="The mode dial, such as Manual.")
@click.option("--shoot", "shoot_mode", help="still, movie, …")
def dial(camera: str, exposure_mode: str | None, shoot_mode: str | None) -> None:
    """Turn the mode dial."""
    _ask("POST", _of(camera, "dial"), _given(exposure_mode=exposure_mode, shoot_mode=shoot_mode))


@ctl.command("set")
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
    _ask("POST", _of(camera, "settings"), wanted)


@ctl.command()
@click.argument("camera")
@click.option("--zoom", type=click.FloatRange(0, 1), help="0 wide to 1 tele.")
@click.option("--focus", "focus_m", type=float, help="A distance in metres.")
def lens(camera: str, zoom: float | None, focus_m: float | None) -> None:
    """Turn the rings of the lens."""
    _ask("POST", _of(camera, "lens"), _given(zoom=zoom, focus_m=focus_m))


@ctl.command(context_settings=_NEGATIVE)
@click.argument("camera")
@click.argument("celsius", type=float)
def temperature(camera: str, celsius: float) -> None:
    """Bring the camera into air of another temperature."""
    _ask("POST", _of(camera, "temperature"), {"ambient_c": celsius})


@ctl.command()
@click.argument("camera")
@click.option("--key-file", type=click.File("r"), default="-", help="Where its key stands. [default: stdin]")
def join(camera: str, key_file: Any) -> None:
    """Bring this host onto the camera's network; the key is read from a file."""
    ssid = _client().call("GET", _of(camera))["ssid"]
    _ask("POST", _of(camera, "join"), {"ssid": ssid, "key": key_file.read().strip()})


@ctl.command()
@click.argument("camera")
def leave(camera: str) -> None:
    """Take this host off the camera's network."""
    _ask("POST", _of(camera, "leave"))


@ctl.command()
@click.argument("camera")
@click.option("--open/--close", "screen", default=None, help="The pairing screen.")
@click.option("--ok/--cancel", "accept", default=None, help="What to press on it.")
def pairing(camera: str, screen: bool | None, accept: bool | None) -> None:
    """Work the pairing screen."""
    _ask("POST", _of(camera, "pairing"), _given(screen=screen, accept=accept))


@ctl.command()
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
    order = _given(**how, trouble=list(trouble) if trouble or no_trouble else None)
    if walk:
        order["walk"] = [_leg(text) for text in walk]
    if order:
        _ask("POST", _of(camera, "radio"), order)
    else:
        _ask("GET", _of(camera, "radio"))


@ctl.command()
@click.argument("name", required=False)
def scene(name: str | None) -> None:
    """Tell what the cameras look at, or have them look at something else."""
    if name is None:
        _ask("GET", "/v1/scene")
    else:
        _ask("POST", "/v1/scene", {"name": name})


@ctl.command()
@click.option("--clouds", type=click.FloatRange(0, 1), help="How much of the sky is covered.")
@click.option("--dim", "dim_stops", type=float, help="Dim the light by so many stops.")
@click.option("--temperature", "temperature_c", type=float, help="Of the air, in °C.")
def weather(clouds: float | None, dim_stops: float | None, temperature_c: float | None) -> None:
    """Change the weather; what is left out is as the scene has it."""
    _ask("POST", "/v1/weather", _given(clouds=clouds, dim_stops=dim_stops, temperature_c=temperature_c))


@ctl.command()
def clock() -> None:
    """Tell the cameras' time."""
    _ask("GET", "/v1/clock")


@ctl.command()
@click.argument("seconds", type=click.FloatRange(min=0))
def advance(seconds: float) -> None:
    """Let time pass, with --clock virtual."""
    _ask("POST", "/v1/clock/advance", {"s": seconds})


@ctl.command(context_settings=_NEGATIVE)
@click.argument("seconds", type=float)
def jump(seconds: float) -> None:
    """Let it be later at once, by the clocks and in the scene."""
    _ask("POST", "/v1/clock/jump", {"s": seconds})


@ctl.command()
@click.option("--add", metavar="SPEC", help="Put a rule, or a mix such as chaos:mild, to work.")
@click.option("--change", nargs=2, metavar="ID SPEC", help="Put another rule in a rule's place.")
@click.option("--remove", metavar="ID", help="End a rule.")
@click.option("--show", metavar="ID", help="Tell one rule.")
@click.option("--clear", is_flag=True, help="End all rules.")
@click.option("--kinds", is_flag=True, help="Tell all ways to misbehave.")
def faults(
    add: str | None,
    change: tuple[str, str] | None,
    remove: str | None,
    show: str | None,
    clear: bool,
    kinds: bool,
) -> None:
    """List the fault rules, or change them."""
    if add is not None:
        _ask("POST", "/v1/faults", {"spec": add})
    elif change is not None:
        _ask("PUT", f"/v1/faults/{quote(change[0], safe='')}", {"spec": change[1]})
    elif remove is not None or show is not None:
        name = quote(remove or show or "", safe="")
        _ask("GET" if remove is None else "DELETE", f"/v1/faults/{name}")
    else:
        _ask("DELETE" if clear else "GET", "/v1/faults/kinds" if kinds else "/v1/faults")


@ctl.command()
@click.option("--since", type=int, help="Only entries after this number.")
@click.option("--method", help="Only of this method.")
@click.option("--camera", help="Only of this camera.")
@click.option("--channel", help="Only of this channel.")
@click.option("--kind", help="Only of this kind.")
@click.option("--from", "begin", metavar="TIME", help="Only from this moment on (ISO 8601).")
@click.option("--until", metavar="TIME", help="Only before this moment.")
@click.option("--last", type=int, help="Only so many, the newest.")
@click.option("--wait", "wait_s", type=click.FloatRange(0, 60), help="Wait so many seconds for any.")
@click.option("--clear", is_flag=True, help="Forget what has happened.")
def journal(clear: bool, begin: str | None, **which: Any) -> None:
    """Tell what has happened."""
    if clear:
        _ask("DELETE", "/v1/journal")
    else:
        _ask("GET", "/v1/journal", from_=begin, **which)


@ctl.command()
@click.argument("method")
@click.option("--camera", help="Only of this camera.")
def count(method: str, camera: str | None) -> None:
    """Tell how often a method was requested."""
    _ask("GET", "/v1/journal/count", method=method, camera=camera)


@ctl.command()
@_out
@click.option("--camera", help="Only of this camera.")
def har(file: Path | None, camera: str | None) -> None:
    """Give the HTTP exchanges as an HTTP archive."""
    _save("/v1/journal/har", file, camera=camera)


@ctl.command()
@_out
def btsnoop(file: Path | None) -> None:
    """Give the packets of the virtual air, for Wireshark."""
    _save("/v1/journal/btsnoop", file)


@ctl.command()
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="Tell what is remembered.")
@click.option("--forget", is_flag=True, help="Remember it no longer.")
def snapshot(name: str | None, listing: bool, forget: bool) -> None:
    """Remember how everything stands, under a name."""
    if listing:
        _ask("GET", "/v1/snapshots")
    elif forget:
        _ask("DELETE", f"/v1/snapshots/{quote(name or 'default', safe='')}")
    else:
        _ask("POST", "/v1/snapshot", _given(name=name))


@ctl.command()
@click.argument("name", required=False)
def restore(name: str | None) -> None:
    """Bring everything back to how it stood at a snapshot."""
    _ask("POST", "/v1/restore", _given(name=name))


@ctl.command()
def reset() -> None:
    """Bring cameras, faults and journal back to the start."""
    _ask("POST", "/v1/reset")
