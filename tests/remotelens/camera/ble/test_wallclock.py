"""The clock of the camera, set over Bluetooth with the camera's word for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remotelens.camera.ble import wallclock as module
from remotelens.camera.ble.wallclock import host_zone
from remotelens.errors import IllegalArgument, NotAvailableNow, NotSupported
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.wallclock import ClockSetting, DateFormat
from tests.remotelens.camera.ble.bench import Bench, bench_on

TOKYO = ClockSetting.of(datetime(2026, 11, 23, 6, 30, 15, tzinfo=UTC), 540)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This host stands in Vienna."""
    monkeypatch.setenv("TZ", "Europe/Vienna")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def test_an_instant_and_its_zone_reach_the_camera_and_are_confirmed(bench: Bench) -> None:
    done = await bench.remote.clock.set(TOKYO)
    assert done.confirmed
    assert bench.body.clock_setting == (datetime(2026, 11, 23, 6, 30, 15, tzinfo=UTC), 540, 0)


async def test_without_an_instant_it_is_this_host_that_counts(bench: Bench) -> None:
    done = await bench.remote.clock.set()
    assert done.confirmed
    assert bench.body.clock_setting is not None
    utc, offset_min, dst_min = bench.body.clock_setting
    assert abs((utc - datetime.now(UTC)).total_seconds()) < 60
    assert (offset_min, dst_min // 60) == host_zone(datetime.now(UTC))


@pytest.mark.usefixtures("zone")
def test_the_base_offset_is_without_summer_time() -> None:
    assert host_zone(datetime(2026, 7, 1, tzinfo=UTC)) == (60, True)
    assert host_zone(datetime(2026, 1, 1, tzinfo=UTC)) == (60, False)


@pytest.mark.parametrize(
    ("result", "kind"),
    [("07 00 01 00 00 00 00 02", IllegalArgument), ("07 00 01 00 00 00 00 01", NotAvailableNow)],
)
async def test_a_camera_that_does_not_take_it_is_believed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, result: str, kind: type[Exception]
) -> None:
    import emulator.ble.camera_control as control

    monkeypatch.setattr(control, "_SETTING_OK", bytes.fromhex(result))
    with pytest.raises(kind, match="did not take the clock"):
        await bench.remote.clock.set(TOKYO)


async def test_results_about_something_else_and_nonsense_are_passed_over(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        bench.body,
        "set_clock",
        lambda *_: bench.notify("FF", "07 00 0B 00 00 00 00 01", uuid=uuids.SETTING_RESULT),
    )
    assert (await bench.remote.clock.set(TOKYO)).confirmed


async def test_a_camera_that_says_nothing_leaves_it_unconfirmed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import emulator.ble.camera_control as control

    monkeypatch.setattr(control, "_SETTING_OK", b"\xff")
    monkeypatch.setattr(module, "RESULT_LIMIT_S", 0.1)
    assert not (await bench.remote.clock.set(TOKYO)).confirmed
    assert bench.body.clock_setting is not None


async def test_the_date_format_is_set_and_confirmed(bench: Bench) -> None:
    assert await bench.remote.clock.set_date_format(DateFormat.DAY_MONTH_YEAR)
    assert bytes.fromhex("03 00 00 02") == await bench.remote._gatt.read(uuids.DATE_FORMAT)


async def test_two_settings_at_once_are_both_confirmed(bench: Bench) -> None:
    done, confirmed = await asyncio.gather(
        bench.remote.clock.set(TOKYO), bench.remote.clock.set_date_format(DateFormat.DAY_MONTH_YEAR)
    )
    assert done.confirmed
    assert confirmed


async def test_older_bodies_have_no_clock_to_set(tmp_path: Path) -> None:
    async with bench_on(tmp_path, older=True) as bench:
        with pytest.raises(NotSupported):
            await bench.remote.clock.set(TOKYO)
