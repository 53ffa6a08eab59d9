"""Waking a camera for its buttons: its Wi-Fi is asked for, and given back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from remotelens.camera.ble.waking import wake
from remotelens.clock import REAL_CLOCK
from remotelens.errors import LinkError, LinkTimeout, NotAvailableNow, NotSupported
from remotelens.link import wifi_state
from remotelens.link.handover import hand_over
from remotelens.protocol.ble import uuids
from tests.remotelens.camera.ble.bench import Bench, bench_on


async def until_off_air(bench: Bench) -> None:
    while bench.body.wifi != "off":  # noqa: ASYNC110 - the double tells nobody here
        await asyncio.sleep(0)


def values(bench: Bench) -> list[str]:
    """What the switch of the Wi-Fi was set to, in order."""
    return [
        str(entry.data["value"])
        for entry in bench.rig.journal.entries()
        if entry.data.get("method") == "write CC08"
    ]


@pytest.mark.parametrize("older", [False, True])
async def test_a_sleeping_camera_is_on_afterwards_and_its_wifi_is_off(tmp_path: Path, older: bool) -> None:
    async with bench_on(tmp_path, power="standby", older=older) as bench:
        await bench.remote.wake()
        assert bench.body.power == "on"
        await until_off_air(bench)
        assert bench.rig.requests().count("write CC08") == 2


async def test_a_camera_whose_wifi_is_up_is_left_alone(tmp_path: Path) -> None:
    async with bench_on(tmp_path) as bench:
        bench.body.wifi = "launched"
        await bench.remote.wake()
        assert bench.body.wifi == "launched"
        assert "write CC08" not in bench.rig.requests()


async def test_a_camera_whose_launch_fails_is_awake_all_the_same(tmp_path: Path) -> None:
    async with bench_on(tmp_path, power="standby") as bench:
        bench.body.card.present = False
        await bench.remote.wake()
        assert bench.body.power == "on"


async def test_a_word_that_was_lost_is_made_up_for_by_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wifi_state, "ASK_AGAIN_S", 0.1)
    async with bench_on(tmp_path, power="standby") as bench:
        assert bench.camera._radio is not None
        monkeypatch.setattr(bench.camera._radio.outbox, "_characteristics", {})
        monkeypatch.setattr(bench.camera._radio.outbox, "tell", lambda uuid, value: None)
        for service in bench.camera._services:
            if service.uuid == uuids.CONTROL_SERVICE:
                monkeypatch.setattr(service, "_tell", lambda uuid, value: None)
        await bench.remote.wake()
        assert bench.body.power == "on"


async def test_a_camera_that_is_not_to_be_woken_says_so(tmp_path: Path) -> None:
    async with bench_on(tmp_path) as bench:
        bench.body.power = "off"  # with its advert already gone
        bench.camera._services[1]._wake_allowed = False  # type: ignore[attr-defined]  # as its menu says
        with pytest.raises(NotAvailableNow, match="does not let itself be woken"):
            await bench.remote.wake()


async def test_a_camera_that_does_not_wake_is_a_time_limit(tmp_path: Path) -> None:
    async with bench_on(tmp_path, power="standby") as bench:

        async def never() -> None:
            await asyncio.Event().wait()

        bench.body.power_on = never  # type: ignore[method-assign]
        with pytest.raises(LinkTimeout, match="did not wake within"):
            await wake(bench.remote._link, REAL_CLOCK, limit_s=0.2)


async def test_wifi_is_given_back_though_the_camera_wakes_too_late(tmp_path: Path) -> None:
    async with bench_on(tmp_path, power="standby") as bench:

        async def never() -> None:
            await asyncio.Event().wait()

        bench.body.power_on = never  # type: ignore[method-assign]
        with pytest.raises(LinkTimeout):
            await wake(bench.remote._link, REAL_CLOCK, limit_s=0.1)
        assert values(bench) == ["01", "00"]


async def test_wifi_is_given_back_though_the_waking_is_cancelled(tmp_path: Path) -> None:
    async with bench_on(tmp_path, power="standby") as bench:
        asked = asyncio.Event()

        async def never() -> None:
            asked.set()
            await asyncio.Event().wait()

        bench.body.power_on = never  # type: ignore[method-assign]
        waking = asyncio.create_task(bench.remote.wake())
        await asked.wait()
        waking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waking
        assert values(bench) == ["01", "00"]


@pytest.mark.parametrize("order", [("wake", "hand over"), ("hand over", "wake")])
async def test_a_waking_takes_no_wifi_from_under_a_hand_over(tmp_path: Path, order: tuple[str, str]) -> None:
    async with bench_on(tmp_path, power="standby") as bench:

        async def run(what: str) -> object:
            return await (bench.remote.wake() if what == "wake" else hand_over(bench.remote._link))

        async with asyncio.timeout(5):
            await asyncio.gather(*map(run, order))
        assert (bench.body.power, bench.body.wifi, bench.body.launches) == ("on", "launched", 1)
        assert "00" not in values(bench)


async def test_a_link_that_drops_meanwhile_is_told(tmp_path: Path) -> None:
    async with bench_on(tmp_path, power="standby") as bench:

        async def drop() -> None:
            bench.camera.lose_link()

        bench.body.power_on = drop  # type: ignore[method-assign]
        with pytest.raises(LinkError):
            await bench.remote.wake()


async def test_a_body_without_wifi_cannot_be_woken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench_on(tmp_path) as bench:
        monkeypatch.setattr(uuids, "CAMERA_STATUS", uuids.sig(0xCCFF))
        with pytest.raises(NotSupported):
            await bench.remote.wake()
