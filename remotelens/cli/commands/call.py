"""`call`: one raw call of the camera's API."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
@ble_adapter_option
@camera_option
@general_options
def command(
    arguments: tuple[str, ...], version: str | None, camera_option: str | None, ble_adapter: str
) -> None:
    """One raw call of the camera's API, for example `call camera.getEvent '[false]'`."""
    camera, rest = (None, arguments) if _is_method(arguments[0]) else (arguments[0], arguments[1:])
    if not rest or not _is_method(rest[0]) or len(rest) > 2:
        raise click.UsageError(
            f"call takes [CAMERA] SERVICE.METHOD [PARAMS_JSON]; services: {', '.join(SERVICES)}"
        )
    service, _, method = rest[0].partition(".")

    async def work(run: Run) -> None:
        params = _params(rest[1]) if len(rest) > 1 else []
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            run.result["result"] = await device.call(service, method, params, version)

    execute(work, words=_words)


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
