"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from remotelens.errors import InvalidValue

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(slots=True)
class General:
    """The general options of one run; those after the command override those before it."""

    json: bool = False
    verbose: int = 0
    quiet: bool = False
    timeout_s: float | None = None
    no_input: bool = False


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
        general = ctx.ensure_object(General)
        source = ctx.get_parameter_source(option.name or "")
        if source is not click.core.ParameterSource.DEFAULT:
            setattr(general, name, value)

    return keep


def general_options(command: _Command) -> _Command:
    """Add `--json -v -q --timeout --no-input`, before and after the command alike."""
    for option in (
        click.option(
            "--no-input",
            is_flag=True,
            expose_value=False,
            callback=_keep("no_input"),
            help="Never ask anything.",
        ),
        click.option(
            "--timeout",
            "timeout",
            type=click.FloatRange(min=0, min_open=True),
            metavar="S",
            expose_value=False,
            callback=_keep("timeout_s"),
            help="Give up after S seconds (exit code 124).",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=_keep("quiet"),
            help="No words but errors on stderr.",
        ),
        click.option(
            "-v",
            "--verbose",
            count=True,
            expose_value=False,
            callback=_keep("verbose"),
            help="Tell more; twice: all.",
        ),
        click.option(
            "--json",
            is_flag=True,
            expose_value=False,
            callback=_keep("json"),
            help="Print exactly one JSON object.",
        ),
    ):
        command = option(command)
    return command


def camera_option(command: _Command) -> _Command:
    """Add `--camera`, which stands for the first argument of every command that takes a CAMERA."""
    return click.option(
        "--camera", "camera_option", metavar="CAMERA", envvar="REMOTELENS_CAMERA", help="The camera to use."
    )(command)


def camera_argument(command: _Command) -> _Command:
    """Add an optional CAMERA argument and `--camera`."""
    return click.argument("camera", required=False, metavar="[CAMERA]")(camera_option(command))


def one_camera(argument: str | None, option: str | None) -> str | None:
    """Return the camera that was named, as an argument or by `--camera`.

    Raises:
        click.UsageError: both were given on the command line and differ.
    """
    if argument and option and argument != option:
        context = click.get_current_context()
        if context.get_parameter_source("camera_option") is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"two cameras named: '{argument}' and --camera '{option}'")
    return argument or option


def ble_adapter_option(command: _Command) -> _Command:
    """Add `--ble-adapter`."""
    return click.option(
        "--ble-adapter",
        default="system",
        show_default=True,
        metavar="system|hci:tcp:HOST:PORT|hci:usb:N|hci:serial:PATH",
        help="The Bluetooth LE controller to use.",
    )(command)


def join_option(command: _Command) -> _Command:
    """Add `--join`."""
    return click.option(
        "--join",
        default="system",
        show_default=True,
        metavar="system|already|command:PROGRAM",
        help="How to get onto the camera's Wi-Fi; PROGRAM gets the key on standard input.",
    )(command)


def jsonl_option(command: _Command) -> _Command:
    """Add `--jsonl`."""
    return click.option("--jsonl", is_flag=True, help="Print one JSON object a line, as things happen.")(
        command
    )


def link_options(command: _Command) -> _Command:
    """Add what every command that talks to one camera takes: CAMERA, `--camera` and `--ble-adapter`."""
    return ble_adapter_option(camera_argument(general_options(command)))


def seconds(text: str) -> float:
    """Read a positive number of seconds.

    Raises:
        InvalidValue: it is not one.
    """
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise InvalidValue(f"'{text}' is not a number of seconds", remedy="write for example 2.5")
    return value
