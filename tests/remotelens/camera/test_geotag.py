"""A position feed that outlives its connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from remotelens.camera.ble import location as module
from remotelens.camera.ble.track import Place, Still, Track, TrackPoint
from remotelens.camera.geotag import geotag
from remotelens.camera.remote import Remote, over
from remotelens.clock import REAL_CLOCK
from remotelens.errors import LinkError, NotSupported, PairingRejected, RemoteLensError
from remotelens.link.pair import pair
from remotelens.link.status import BackOff
from remotelens.protocol.ble.location import Position
from tests.remotelens.link.ble_rig import Rig, rigged

VIENNA = Still(Place(48.2082, 16.3738))
SOON = BackOff(first_s=0.01, longest_s=0.05)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as rig, asyncio.timeout(30):
        yield rig


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions may follow each other at once, and tries too."""
    monkeypatch.setattr(module, "SOONEST_S", 0.0)
    monkeypatch.setattr(module, "PAUSE_S", 0.01)


def opens_on(rig: Rig, attempts: list[str] | None = None):  # type: ignore[no-untyped-def]  # a context manager
    @asynccontextmanager
    async def opens() -> AsyncIterator[Remote]:
        if attempts is not None:
            attempts.append("open")
        async with await pair(rig.camera.address, rig.adapter, rig.store) as link, over(link) as remote:
            yield remote

    return opens


async def test_a_feed_goes_on_after_each_loss_of_the_link(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.power = "on"
    losses: list[RemoteLensError] = []
    sent: list[Position] = []
    enough = asyncio.Event()

    def note(position: Position) -> None:
        sent.append(position)
        if len(sent) in (2, 4):
            rig.camera.lose_link()
        elif len(sent) >= 6:
            enough.set()

    feeding = asyncio.create_task(
        geotag(
            opens_on(rig), VIENNA, clock=REAL_CLOCK, every_s=0.01, back_off=SOON, on_sent=note,
            on_lost=lambda error, _: losses.append(error),
        )
    )  # fmt: skip
    await enough.wait()
    feeding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await feeding
    assert len(losses) == 2
    assert all(isinstance(loss, LinkError) and loss.remedy for loss in losses)


async def test_a_way_that_ends_while_there_is_no_connection_is_over(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.power = "on"
    way = Track((TrackPoint(Place(1.0, 1.0)), TrackPoint(Place(2.0, 2.0))), pace_s=0.3)
    taken = await geotag(
        opens_on(rig), way, clock=REAL_CLOCK, every_s=0.02, back_off=BackOff(first_s=0.5, jitter=0.0),
        on_sent=lambda _: rig.camera.lose_link(),
    )  # fmt: skip
    assert taken == 1


async def test_a_camera_that_falls_asleep_is_waited_for(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.power = "on"
    sent: list[Position] = []
    woken: list[RemoteLensError] = []
    enough = asyncio.Event()

    def note(position: Position) -> None:
        sent.append(position)
        rig.body.power = "standby"
        if woken:
            enough.set()

    def lost(error: RemoteLensError, pause_s: float) -> None:
        woken.append(error)
        rig.body.power = "on"

    feeding = asyncio.create_task(
        geotag(
            opens_on(rig), VIENNA, clock=REAL_CLOCK, every_s=0.01, back_off=SOON, on_sent=note, on_lost=lost
        )
    )
    await enough.wait()
    feeding.cancel()
    await asyncio.wait([feeding])
    assert "takes no positions now" in str(woken[0])


async def test_what_fails_before_the_first_position_is_raised_at_once(rig: Rig) -> None:
    await rig.switch_on(location=False)
    attempts: list[str] = []
    with pytest.raises(NotSupported):
        await geotag(opens_on(rig, attempts), VIENNA, clock=REAL_CLOCK, every_s=0.01, back_off=SOON)
    assert attempts == ["open"]


async def test_a_bond_that_is_gone_is_not_waited_for(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.power = "on"
    forgetting: list[asyncio.Task[None]] = []

    def forget(position: Position) -> None:
        forgetting.append(asyncio.create_task(rig.camera.forget_bonds()))
        rig.camera.lose_link()

    with pytest.raises(PairingRejected):
        await geotag(opens_on(rig), VIENNA, clock=REAL_CLOCK, every_s=0.01, back_off=SOON, on_sent=forget)
