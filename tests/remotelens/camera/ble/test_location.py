"""Positions for the camera's pictures: the session, the interval, and what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.camera.ble import location as module
from remotelens.camera.ble.track import Place, Still, Track, TrackPoint
from remotelens.errors import InvalidValue, LinkError, NotAvailableNow, NotSupported
from remotelens.protocol.ble.location import Position
from tests.remotelens.camera.ble.bench import Bench, bench_on

VIENNA = Place(48.2082, 16.3738)
WAY = Track((TrackPoint(Place(48.0, 16.0)), TrackPoint(Place(48.5, 16.5))), pace_s=0.05)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions may follow each other at once, and tries too."""
    monkeypatch.setattr(module, "SOONEST_S", 0.0)
    monkeypatch.setattr(module, "PAUSE_S", 0.01)


def location_requests(bench: Bench) -> list[str]:
    return [request for request in bench.rig.requests() if " DD" in request]


async def test_a_session_takes_lock_and_switch_and_gives_them_back(bench: Bench) -> None:
    async with bench.remote.location.session() as session:
        assert (session.zoned, session.locked) == (True, True)
        position = await bench.remote.location.send(VIENNA, session)
        assert bench.body.position == (48.2082, 16.3738)
    assert position.zone is not None
    assert location_requests(bench) == [
        "write DD30", "write DD31", "read DD21", "write DD11", "write DD31", "write DD30",
    ]  # fmt: skip


async def test_older_bodies_take_positions_directly(tmp_path: Path) -> None:
    async with bench_on(tmp_path, older=True) as bench, bench.remote.location.session() as session:
        assert not session.locked
        await bench.remote.location.send(VIENNA, session)
        assert bench.body.position == (48.2082, 16.3738)
        assert location_requests(bench) == ["read DD21", "write DD11"]


async def test_a_way_is_fed_to_its_end(bench: Bench) -> None:
    sent: list[Position] = []
    taken = await bench.remote.location.feed(WAY, every_s=0.01, on_sent=sent.append)
    assert taken == len(sent) >= 2
    assert [position.latitude for position in sent] == sorted(position.latitude for position in sent)
    assert location_requests(bench)[-2:] == ["write DD31", "write DD30"]


async def test_a_cancelled_feed_gives_lock_and_switch_back(bench: Bench) -> None:
    sent = asyncio.Event()
    feeding = asyncio.create_task(
        bench.remote.location.feed(Still(VIENNA), every_s=20.0, on_sent=lambda _: sent.set())
    )
    await sent.wait()
    feeding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await feeding
    assert location_requests(bench)[-2:] == ["write DD31", "write DD30"]


async def test_a_lock_that_another_device_holds_is_explained(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emulator.ble.values import Refusal
    from remotelens.protocol.ble.att import AttCode

    def refuse(value: bytes) -> bool:
        raise Refusal(AttCode.REFUSED)

    monkeypatch.setattr("emulator.ble.location._switch", refuse)
    with pytest.raises(NotAvailableNow, match="another device tells it where it is") as caught:
        async with bench.remote.location.session():
            pass
    assert caught.value.code == 0x90


async def test_a_position_that_is_refused_is_tried_three_times(bench: Bench) -> None:
    async with bench.remote.location.session() as session:
        bench.body.power = "standby"
        with pytest.raises(NotAvailableNow, match="takes no positions now"):
            await bench.remote.location.send(VIENNA, session)
        assert location_requests(bench).count("write DD11") == 3


async def test_a_lost_link_ends_the_feed(bench: Bench) -> None:
    with pytest.raises(LinkError):
        await bench.remote.location.feed(
            Still(VIENNA), every_s=0.01, on_sent=lambda _: bench.camera.lose_link()
        )


async def test_a_body_without_the_service_is_told(tmp_path: Path) -> None:
    async with bench_on(tmp_path, location=False) as bench:
        with pytest.raises(NotSupported, match="no position"):
            await bench.remote.location.feed(Still(VIENNA))


@pytest.mark.parametrize("every_s", [9.9, 30.1, float("nan"), -1.0])
async def test_an_interval_that_the_camera_does_not_want_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, every_s: float
) -> None:
    monkeypatch.setattr(module, "SOONEST_S", 10.0)
    with pytest.raises(InvalidValue, match="10 to 30"):
        await bench.remote.location.feed(Still(VIENNA), every_s=every_s)
    assert location_requests(bench) == []
