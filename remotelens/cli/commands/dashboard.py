"""`dashboard`: the terminal dashboard."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.folder import check_folder
from remotelens.cli.options import ble_adapter_option, camera_option, general_options
from remotelens.cli.run import Run, execute, new_run
from remotelens.errors import InvalidValue, MissingComponent

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera

DEMO_MODEL = "DSC-QX10@3.00"


@click.command("dashboard")
@click.argument("cameras", nargs=-1, metavar="[CAMERA...]")
@click.option("--demo", is_flag=True, help="Start an emulated camera and look through it.")
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where pictures go; nothing there is overwritten. By default the current folder.",
)
@camera_option
@ble_adapter_option
@general_options
def command(
    cameras: tuple[str, ...], demo: bool, folder: Path, camera_option: str | None, ble_adapter: str
) -> None:
    """The terminal dashboard: live view, settings, pictures.

    ? shows the keys. Several cameras are looked through one after the other.
    """

    async def work(run: Run) -> None:
        _check_host()
        if demo and cameras:
            raise InvalidValue("--demo brings its own camera", remedy="leave CAMERA or --demo out")
        await check_folder(folder)
        run.result["items"] = []
        async with _demo(run) if demo else _named(cameras, camera_option) as targets:
            await _serve(run, targets, folder, ble_adapter)

    execute(work, words=_words, run=new_run())


def _check_host() -> None:
    """See that there is what a dashboard needs.

    Raises:
        MissingComponent: the extra is not installed, or there is no terminal.
    """
    if find_spec("textual") is None:
        raise MissingComponent(
            "this installation has no dashboard", remedy="pip install 'remotelens[dashboard]'"
        )
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MissingComponent(
            "the dashboard needs a terminal",
            remedy="run it in one, without redirecting standard input and error; status --watch needs none",
        )


@asynccontextmanager
async def _named(cameras: tuple[str, ...], option: str | None) -> AsyncIterator[list[str | None]]:
    yield [*cameras] or [option]


@asynccontextmanager
async def _demo(run: Run) -> AsyncIterator[list[str | None]]:
    """Run an emulated camera in a process of its own while the block runs."""
    from remotelens.cli.emulated import emulated

    run.say(f"Starting an emulated {DEMO_MODEL.partition('@')[0]}.")
    with tempfile.TemporaryDirectory(prefix="remotelens-") as folder:
        async with emulated(["--model", DEMO_MODEL], Path(folder), quiet=True) as camera:
            yield [camera.description_url]


async def _serve(run: Run, targets: list[str | None], folder: Path, ble_adapter: str) -> None:
    from remotelens import connect
    from remotelens.dashboard.app import Dashboard
    from remotelens.dashboard.query import ask_terminal

    def reach(target: str | None) -> AbstractAsyncContextManager[Camera]:
        return connect(target, ble_adapter=ble_adapter)

    facts = await asyncio.to_thread(ask_terminal)
    dashboard = Dashboard(targets, reach, folder=folder, facts=facts)
    dashboard.on_leaving = lambda: run.say("leaving the camera as it was; Ctrl-C twice ends at once")
    with _hang_up(run):
        try:
            await dashboard.serve()
        finally:
            run.unheard = not dashboard.output.finished
            run.result["items"] = [shot.to_dict() for shot in dashboard.shots]


@contextlib.contextmanager
def _hang_up(run: Run) -> Iterator[None]:
    """End in order when the terminal goes away, where there is a signal for that."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    number = getattr(signal, "SIGHUP", None)

    def leave() -> None:
        run.interrupted = True
        task.cancel()

    if number is None:
        yield
        return
    loop.add_signal_handler(number, leave)
    try:
        yield
    finally:
        loop.remove_signal_handler(number)


def _words(result: dict[str, Any]) -> Iterator[str]:
    for shot in result["items"]:
        for file in shot["files"]:
            yield file["path"] or f"{file['url']}  left on the camera"
