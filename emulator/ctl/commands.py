"""The commands of `remotelens-emulator ctl`: each asks one thing of the control API and prints the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from emulator.ctl.asking import FILE, NEGATIVE, ask, given, of_camera, save
from emulator.ctl.camera import camera_commands
from emulator.ctl.client import READY_VARIABLE

_out = click.option("-o", "file", type=FILE, help="Where to write it. [default: stdout]")


@click.group()
@click.option(
    "--ready-file",
    type=FILE,
    help=f"The emulator's ready file. [default: what {READY_VARIABLE} names]",
)
@click.pass_context
def ctl(context: click.Context, ready_file: Path | None) -> None:
    """Work a running emulator; each command prints the answer as JSON."""
    context.obj = ready_file


ctl.commands.update(camera_commands.commands)


@ctl.command()
def health() -> None:
    """Tell whether it runs, and its time."""
    ask("GET", "/v1/health")


@ctl.command()
def state() -> None:
    """Tell everything at once."""
    ask("GET", "/v1/state")


@ctl.command()
@_out
def openapi(file: Path | None) -> None:
    """Give the OpenAPI description of the control API."""
    save("/v1/openapi.json", file)


@ctl.command()
@click.option("--since", type=int, default=0, help="Only changes after this number.")
@click.option("--wait", "wait_s", type=click.FloatRange(0, 60), help="Wait so many seconds for one.")
def changes(since: int, wait_s: float | None) -> None:
    """Tell what has changed."""
    ask("GET", "/v1/changes", since=since, wait_s=wait_s)


@ctl.command()
@click.argument("camera", required=False)
def cameras(camera: str | None) -> None:
    """Tell the state of the cameras, or of one."""
    ask("GET", "/v1/cameras" if camera is None else of_camera(camera))


@ctl.command()
@click.argument("name", required=False)
def scene(name: str | None) -> None:
    """Tell what the cameras look at, or have them look at something else."""
    if name is None:
        ask("GET", "/v1/scene")
    else:
        ask("POST", "/v1/scene", {"name": name})


@ctl.command()
@click.option("--clouds", type=click.FloatRange(0, 1), help="How much of the sky is covered.")
@click.option("--dim", "dim_stops", type=float, help="Dim the light by so many stops.")
@click.option("--temperature", "temperature_c", type=float, help="Of the air, in °C.")
def weather(clouds: float | None, dim_stops: float | None, temperature_c: float | None) -> None:
    """Change the weather; what is left out is as the scene has it."""
    ask("POST", "/v1/weather", given(clouds=clouds, dim_stops=dim_stops, temperature_c=temperature_c))


@ctl.command()
def clock() -> None:
    """Tell the cameras' time."""
    ask("GET", "/v1/clock")


@ctl.command()
@click.argument("seconds", type=click.FloatRange(min=0))
def advance(seconds: float) -> None:
    """Let time pass, with --clock virtual."""
    ask("POST", "/v1/clock/advance", {"s": seconds})


@ctl.command(context_settings=NEGATIVE)
@click.argument("seconds", type=float)
def jump(seconds: float) -> None:
    """Let it be later at once, by the clocks and in the scene."""
    ask("POST", "/v1/clock/jump", {"s": seconds})


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
        ask("POST", "/v1/faults", {"spec": add})
    elif change is not None:
        ask("PUT", f"/v1/faults/{quote(change[0], safe='')}", {"spec": change[1]})
    elif remove is not None or show is not None:
        name = quote(remove or show or "", safe="")
        ask("GET" if remove is None else "DELETE", f"/v1/faults/{name}")
    else:
        ask("DELETE" if clear else "GET", "/v1/faults/kinds" if kinds else "/v1/faults")


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
        ask("DELETE", "/v1/journal")
    else:
        ask("GET", "/v1/journal", from_=begin, **which)


@ctl.command()
@click.argument("method")
@click.option("--camera", help="Only of this camera.")
def count(method: str, camera: str | None) -> None:
    """Tell how often a method was requested."""
    ask("GET", "/v1/journal/count", method=method, camera=camera)


@ctl.command()
@_out
@click.option("--camera", help="Only of this camera.")
def har(file: Path | None, camera: str | None) -> None:
    """Give the HTTP exchanges as an HTTP archive."""
    save("/v1/journal/har", file, camera=camera)


@ctl.command()
@_out
def btsnoop(file: Path | None) -> None:
    """Give the packets of the virtual air, for Wireshark."""
    save("/v1/journal/btsnoop", file)


@ctl.command()
@click.argument("name", default="default")
@click.option("--list", "listing", is_flag=True, help="Tell what is remembered.")
@click.option("--forget", is_flag=True, help="Remember it no longer.")
@click.option("--save", "saved", type=FILE, help="Write one that is remembered to a file, which holds keys.")
@click.option("--load", "loaded", type=FILE, help="Remember what such a file holds.")
def snapshot(name: str, listing: bool, forget: bool, saved: Path | None, loaded: Path | None) -> None:
    """Remember how everything stands, under a name."""
    one = f"/v1/snapshots/{quote(name, safe='')}"
    if listing:
        ask("GET", "/v1/snapshots")
    elif forget:
        ask("DELETE", one)
    elif saved is not None:
        save(one, saved)
    elif loaded is not None:
        ask("PUT", one, loaded.read_bytes())
    else:
        ask("POST", "/v1/snapshot", {"name": name})


@ctl.command()
@click.argument("name", required=False)
def restore(name: str | None) -> None:
    """Bring everything back to how it stood at a snapshot."""
    ask("POST", "/v1/restore", given(name=name))


@ctl.command()
def reset() -> None:
    """Bring cameras, faults and journal back to the start."""
    ask("POST", "/v1/reset")
