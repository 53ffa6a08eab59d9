"""`demo`: the whole road, on real bytes, with an emulated camera in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.emulated import EmulatedCamera, check_installed, emulated
from remotelens.cli.options import general_options
from remotelens.cli.output import Painted
from remotelens.cli.run import Run, execute, new_run
from remotelens.clock import REAL_CLOCK
from remotelens.errors import RemoteLensError

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera
    from remotelens.link.stages import StageRecord

MODEL = "DSC-QX10@3.00"
LIVE_VIEW_S = 5.0
PICTURES = Path("demo-pictures")
WORDS = {
    "find": "find by Bluetooth LE",
    "pair": "pair and bond",
    "connect": "use the bond",
    "wake": "wake, take over Wi-Fi",
    "join": "join its network",
    "search": "SSDP search",
    "reach": "description, first event",
}


@click.command("demo")
@click.option(
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=PICTURES,
    show_default=True,
    metavar="DIR",
    help="Where the picture goes.",
)
@click.option("--keep", is_flag=True, help="Leave the emulated camera running until interrupted.")
@click.option("--again", is_flag=True, help="Forget the bond, and pair anew.")
@general_options
def command(folder: Path, keep: bool, again: bool) -> None:
    """Walk the whole road with an emulated camera.

    Find it over Bluetooth LE, pair, wake it, take over its Wi-Fi, see the live view, half-press, shoot, and
    have the picture on disk. Nothing is opened, no root is needed.
    """
    execute(lambda run: _Demo(run, folder, again=again).walk(keep=keep), run=new_run(item_words=_words))


class _Demo:
    """One walk; each step is told as it ends."""

    def __init__(self, run: Run, folder: Path, *, again: bool) -> None:
        from remotelens.config.paths import state_dir

        self._run = run
        self._folder = folder
        self._again = again
        self._state = state_dir() / "demo"
        run.result["items"] = []

    async def walk(self, *, keep: bool) -> None:
        """Walk the road from its beginning to a picture on disk, and leave nothing behind."""
        check_installed()
        self._run.say(
            "An emulated DSC-QX10, firmware 3.00. A real QX has no Bluetooth radio: that stage is lent from"
            " Sony's newer bodies."
        )
        if self._again:
            await asyncio.to_thread(shutil.rmtree, self._state, ignore_errors=True)
        started_s = REAL_CLOCK.monotonic()
        seed = await asyncio.to_thread(_seed, self._state)
        state = str(self._state / "emulator")
        arguments = ["--model", MODEL, "--ble", "--seed", str(seed), "--state", state]
        async with emulated(arguments, self._state) as emulator:
            self._tell("start", started_s, f"emulator process {emulator.process.pid}")
            async with self._road(emulator) as camera:
                await self._use(camera)
            if keep:
                await self._stay(emulator)
            ending_s = REAL_CLOCK.monotonic()
        self._tell("stop", ending_s, "camera left as it was, emulator ended")

    @asynccontextmanager
    async def _road(self, emulator: EmulatedCamera) -> AsyncIterator[Camera]:
        from remotelens.camera.opening import at_camera
        from remotelens.link.road import Road
        from remotelens.link.stages import Route
        from remotelens.link.target import AnyTarget

        route = Route(
            target=AnyTarget(),
            ble=True,
            ble_adapter=emulator.adapter,
            ble_name=emulator.ble_address,  # heard once is enough; a name has to be the only one
            again=self._again,
            join=emulator.join_command,
        )
        async with Road(route, observer=self._observe) as road:
            await road.walk()
            async with at_camera(road, clock=REAL_CLOCK) as camera:
                yield camera

    async def _use(self, camera: Camera) -> None:
        await self._step("live view", self._watch(camera))
        await self._step("half-press", self._focus(camera))
        await self._step("shoot and download", self._shoot(camera))

    async def _watch(self, camera: Camera) -> str:
        """Watch the live view for a few seconds, and tell its rate."""
        frames = size_bytes = 0
        first_s = last_s = 0.0
        view = camera.live_view()
        with contextlib.suppress(TimeoutError):
            async with REAL_CLOCK.timeout(LIVE_VIEW_S), aclosing(aiter(view)) as images:
                async for frame in images:
                    first_s = first_s or frame.arrived_s
                    last_s = frame.arrived_s
                    frames += 1
                    size_bytes += len(frame.jpeg)
        if frames < 2:
            raise RemoteLensError("the live view gave no picture", camera=camera.name)
        rate = (frames - 1) / (last_s - first_s)
        return f"{frames} frames, {rate:.1f} a second, {size_bytes / frames / 1000:.1f} kB each"

    async def _focus(self, camera: Camera) -> str:
        result = await camera.half_press()
        await camera.focus.release()
        return str(result.status)

    async def _shoot(self, camera: Camera) -> str:
        shot = await (await camera.capture()).download(self._folder)
        (file,) = shot.files
        taken = shot.actual or {}
        exposure = f"{taken.get('shutter_speed')} s, f/{taken.get('f_number')}, ISO {taken.get('iso')}"
        size = f"{file.width}×{file.height}, {(file.size_bytes or 0) / 1e6:.1f} MB"
        return f"{file.path}: {size}, {exposure}"

    async def _step(self, name: str, work: Any) -> None:
        started_s = REAL_CLOCK.monotonic()
        try:
            detail = await work
        except RemoteLensError as error:
            self._tell(name, started_s, error.message, ok=False)
            raise
        self._tell(name, started_s, detail)

    def _observe(self, record: StageRecord) -> None:
        item = record.shown()
        item["seconds"] = round(record.seconds, 3)
        self._run.add(item)

    def _tell(self, name: str, started_s: float, detail: str, *, ok: bool = True) -> None:
        seconds = round(REAL_CLOCK.monotonic() - started_s, 3)
        self._run.add({"name": name, "seconds": seconds, "ok": ok, "detail": detail})

    async def _stay(self, emulator: EmulatedCamera) -> None:
        self._run.say(
            f"The camera stays; try: remotelens status {emulator.description_url}   (Ctrl-C ends it)"
        )
        try:
            await emulator.process.wait()
        except asyncio.CancelledError:
            if not self._run.interrupted:
                raise


def _seed(folder: Path) -> int:
    """Return what this installation's demo camera is made from; another one's is another camera."""
    from remotelens.config.private import write_private

    file = folder / "seed"
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        seed = secrets.randbelow(2**31)
        write_private(file, str(seed).encode("ascii"))
        return seed


def _words(item: dict[str, Any]) -> Iterator[Painted]:
    name = WORDS.get(item["name"], item["name"])
    mark, colour = ("✓", "bold green") if item["ok"] else ("✗", "bold red")
    line = f"{mark} {name:26}{item['seconds']:7.2f} s  {item['detail']}"
    yield Painted(line, ((colour, 0, 1), ("cyan", 28, 38)))
