"""What the commands have in common: they ask one thing of the control API and print the answer."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from emulator.ctl.client import ControlClient

NEGATIVE = {"ignore_unknown_options": True}
"""A number below zero is no option."""

FILE = click.Path(path_type=Path, dir_okay=False)


def client() -> ControlClient:
    """Return a client of the emulator that is meant."""
    return ControlClient.found(click.get_current_context().find_object(Path))


def ask(verb: str, path: str, body: dict[str, Any] | bytes | None = None, **query: Any) -> None:
    """Ask one thing, and print the answer; what the query leaves out is not said."""
    asked = f"?{urlencode(given(**query))}" if given(**query) else ""
    click.echo(json.dumps(client().call(verb, path + asked, body), indent=2, ensure_ascii=False))


def save(path: str, file: Path | None, **query: Any) -> None:
    """Ask for a file, and write it there, for its owner alone, or to stdout: most of them hold keys."""
    asked = f"?{urlencode(given(**query))}" if given(**query) else ""
    data = client().fetch("GET", path + asked)
    if file is None:
        sys.stdout.buffer.write(data)
        return
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(data)


def given(**values: Any) -> dict[str, Any]:
    """Return what was given; a name may end in ``_`` where it is a word of Python."""
    return {name.rstrip("_"): value for name, value in values.items() if value is not None}


def of_camera(camera: str, deed: str = "") -> str:
    """Return the path of a camera, or of something that can be done to it."""
    return f"/v1/cameras/{quote(camera, safe='')}" + (f"/{deed}" if deed else "")
