"""The `remotelens-emulator` command: runs cameras, lists profiles, joins networks, works hands.

`--help` imports none of the rooms below.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from emulator.ctl import ControlClient, ctl
from emulator.taping import profile, record, replay, validate
from remotelens.errors import (
    ExitCode,
    InvalidValue,
    MissingComponent,
    RemoteLensError,
    WifiJoinFailed,
)
from remotelens.version import __version__

_JOIN_BYTES = 64 * 1024
_PORT = click.IntRange(0, 65535)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="remotelens-emulator")
def cli() -> None:
    """Emulated Sony lens cameras, for any program that speaks to such cameras."""


@cli.command()
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="M[@FIRMWARE]",
    help="A camera of this model; may be repeated. [default: DSC-QX10]",
)
@click.option(
    "--lens",
    metavar="LENS",
    help="The lens on cameras with a mount, or none; MODEL+LENS names it for one camera.",
)
@click.option("--count", type=click.IntRange(1, 256), default=1, show_default=True, help="How many of each.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address they are on.")
@click.option("--port", type=_PORT, default=0, help="The first camera's port; 0: any.")
@click.option("--ble", is_flag=True, help="Put Bluetooth in front: closed until found, paired and joined.")
@click.option("--ble-port", type=_PORT, default=0, help="The port of the virtual air; 0: any.")
@click.option(
    "--dbus",
    is_flag=True,
    help="With --ble: also a host's own Bluetooth and NetworkManager, on a private D-Bus (Linux).",
)
@click.option(
    "--pairing",
    type=click.Choice(["auto", "manual", "closed"]),
    default="auto",
    show_default=True,
    help="Who works the pairing screen.",
)
@click.option("--control-port", type=_PORT, default=0, help="The port of the control API; 0: any.")
@click.option(
    "--control-host",
    default="127.0.0.1",
    show_default=True,
    help="Its address; whoever reaches it needs the token.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="What names, keys, noise and chances come from."
)
@click.option(
    "--clock", default="real", show_default=True, metavar="real|scaled:N|virtual", help="How time passes."
)
@click.option("--scene", default="bench", show_default=True, help="What they look at.")
@click.option(
    "--still-scale",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Divide the sides of pictures by this.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SPEC",
    help="CHANNEL:KIND[=VALUE][,probability=P][,after=N][,count=N][,for=S][,match=TEXT][,camera=ID];"
    " may be repeated.",
)
@click.option("--ssdp/--no-ssdp", default=True, show_default=True, help="Answer multicast searches.")
@click.option(
    "--as-is",
    metavar="NETNS",
    help="Put each camera into a network namespace where it owns its real address and ports (root, Linux).",
)
@click.option(
    "--state",
    "state_dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where bonds are kept over restarts.",
)
@click.option(
    "--auth-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Unlock methods by this developer's registration and the published one only; by default by any.",
)
@click.option(
    "--ready-file", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what is where."
)
@click.option("--json", "as_json", is_flag=True, help="Print the ready file as one line.")
def run(models: tuple[str, ...], lens: str | None, as_json: bool, **options: Any) -> None:
    """Run cameras until stopped."""
    _check_installed(ble=options["ble"])
    from emulator.serve import serve

    wanted = models or ("DSC-QX10",)
    if lens is not None:
        wanted = tuple(model if "+" in model else f"{model}+{lens}" for model in wanted)
    serve(wanted, options, _print_json if as_json else _print_ready)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def models(as_json: bool) -> None:
    """List the profiles, and how sure we are of each; and the lenses for those with a mount."""
    from collections import Counter

    from emulator.profiles import Certainty, lens_names, load, load_lens, names

    items: list[dict[str, Any]] = []
    for name in names():
        profile = load(name)
        sure = Counter(fact.certainty for fact in profile.about.values())
        items.append(
            {
                "name": name,
                "model": profile.model,
                "firmware": profile.firmware,
                "family": profile.family,
                "product": profile.product,
                "lens": profile.lens.name,
                "note": profile.note,
                "facts": {certainty.value: sure[certainty] for certainty in Certainty},
            }
        )
    lenses = [{"name": name, "lens": load_lens(name).name} for name in lens_names()]
    if as_json:
        _print_json({"schema": 1, "items": items, "lenses": lenses})
        return
    for item in items:
        facts = ", ".join(f"{number} {certainty}" for certainty, number in item["facts"].items() if number)
        kind = f"family {item['family']}" + ("" if item["product"] else ", no product")
        click.echo(f"{item['name']}  ({kind})\n  facts: {facts}\n  {item['note']}")
    click.echo("Lenses for cameras with a mount, as in ILCE-QX1+SEL35F18:")
    for lens in lenses:
        click.echo(f"  {lens['name']}  {lens['lens'] or 'an empty mount'}")


@cli.command()
def join() -> None:
    """Stand for the access point, as the PROGRAM of --join.

    Takes {"ssid", "key", "bssid"} on standard input and ends with 0 when the network has let this host in.
    The control port is found by the ready file that REMOTELENS_EMULATOR_READY names.
    """
    text = sys.stdin.buffer.read(_JOIN_BYTES)
    try:
        wanted = json.loads(text)
    except ValueError:
        wanted = None
    match wanted:
        case {"ssid": str(ssid), "key": str(key)}:
            pass
        case _:
            raise InvalidValue(
                "standard input is not what join takes", remedy='give {"ssid": …, "key": …, "bssid": …}'
            )
    client = ControlClient.found()
    cameras = client.call("GET", "/v1/cameras")["items"]
    for camera in cameras:
        if camera["ssid"] == ssid:
            client.call("POST", f"/v1/cameras/{camera['id']}/join", {"ssid": ssid, "key": key})
            return
    raise WifiJoinFailed(f"no network {ssid!r} is on the air")


cli.add_command(ctl)
cli.add_command(record)
cli.add_command(replay)
cli.add_command(validate)
cli.add_command(profile)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with a documented exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    code: int = ExitCode.DONE
    try:
        cli.main(
            words,
            prog_name="remotelens-emulator",
            standalone_mode=False,
            auto_envvar_prefix="REMOTELENS_EMULATOR",
        )
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
    except RemoteLensError as error:
        click.echo(f"remotelens-emulator: {' '.join(str(error).split())}", err=True)
        code = error.exit_code
    sys.exit(int(code))


def _check_installed(*, ble: bool) -> None:
    """See that what the emulator needs beyond a plain installation is there.

    Raises:
        MissingComponent: it is not.
    """
    from importlib.util import find_spec

    missing = [name for name in ("h11", *(["bumble"] if ble else [])) if find_spec(name) is None]
    if missing:
        raise MissingComponent(
            f"emulated cameras need {' and '.join(missing)}", remedy="pip install 'remotelens[emulator]'"
        )


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value))


def _print_ready(ready: dict[str, Any]) -> None:
    """Tell a person what is where."""
    for camera in ready["cameras"]:
        click.echo(f"{camera['id']}  {camera['model']} {camera['firmware']}  {camera['description_url']}")
        click.echo(f"    network {camera['ssid']}  key {camera['key']}")
        if camera["ble"] is not None:
            click.echo(f"    Bluetooth {camera['ble']['address']}  (network closed until joined)")
        if (netns := camera["netns"]) is not None:
            dhcp = "gives out addresses" if netns["dhcp"] else "gives out no addresses"
            click.echo(f"    on {netns['interface']}, {dhcp}: ip netns exec {netns['clients']} PROGRAM")
    if ready["air"] is not None:
        click.echo(f"air      --ble-adapter {ready['air']['adapter']}")
        if ready["air"]["dbus"] is not None:
            click.echo(f"dbus     DBUS_SYSTEM_BUS_ADDRESS={ready['air']['dbus']}")
    multicast = "yes" if ready["ssdp"]["multicast"] else f"no: {ready['ssdp']['why']}"
    click.echo(f"ssdp     {ready['ssdp']['unicast']}  multicast {multicast}")
    click.echo(f"control  {ready['control']['url']}  token {ready['control']['token']}")
    click.echo("Ctrl-C stops it.", err=True)
