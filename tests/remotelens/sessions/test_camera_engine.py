"""What a camera's card tells of a frame whose answer was lost, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from remotelens.camera.evidence import images_left
from remotelens.clock import REAL_CLOCK, RealClock
from remotelens.plans.expand import Shoot
from remotelens.sessions.camera_engine import CameraEngine
from remotelens.sessions.engine import Evidence
from remotelens.sessions.logbook import utc_text
from remotelens.sessions.progress import FrameStanding
from remotelens.sessions.records import Intent
from tests.remotelens.camera.emulated import Pair, emulated


class SteppedClock(RealClock):
    """A host whose time of day is set while it runs."""

    off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with emulated("ILCE-QX1@1.10", still_scale=16) as pair:
        yield pair


async def found(
    engine: CameraEngine,
    pair: Pair,
    *,
    fell: int | None,
    drive: str = "single",
    others: frozenset[str] = frozenset(),
) -> Evidence:
    """Ask what became of a frame since whose intention the card's count fell so far."""
    left = images_left(await pair.camera.refresh())
    assert left is not None
    intent = Intent(
        at=utc_text(REAL_CLOCK.now()),
        n=7,
        known_urls=list(pair.camera.state.urls),
        remaining=None if fell is None else left + fell,
        requested={"drive": drive},
    )
    return (await engine.evidence([FrameStanding(7, intent)], others))[7]


async def stored(pair: Pair) -> list[str]:
    """Return the addresses of what the card holds, the newest first."""
    contents = pair.camera.contents
    async with contents.transfer():
        return [file.url async for entry in contents.entries(newest_first=True) for file in entry.originals]


@pytest.mark.parametrize("stepped", [timedelta(0), timedelta(hours=1)])
async def test_the_newest_picture_is_the_one_that_the_count_fell_by(pair: Pair, stepped: timedelta) -> None:
    clock = SteppedClock()
    engine = CameraEngine(pair.camera, clock)
    await engine.about()
    for _ in range(2):
        await pair.camera.capture()
    clock.off = stepped
    evidence = await found(engine, pair, fell=1)
    newest, _ = await stored(pair)
    assert (evidence.outcome, evidence.urls) == ("taken", (newest,))


async def test_a_run_has_as_many_of_the_newest_as_the_count_fell_by(pair: Pair) -> None:
    engine = CameraEngine(pair.camera, REAL_CLOCK)
    for _ in range(3):
        await pair.camera.capture()
    evidence = await found(engine, pair, fell=2, drive="continuous")
    newest, before, _ = await stored(pair)
    assert (evidence.outcome, evidence.urls) == ("taken", (before, newest))


async def test_a_picture_that_another_frame_has_is_not_taken_for_this_ones(pair: Pair) -> None:
    engine = CameraEngine(pair.camera, REAL_CLOCK)
    await pair.camera.capture()
    evidence = await found(engine, pair, fell=1, others=frozenset(await stored(pair)))
    assert evidence.outcome == "unknown"


async def test_no_picture_of_that_time_is_missing_only_while_the_clocks_agree(
    pair: Pair,
) -> None:
    clock = SteppedClock()
    engine = CameraEngine(pair.camera, clock)
    assert (await found(engine, pair, fell=None)).outcome == "unknown"  # its clock was never set
    await engine.about()
    assert (await found(engine, pair, fell=None)).outcome == "missing"
    clock.off = timedelta(hours=1)
    assert (await found(engine, pair, fell=None)).outcome == "unknown"


async def test_a_count_that_the_last_picture_is_still_to_be_told_of_is_asked_for(pair: Pair) -> None:
    engine = CameraEngine(pair.camera, REAL_CLOCK)
    before = (await engine.baseline()).remaining
    assert before is not None
    pair.fault("event:missing")
    await engine.shoot(Shoot(1, "original", half_press=False, download=False, due=None, line=None))
    assert (await engine.baseline()).remaining == before - 1
