"""`live-view`: frames to disk, a `.mjpeg` on stdout, or figures only."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remotelens.cli.camera import opened
from remotelens.cli.options import jsonl_option, link_options, one_camera, seconds
from remotelens.cli.run import Run, execute, new_run
from remotelens.clock import REAL_CLOCK
from remotelens.errors import InvalidValue

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera
    from remotelens.camera.frame import Frame


@click.command("live-view")
@click.option("--frames", type=click.IntRange(min=1), metavar="N", help="End after N frames.")
@click.option("--for", "span", metavar="S", help="End after S seconds.")
@click.option(
    "-o", "target", metavar="DIR|-", help="Keep the frames in a folder, or write a .mjpeg to stdout."
)
@click.option("--stats", is_flag=True, help="Figures only; this is also what happens without -o.")
@jsonl_option
@link_options
def command(
    camera: str | None,
    camera_option: str | None,
    frames: int | None,
    span: str | None,
    target: str | None,
    stats: bool,
    jsonl: bool,
    ble_adapter: str,
) -> None:
    """Live view frames to disk, to a pipe, or figures only.

    Without a limit it goes on until interrupted.
    """

    async def work(run: Run) -> None:
        if stats and target is not None:
            raise InvalidValue("--stats and -o do not go together", remedy="leave one out")
        if target == "-" and (run.general.json or jsonl):
            raise InvalidValue("the pictures go to stdout, so no JSON can", remedy="leave --json out")
        span_s = None if span is None else seconds(span)
        run.silent = target == "-"
        sink = _sink(run, target)
        figures = _Figures()
        async with opened(run, one_camera(camera, camera_option), ble_adapter=ble_adapter) as device:
            try:
                await _watch(run, device, sink, figures, frames=frames, span_s=span_s)
            except asyncio.CancelledError:
                if not run.interrupted or frames is not None or span_s is not None:
                    raise
        run.result.update(figures.to_dict())
        if run.silent:
            run.say("  ".join(_words(run.result)))
        if jsonl:
            run.silent = True

    execute(work, words=_words, run=new_run(lines=jsonl))


@dataclass(slots=True)
class _Figures:
    """What was seen of the live view."""

    frames: int = 0
    dropped: int = 0
    size_bytes: int = 0
    first_s: float | None = None
    last_s: float | None = None
    ages_ms: list[float] = field(default_factory=list)

    def take(self, frame: Frame, now_s: float) -> None:
        """Count one frame."""
        self.frames += 1
        self.size_bytes += len(frame.jpeg)
        self.first_s = frame.arrived_s if self.first_s is None else self.first_s
        self.last_s = frame.arrived_s
        self.ages_ms.append(1000 * (now_s - frame.arrived_s))
        if len(self.ages_ms) > 100_000:
            del self.ages_ms[:50_000]

    def to_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        lasted_s = (self.last_s or 0.0) - (self.first_s or 0.0)
        cuts = statistics.quantiles(self.ages_ms, n=100) if len(self.ages_ms) > 1 else None
        return {
            "frames": self.frames,
            "dropped": self.dropped,
            "fps": round((self.frames - 1) / lasted_s, 2) if lasted_s > 0 else None,
            "bytes": self.size_bytes,
            "age_ms": {
                "p50": round(cuts[49], 3) if cuts else None,
                "p99": round(cuts[98], 3) if cuts else None,
            },
        }


class _Nowhere:
    """Keeps nothing."""

    async def put(self, number: int, frame: Frame) -> None:
        """Let the frame go."""


class _Folder:
    """Keeps each frame as a file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, number: int, frame: Frame) -> None:
        """Write one frame under a name that nobody has."""
        await asyncio.to_thread(self._write, number, frame.jpeg)

    def _write(self, number: int, jpeg: bytes) -> None:
        from remotelens.library.part import PartFile

        part = PartFile(self._folder, f"frame_{number:06d}.jpg")
        try:
            part.open(len(jpeg))
            part.write(jpeg)
            part.publish()
        finally:
            part.discard()


class _Pipe:
    """Writes the frames one after the other to stdout."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def put(self, number: int, frame: Frame) -> None:
        """Write one frame; the reader's pace is ours."""
        await self._run.write(frame.jpeg)


def _sink(run: Run, target: str | None) -> _Nowhere | _Folder | _Pipe:
    if target is None:
        return _Nowhere()
    return _Pipe(run) if target == "-" else _Folder(Path(target))


async def _watch(
    run: Run,
    device: Camera,
    sink: _Nowhere | _Folder | _Pipe,
    figures: _Figures,
    *,
    frames: int | None,
    span_s: float | None,
) -> None:
    view = device.live_view()
    started_s = REAL_CLOCK.monotonic()
    try:
        async with REAL_CLOCK.timeout(span_s) as limit, aclosing(aiter(view)) as images:
            async for frame in images:
                figures.take(frame, REAL_CLOCK.monotonic())
                figures.dropped = view.dropped
                await sink.put(figures.frames, frame)
                if run.lines:
                    run.line({"sequence": frame.sequence, "bytes": len(frame.jpeg), **_at(frame, started_s)})
                if figures.frames == frames:
                    break
    except TimeoutError:
        if not limit.expired():
            raise


def _at(frame: Frame, started_s: float) -> dict[str, Any]:
    return {"timestamp_ms": frame.timestamp_ms, "at_s": round(frame.arrived_s - started_s, 4)}


def _words(result: dict[str, Any]) -> Iterator[str]:
    rate = "-" if result["fps"] is None else f"{result['fps']:.1f}"
    age = result["age_ms"]
    ages = "" if age["p50"] is None else f", age {age['p50']:.1f} ms (p99 {age['p99']:.1f} ms)"
    size_kb = result["bytes"] / max(1, result["frames"]) / 1000
    dropped = result["dropped"]
    yield f"{result['frames']} frames, {rate} a second, {size_kb:.1f} kB each, {dropped} dropped{ages}"
