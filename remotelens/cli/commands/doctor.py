"""`doctor`: what on this host would hinder; the rooms that touch the host look, this collects."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.options import general_options
from remotelens.cli.run import Run, execute, new_run
from remotelens.errors import ExitCode

if TYPE_CHECKING:
    from remotelens.config.checks import Check


@click.command("doctor")
@general_options
def command() -> None:
    """Say what on this host would hinder.

    Ends with exit code 1 when something is wrong; what is merely absent is told and hinders nothing.
    """
    execute(_work, run=new_run(item_words=_words))


async def _work(run: Run) -> None:
    from remotelens.config.checks import checks as config_checks
    from remotelens.transport.checks import checks as transport_checks

    run.result["items"] = []
    for check in _own_checks():
        run.add(check.to_dict())
    for check in config_checks():
        run.add(check.to_dict())
    async for check in transport_checks():
        run.add(check.to_dict())
    if any(item["ok"] is False for item in run.result["items"]):
        run.exit_code = ExitCode.FAILURE


def _own_checks() -> Iterator[Check]:
    from remotelens.config.checks import Check

    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("Python", sys.version_info >= (3, 11), version, None)
    yield _terminal()
    yield _extra("emulated cameras", "bumble", "demo")


def _terminal() -> Check:
    from remotelens.config.checks import Check

    size = shutil.get_terminal_size()
    encoding = (sys.stdout.encoding or "").lower()
    colours = os.environ.get("COLORTERM", "") in {"truecolor", "24bit"}
    if "utf" not in encoding:
        return Check(
            "terminal", None, f"its text is {encoding or 'unknown'}, not UTF-8", "set LANG to a UTF-8 locale"
        )
    kind = f"{size.columns}x{size.lines}, {os.environ.get('TERM', 'no TERM')}"
    if not colours:
        return Check(
            "terminal", None, f"{kind}, no word of 24-bit colour", "set COLORTERM=truecolor if it has it"
        )
    return Check("terminal", True, f"{kind}, 24-bit colour")


def _extra(name: str, module: str, extra: str) -> Check:
    from remotelens.config.checks import Check

    if find_spec(module) is not None:
        return Check(name, True, "installed")
    return Check(name, None, "not installed", f"pip install 'remotelens[{extra}]'")


def _words(item: dict[str, Any]) -> Iterator[str]:
    mark = {True: "ok", False: "WRONG", None: "--"}[item["ok"]]
    remedy = f"  ({item['remedy']})" if item["remedy"] else ""
    yield f"{mark:6}{item['name']:28}{item['detail']}{remedy}"
