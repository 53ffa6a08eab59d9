"""The dashboard in a terminal of its own, looking through a stand-in for a camera; measures itself.

``python -m benchmarks.dashboard_process LIVE_VIEW_URL REPORT_FILE``: the real application, HTTP client,
parser, decoder and widgets; only the camera's commands are missing. What it measured is written when it
ends.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from remotelens.camera.camera import Camera
from remotelens.camera.frame import Frame, Mailbox
from remotelens.camera.state import CameraState, Setting
from remotelens.dashboard.app import Dashboard
from remotelens.protocol.wifi.liveview import PayloadType, jpeg_of
from remotelens.transport.http import HttpClient
from remotelens.transport.stream import live_view_stream

SETTLING_S = 3.0
BEAT_S = 0.05
SETTINGS = {
    "exposure_mode": Setting("Program Auto", ("Intelligent Auto", "Program Auto"), True),
    "iso": Setting("AUTO", ("AUTO", "100", "200"), True),
}


class StandIn:
    """Gives live view from a URL, and a state that never changes."""

    name = "stand-in"
    state = CameraState(link="ready", status="IDLE", available=("startLiveview",), settings=SETTINGS)

    def __init__(self, url: str) -> None:
        self._url = url

    async def subscribe(self) -> AsyncIterator[CameraState]:
        yield self.state
        await asyncio.Event().wait()

    @asynccontextmanager
    async def live_view(self, *, frame_info: bool) -> AsyncIterator[AsyncIterator[Frame]]:
        mailbox = Mailbox()

        async def read() -> None:
            async with HttpClient() as http, live_view_stream(http, self._url) as stream:
                async for payload in stream:
                    if payload.type == PayloadType.LIVE:
                        arrived_s = stream.arrived_s or 0.0
                        mailbox.put(
                            Frame(jpeg_of(payload), payload.sequence, payload.timestamp_ms, arrived_s)
                        )

        async def frames() -> AsyncIterator[Frame]:
            while (frame := await mailbox.take()) is not None:
                yield frame

        reading = asyncio.create_task(read())
        try:
            yield frames()
        finally:
            reading.cancel()


class Measured(Dashboard):
    """Counts what it paints, once it has settled."""

    painted = 0

    def post_display_hook(self) -> None:
        super().post_display_hook()
        self.painted += 1


async def measure(url: str) -> dict[str, Any]:
    """Run until the person leaves, and return the figures."""

    @asynccontextmanager
    async def connect(_: str | None) -> AsyncIterator[Camera]:
        yield cast("Camera", StandIn(url))

    app = Measured([None], connect, folder=Path())
    late_ms: list[float] = []
    figures: dict[str, Any] = {}

    async def look() -> None:
        await asyncio.sleep(SETTLING_S)
        stage = app.screen.query_one("#stage")
        shown_before = stage.figures.shown_total  # type: ignore[attr-defined]  # the stage's own
        cpu, started, before = time.process_time(), time.monotonic(), app.output.handed_characters
        due = time.monotonic()
        ages_ms: list[float] = []
        try:
            while True:
                due += BEAT_S
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                late_ms.append(1000 * (time.monotonic() - due))
                due = max(due, time.monotonic() - BEAT_S)
                ages_ms.append(1000 * stage.figures.latency_s)  # type: ignore[attr-defined]  # as above
                lasted = time.monotonic() - started
                figures.update(
                    seconds=lasted,
                    cpu_ratio=(time.process_time() - cpu) / lasted,
                    updates_s=(stage.figures.shown_total - shown_before) / lasted,  # type: ignore[attr-defined]  # as above
                    characters_s=(app.output.handed_characters - before) / lasted,
                    age_p50_ms=statistics.median(ages_ms),
                    quality=str(stage.pace.quality),  # type: ignore[attr-defined]  # as above
                )
        finally:
            cuts = statistics.quantiles(late_ms, n=100)
            figures.update(late_p50_ms=cuts[49], late_p99_ms=cuts[98], late_max_ms=max(late_ms))

    looking = asyncio.create_task(look())
    await app.serve()
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    return figures


if __name__ == "__main__":
    _, address, report = sys.argv
    Path(report).write_text(json.dumps(asyncio.run(measure(address))))
