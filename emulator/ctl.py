"""The control API from the shell: a small client, and the commands of `remotelens-emulator ctl`."""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import click

from remotelens.errors import (
    CameraNotFound,
    ConfigError,
    ConnectFailed,
    InvalidValue,
    NotAvailableNow,
    RemoteLensError,
    WifiJoinFailed,
)

READY_VARIABLE = "REMOTELENS_EMULATOR_READY"
_TIMEOUT_S = 60.0
_ERRORS: dict[int, type[RemoteLensError]] = {
    400: InvalidValue,
    401: ConfigError,
    403: WifiJoinFailed,
    404: CameraNotFound,
    409: NotAvailableNow,
}


class ControlClient:
    """Speaks to one running emulator.

    Args:
        url: where its control API is.
        token: what it wants to see.
    """

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url)
        self._token = token

    @classmethod
    def found(cls, ready_file: Path | None = None) -> ControlClient:
        """Return a client of the emulator whose ready file is given, or named by the environment.

        Raises:
            ConfigError: there is no such file, or it is no ready file.
        """
        path = ready_file or (Path(os.environ[READY_VARIABLE]) if READY_VARIABLE in os.environ else None)
        if path is None:
            raise ConfigError(
                "which emulator is not known",
                remedy=f"give --ready-file, or name it in {READY_VARIABLE}; run writes it with --ready-file",
            )
        try:
            control = json.loads(path.read_text(encoding="utf-8"))["control"]
            return cls(control["url"], control["token"])
        except OSError as error:
            raise ConfigError(
                f"the ready file {path} cannot be read: {error.strerror}", remedy="is the emulator running?"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path} is no ready file of an emulator") from error

    def call(self, verb: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send one request and return its answer.

        Raises:
            ConnectFailed: the emulator does not answer.
            RemoteLensError: it refused; the message is its own.
        """
        connection = http.client.HTTPConnection(
            self._address.hostname or "", self._address.port, timeout=_TIMEOUT_S
        )
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            connection.request(verb, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            status, answer = response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ConnectFailed(
                f"the emulator at {self._address.geturl()} does not answer: {error}",
                remedy="is it still running?",
            ) from error
        finally:
            connection.close()
        if status >= http.client.BAD_REQUEST:
            message = answer.get("error", {}).get("message", "refused")
            raise _ERRORS.get(status, RemoteLensError)(message)
        return dict(answer)


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


def _ask(verb: str, path: str, body: dict[str, Any] | None = None) -> None:
    client = ControlClient.found(click.get_current_context().find_object(Path))
    click.echo(json.dumps(client.call(verb, path, body), indent=2, ensure_ascii=False))


def _given(**values: Any) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in values.items() if value is not None}


@ctl.command()
def health() -> None:
    """Tell whether it runs, and its time."""
    _ask("GET", "/v1/health")


@ctl.command()
@click.argument("camera", required=False)
def cameras(camera: str | None) -> None:
    """Tell the state of the cameras, or of one."""
    _ask("GET", "/v1/cameras" if camera is None else f"/v1/cameras/{camera}")


@ctl.command()
@click.option("--since", type=int, default=0, help="Only entries after this number.")
@click.option("--method", help="Only of this method.")
def journal(since: int, method: str | None) -> None:
    """Tell what has happened."""
    _ask("GET", "/v1/journal?" + urlencode(_given(since=since, method=method)))


@ctl.command()
@click.argument("camera")
@click.argument("state", type=click.Choice(["on", "off"]))
def power(camera: str, state: str) -> None:
    """Press the power button."""
    _ask("POST", f"/v1/cameras/{camera}/power", {"on": state == "on"})


@ctl.command()
@click.argument("camera")
@click.argument("button")
@click.option("--for", "seconds", type=float, default=0.2, show_default=True, help="How long, in seconds.")
def press(camera: str, button: str, seconds: float) -> None:
    """Press a button."""
    _ask("POST", f"/v1/cameras/{camera}/press", {"button": button, "s": seconds})


@ctl.command()
@click.argument("camera")
@click.option("--in/--out", "present", default=None, help="Put the card in, or take it out.")
@click.option("--full/--empty", default=None, help="Fill it, or make room.")
@click.option("--protected/--writable", default=None, help="Move its write protection.")
def card(camera: str, present: bool | None, full: bool | None, protected: bool | None) -> None:
    """Change the card."""
    _ask("POST", f"/v1/cameras/{camera}/card", _given(in_=present, full=full, protected=protected))


@ctl.command()
@click.argument("camera")
@click.argument("ratio", type=click.FloatRange(0, 1))
def battery(camera: str, ratio: float) -> None:
    """Set the battery's charge, 0 to 1."""
    _ask("POST", f"/v1/cameras/{camera}/battery", {"ratio": ratio})


@ctl.command()
@click.argument("camera")
@click.option("--open/--close", "screen", default=None, help="The pairing screen.")
@click.option("--ok/--cancel", "accept", default=None, help="What to press on it.")
def pairing(camera: str, screen: bool | None, accept: bool | None) -> None:
    """Work the pairing screen."""
    _ask("POST", f"/v1/cameras/{camera}/pairing", _given(screen=screen, accept=accept))


@ctl.command()
@click.option("--add", metavar="SPEC", help="Put a rule to work.")
@click.option("--remove", metavar="ID", help="End a rule.")
@click.option("--clear", is_flag=True, help="End all rules.")
def faults(add: str | None, remove: str | None, clear: bool) -> None:
    """List the fault rules, or change them."""
    if add is not None:
        _ask("POST", "/v1/faults", {"spec": add})
    elif remove is not None:
        _ask("DELETE", f"/v1/faults/{remove}")
    else:
        _ask("DELETE" if clear else "GET", "/v1/faults")


@ctl.command()
@click.argument("seconds", type=click.FloatRange(min=0))
def advance(seconds: float) -> None:
    """Let time pass, with --clock virtual."""
    _ask("POST", "/v1/clock/advance", {"s": seconds})


@ctl.command()
def reset() -> None:
    """Bring cameras, faults and journal back to the start."""
    _ask("POST", "/v1/reset")
