"""`call`: one raw call of the camera's API."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import ble_adapter_option, camera_option, general_options, one_camera
from remotelens.cli.run import Run, execute
from remotelens.errors import InvalidValue

SERVICES = ("camera", "system", "avContent", "guide", "accessControl")


@click.command("call")
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] SERVICE.METHOD [PARAMS_JSON]")
@click.option("--version", metavar="V", help="The method's version; by default the newest the camera has.")
@click.option("--describe", is_flag=True, help="Only tell what the method takes and gives; asks no camera.")
@click.option("--unchecked", is_flag=True, help="Send the parameters whether they fit the method or not.")
@click.option("--unlock", is_flag=True, help="Unlock methods with the developer's registration first.")
@ble_adapter_option
@camera_option
@general_options
def command(
    arguments: tuple[str, ...],
    version: str | None,
    describe: bool,
    unchecked: bool,
    unlock: bool,
    camera_option: str | None,
    ble_adapter: str,
) -> None:
    """One raw call of the camera's API, for example `call camera.getEvent '[false]'`.

    `call --describe camera.actZoom` tells what a method takes; parameters that do not fit are refused before
    anything is sent.
    """
    camera, rest = (None, arguments) if _is_method(arguments[0]) else (arguments[0], arguments[1:])
    if not rest or not _is_method(rest[0]) or len(rest) > 2:
        raise click.UsageError(
            f"call takes [CAMERA] SERVICE.METHOD [PARAMS_JSON]; services: {', '.join(SERVICES)}"
        )
    service, _, method = rest[0].partition(".")

    if describe:
        execute(partial(_describe, service, method), words=_lines)
        return

    async def work(run: Run) -> None:
        params = _params(rest[1]) if len(rest) > 1 else []
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            if unlock:
                await device.unlock()
            run.result["result"] = await device.call(service, method, params, version, checked=not unchecked)

    execute(work, words=_words)


async def _describe(service: str, method: str, run: Run) -> None:
    from remotelens.protocol.wifi import calls, methods

    known = methods.find(service, method)
    if known is None:
        near = difflib.get_close_matches(method, [one.name for one in methods.METHODS], n=1)
        raise InvalidValue(
            f"the method table has no {service}.{method}",
            remedy=f"did you mean {near[0]}?" if near else "a camera may have it all the same: call it",
        )
    run.result["lines"] = list(calls.describe(known))


def _lines(result: dict[str, Any]) -> Iterator[str]:
    yield from result["lines"]


def _is_method(text: str) -> bool:
    service, dot, method = text.partition(".")
    return bool(dot) and service in SERVICES and method.isidentifier()


def _params(text: str) -> list[Any]:
    try:
        params = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(
            f"the parameters are not JSON: {error}", remedy="write for example '[true]'"
        ) from error
    if not isinstance(params, list):
        raise InvalidValue("the parameters are not a JSON list", remedy=f"write '[{text}]'")
    return params


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(result["result"], ensure_ascii=False, indent=2)
