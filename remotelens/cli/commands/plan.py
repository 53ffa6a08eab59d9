"""`plan`: capture sessions: check and explain a plan, run it, resume it, list and show what came of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.options import (
    ble_adapter_option,
    camera_option,
    general_options,
    join_option,
    jsonl_option,
    one_camera,
)
from remotelens.cli.run import Run, execute, new_run

if TYPE_CHECKING:
    from remotelens.plans.steps import Plan
    from remotelens.sessions.records import Record
    from remotelens.sessions.runner import Runner
    from remotelens.sessions.store import SessionPlace

    Begun = Callable[[SessionPlace, Runner], None]
    Tell = Callable[[Record], None]

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group("plan")
def command() -> None:
    """Capture sessions: check, explain, run, resume, list, show."""


@command.command("check")
@_file
@general_options
def check(file: Path) -> None:
    """Say whether a plan can be meant; nothing is sent anywhere."""

    async def work(run: Run) -> None:
        from remotelens.plans.explain import estimate

        plan = _read(file)
        cost = estimate(plan)
        run.result.update(name=plan.name, frames=cost.frames, warnings=list(cost.warnings))

    def words(result: dict[str, Any]) -> Iterator[str]:
        yield f"{result['name']}: good, {result['frames']} pictures"
        for warning in result["warnings"]:
            yield f"  note: {warning}"

    execute(work, words=words)


@command.command("explain")
@_file
@general_options
def explain(file: Path) -> None:
    """Tell a plan in sentences, and what it costs."""

    async def work(run: Run) -> None:
        from remotelens.plans import explain as telling

        plan = _read(file)
        cost = telling.estimate(plan)
        run.result.update(
            name=plan.name,
            frames=cost.frames,
            seconds=cost.seconds,
            bytes=cost.size_bytes,
            warnings=list(cost.warnings),
            lines=list(telling.explain(plan)),
        )

    execute(work, words=lambda result: iter(result["lines"]))


@command.command("run")
@_file
@click.argument("camera", required=False, metavar="[CAMERA]")
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where pictures and journal go; by default a new folder in the current one.",
)
@click.option("--dry-run", is_flag=True, help="On paper: every step in its order, no camera, no waiting.")
@click.option("--rehearse", is_flag=True, help="With an emulated camera, in virtual time: to its end, now.")
@click.option("--model", default="DSC-QX10", show_default=True, help="The camera to rehearse with.")
@click.option("--scene", help="What it looks at. [default: one in which nothing moves]")
@jsonl_option
@ble_adapter_option
@join_option
@camera_option
@general_options
def run_plan(
    file: Path,
    camera: str | None,
    camera_option: str | None,
    folder: Path | None,
    dry_run: bool,
    rehearse: bool,
    model: str,
    scene: str | None,
    jsonl: bool,
    ble_adapter: str,
    join: str,
) -> None:
    """Shoot a plan. Interrupt it once to stop after the present frame; it can be resumed.

    A rehearsal is the same in all but time and camera; its pictures are small, and gone afterwards unless -o
    says where to keep them.
    """

    async def work(run: Run) -> None:
        from remotelens.sessions import shooting

        plan = _read(file)
        if dry_run:
            run.item_words = _task_words
            for item in shooting.dry(plan):
                run.add(item)
            return
        text = await asyncio.to_thread(file.read_text, "utf-8")
        if rehearse:
            await _rehearse(run, text, file.name, folder, model, scene)
            return
        way = shooting.Way(one_camera(camera, camera_option), ble_adapter, join)
        await _session(
            run,
            lambda tell, begun: shooting.begin(
                text, file=file.name, folder=folder, way=way, tell=tell, started=begun
            ),
        )

    if dry_run and rehearse:
        raise click.UsageError("--dry-run has no camera, --rehearse has: say one of them")
    execute(work, words=_report_words, run=new_run(lines=jsonl), virtual=rehearse)


@command.command("resume")
@click.argument("identity", metavar="ID")
@click.argument("camera", required=False, metavar="[CAMERA]")
@click.option("--other-camera", is_flag=True, help="Go on although the camera is another one than before.")
@jsonl_option
@ble_adapter_option
@join_option
@camera_option
@general_options
def resume(
    identity: str,
    camera: str | None,
    camera_option: str | None,
    other_camera: bool,
    jsonl: bool,
    ble_adapter: str,
    join: str,
) -> None:
    """Go on with a session after a crash or a stop.

    What became of frames whose answer was lost is found out first, and pictures that could not be fetched
    are fetched while the camera has them; nothing is taken twice.
    """

    async def work(run: Run) -> None:
        from remotelens.sessions import shooting
        from remotelens.sessions.store import find

        place = find(identity)
        way = shooting.Way(one_camera(camera, camera_option), ble_adapter, join)
        await _session(
            run,
            lambda tell, begun: shooting.resume(
                place, way=way, tell=tell, started=begun, other_camera=other_camera
            ),
        )

    execute(work, words=_report_words, run=new_run(lines=jsonl))


@command.command("show")
@click.argument("identity", metavar="ID")
@general_options
def show(identity: str) -> None:
    """Tell what became of each frame of a session, and by what evidence."""

    async def work(run: Run) -> None:
        from remotelens.sessions.report import report
        from remotelens.sessions.store import find

        run.result.update(await asyncio.to_thread(report, find(identity)))

    execute(work, words=_report_words)


@command.command("list")
@general_options
def list_sessions() -> None:
    """List the sessions."""

    async def work(run: Run) -> None:
        from remotelens.errors import RemoteLensError
        from remotelens.sessions.report import summary
        from remotelens.sessions.store import listed

        run.result["items"] = []
        for place in await asyncio.to_thread(listed):
            try:
                run.add(await asyncio.to_thread(summary, place))
            except RemoteLensError as error:
                run.say(f"{place.id}: {error.message}")

    execute(work, run=new_run(item_words=_summary_words))


def _read(file: Path) -> Plan:
    from remotelens.plans.schema import read_plan
    from remotelens.sessions.checking import check_settings

    plan = read_plan(file)
    check_settings(plan, file=file.name)
    return plan


async def _session(run: Run, shoot: Callable[[Tell, Begun], Awaitable[tuple[SessionPlace, Any]]]) -> None:
    """Shoot, tell what happens as it happens, and report; an interrupt stops after the present frame."""
    from remotelens.camera.shot import RAW
    from remotelens.sessions.records import Done, JournalError, Kept, Noted
    from remotelens.sessions.report import incomplete, report

    at: list[SessionPlace] = []

    def begun(place: SessionPlace, runner: Runner) -> None:
        at.append(place)
        run.on_interrupt = runner.stop
        run.say(f"session {place.id} in {place.folder}")

    def tell(record: Record) -> None:
        if run.lines:
            import msgspec

            run.note(msgspec.to_builtins(record))
        elif isinstance(record, Done):
            late = "" if record.late_s is None else f"  {1000 * record.late_s:+.1f} ms"
            run.say(f"{record.n:6d}  {record.outcome:8}{late}  {record.evidence}")
        elif isinstance(record, Kept) and record.file_kind == RAW:
            run.say(f"{record.n:6d}  raw file is here: {record.path}")
        elif isinstance(record, Noted):
            run.say(f"        {record.text}")

    async def told() -> None:
        run.on_interrupt = None
        if at:
            run.result.update(await asyncio.to_thread(report, at[0]))

    try:
        await shoot(tell, begun)
    except BaseException:
        with contextlib.suppress(JournalError):  # what ended the session says more
            await told()
        raise
    await told()
    if run.interrupted:
        raise asyncio.CancelledError
    if (error := incomplete(run.result, run.result["camera"])) is not None:
        raise error


async def _rehearse(
    run: Run, text: str, file_name: str, folder: Path | None, model: str, scene: str | None
) -> None:
    """Shoot a plan with an emulated camera, and say how long it would have taken."""
    from remotelens.clock import REAL_CLOCK
    from remotelens.sessions import shooting
    from remotelens.sessions.rehearsal import rehearsal

    started = REAL_CLOCK.now()
    async with rehearsal(model=model, scene=scene, folder=folder) as stage:
        begun_s = stage.clock.monotonic()
        try:
            await _session(
                run,
                lambda tell, begun: shooting.begin(
                    text,
                    file=file_name,
                    folder=stage.folder,
                    way=stage.way,
                    tell=tell,
                    started=begun,
                    clock=stage.clock,
                    remembered=False,
                ),
            )
        finally:
            run.result["rehearsal"] = {
                "model": model,
                "session_s": round(stage.clock.monotonic() - begun_s, 3),
                "took_s": round((REAL_CLOCK.now() - started).total_seconds(), 3),
            }


def _task_words(item: dict[str, Any]) -> Iterator[str]:
    due = "" if item["due_s"] is None else f"  at {item['due_s']:g} s"
    if item["do"] == "set":
        yield "set " + ", ".join(f"{name}={value}" for name, value in item["values"].items()) + due
    elif item["do"] == "wait":
        yield f"wait {item['seconds']:g} s{due}"
    else:
        yield f"capture {item['n']}{due}"


def _summary_words(item: dict[str, Any]) -> Iterator[str]:
    from remotelens.sessions.report import words

    yield from words(item)


def _report_words(result: dict[str, Any]) -> Iterator[str]:
    from remotelens.sessions.report import words

    if "id" in result:
        yield from words(result)
