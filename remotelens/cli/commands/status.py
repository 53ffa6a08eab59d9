"""`status`: a camera's state, once or as it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import jsonl_option, link_options, one_camera
from remotelens.cli.run import Run, execute, new_run


@click.command("status")
@click.option("--watch", is_flag=True, help="Go on and show each change, until interrupted.")
@jsonl_option
@link_options
def command(
    camera: str | None, camera_option: str | None, watch: bool, jsonl: bool, ble_adapter: str
) -> None:
    """Show a camera's state."""

    async def work(run: Run) -> None:
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            if not watch:
                run.result.update(device.state.to_dict())
                return
            run.silent = True
            async for state in device.subscribe():
                told = state.to_dict()
                if run.lines or run.general.json:
                    run.line(told)
                else:
                    run.show(_one_line(told))

    execute(work, words=_words, run=new_run(lines=jsonl))


def _one_line(state: dict[str, Any]) -> str:
    """Return a ready camera's settings; else why it is not ready, since when, and what comes next."""
    if state["link"] != "ready":
        next_try = _hour(state["link_next_try"])
        away = "" if state["link"] in ("absent", "lost") else ", not ready"
        return "  ".join(
            [
                f"{state['link']}{away} since {_hour(state['link_since']) or 'the beginning'}",
                state["link_reason"] or "no reason told",
                *([f"next try {next_try}"] if next_try else []),
            ]
        )
    values = state["settings"]
    shown = [f"{name} {setting['value']}" for name, setting in values.items() if setting["writable"]]
    note = [f"({state['link_reason']})"] if state["link_reason"] else []
    return "  ".join(["ready", str(state["status"] or "-"), f"zoom {_or_dash(state['zoom'])}", *shown, *note])


def _hour(time: str | None) -> str | None:
    """Return the time of day of an ISO time."""
    return None if time is None else f"{time[11:19]} UTC"


def _words(state: dict[str, Any]) -> Iterator[str]:
    reason = f" ({state['link_reason']})" if state["link_reason"] else ""
    yield f"{state['model'] or 'camera'}: {state['link']}{reason}, {state['status'] or 'status unknown'}"
    battery = state["battery_ratio"]
    yield f"  battery       {'not told by this camera' if battery is None else f'{battery:.0%}'}"
    for place in state["storage"]:
        left = place["images_left"]
        room = "" if left is None else f", room for {left} pictures"
        yield f"  storage       {place['name']}{room}"
    if state["zoom"] is not None:
        yield f"  zoom          {state['zoom']}"
    if state["focus_status"]:
        yield f"  focus         {state['focus_status']}"
    for name, setting in state["settings"].items():
        yield f"  {name:20}{_or_dash(setting['value'])}"


def _or_dash(value: Any) -> str:
    return "-" if value is None else str(value)
