"""`remote`: a camera used over Bluetooth LE alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.options import (
    ble_adapter_option,
    camera_option,
    general_options,
    jsonl_option,
    one_camera,
    seconds,
)
from remotelens.cli.remote import ACTIONS, Order, location_item
from remotelens.cli.run import Run, execute, new_run

if TYPE_CHECKING:
    from remotelens.camera.remote import Remote
    from remotelens.link.pair import PairStep


@click.command("remote", short_help="Use a camera over Bluetooth LE alone.")
@click.argument("arguments", nargs=-1, required=True, metavar="[CAMERA] ACTION [WORD]")
@click.option("--bulb", metavar="S", help="shutter: keep it open for S seconds; the camera must be on BULB.")
@click.option("--mf", is_flag=True, default=None, help="shutter: manual focus, so wait for none.")
@click.option("--for", "span", metavar="S", help="How long to hold, move, record or tell positions.")
@click.option(
    "--speed", type=click.IntRange(1, 100), metavar="PERCENT", help="zoom, focus: how fast. [default: 50]"
)
@click.option("--at", "place", metavar="LAT,LON", help="location: one place, in degrees.")
@click.option(
    "--gpx",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    help="location: the track in a GPX file, from its start; by the clock where it is of now.",
)
@click.option("--every", metavar="S", help="location: seconds between positions, 10 to 30. [default: 10]")
@jsonl_option
@ble_adapter_option
@camera_option
@general_options
def command(
    arguments: tuple[str, ...],
    camera_option: str | None,
    ble_adapter: str,
    jsonl: bool,
    **options: Any,
) -> None:
    """Use a camera over Bluetooth LE alone, with no Wi-Fi: it is found, bonded, woken, and let go again.

    CAMERA is ble:ADDRESS, a configured name, or left out when one camera is heard. The first time, its
    pairing screen must be open.

    ACTION is one of:

    \b
    shutter               take a picture; says whether the camera confirms it
    half-press            focus
    record                a movie, until interrupted
    zoom tele|wide        move the zoom
    focus near|far        pull the focus, on a body in manual focus
    press c1|af-on        these buttons
    status, battery       what the camera tells
    clock                 set its date, time and zone to this host's
    name NAME             rename it
    location              tell it where it is, for the EXIF of its pictures
    """  # noqa: D301 - click takes the backspace as the mark of lines to leave alone
    camera, name, words = _parted(arguments)
    action = ACTIONS[name]
    given = {
        "bulb": options["bulb"],
        "mf": options["mf"],
        "for": options["span"],
        "speed": options["speed"],
        "at": options["place"],
        "gpx": options["gpx"],
        "every": options["every"],
    }
    _check(name, words, given)

    @asynccontextmanager
    async def opens(run: Run) -> AsyncIterator[Remote]:
        from remotelens.camera.remote import remote_control

        def tell(step: PairStep) -> None:
            if step == "press OK on the camera" or run.general.verbose:
                run.say(str(step))

        target = one_camera(camera, camera_option)
        async with remote_control(target, ble_adapter=ble_adapter, on_step=tell) as remote:
            run.result["camera"] = remote.name
            yield remote

    async def work(run: Run) -> None:
        run.result.update(action=name, camera=None)
        await action.work(run, lambda: opens(run), _order(words, given))

    goes_on = name == "location"
    run = new_run(lines=jsonl and goes_on, item_words=location_item if goes_on else None)
    if jsonl and not goes_on:  # one thing happens, so there is one object
        run.general = replace(run.general, json=True)
    execute(work, words=action.words, run=run)


def _parted(arguments: tuple[str, ...]) -> tuple[str | None, str, list[str]]:
    """Return camera, action and the words after it."""
    camera = None
    rest = list(arguments)
    if rest[0] not in ACTIONS:
        camera = rest.pop(0)
    if not rest or rest[0] not in ACTIONS:
        raise click.UsageError(f"remote takes [CAMERA] and one of {', '.join(ACTIONS)}")
    return camera, rest[0], rest[1:]


def _check(name: str, words: list[str], given: dict[str, Any]) -> None:
    """Refuse what means nothing for this action."""
    action = ACTIONS[name]
    strays = [option for option, value in given.items() if value is not None and option not in action.takes]
    if strays:
        raise click.UsageError(f"--{strays[0]} does not belong to {name}")
    wanted = "a name" if action.choices is None else " or ".join(action.choices) or "nothing after it"
    if len(words) != (0 if action.choices == () else 1) or (
        action.choices and words[0] not in action.choices
    ):
        raise click.UsageError(f"{name} takes {wanted}")


def _order(words: list[str], given: dict[str, Any]) -> Order:
    """Return what was asked for."""
    return Order(
        word=words[0] if words else None,
        span_s=_seconds(given["for"]),
        bulb_s=_seconds(given["bulb"]),
        speed_percent=given["speed"],
        manual_focus=given["mf"],
        place=given["at"],
        gpx=given["gpx"],
        every_s=_seconds(given["every"]),
    )


def _seconds(text: str | None) -> float | None:
    return None if text is None else seconds(text)
