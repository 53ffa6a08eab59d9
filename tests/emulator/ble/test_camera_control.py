"""Camera control: hand-over, status, names and settings, with camera time in hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from emulator.ble.camera_control import CameraControl
from emulator.ble.values import Refusal
from emulator.clock import VirtualClock
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.double import LAUNCH_S, POWER_ON_S, DoubleBody, DoubleCard
from tests.emulator.ble.service import Told, read, write
from tests.remotelens.protocol.ble.dumps import recorded_reads, rows


class Bench:
    def __init__(self, power: str = "on", *, wake_allowed: bool = True, older: bool = False) -> None:
        self.clock = VirtualClock()
        self.body = DoubleBody(self.clock, power=power)
        self.told = Told()
        self.service = CameraControl(
            self.body, self.told.tell, self.told.spawn, wake_allowed=wake_allowed, older=older
        )
        self.body.subscribe(self.service.changed)

    async def finished(self) -> None:
        await asyncio.gather(*self.told.tasks)


def refused(bench: Bench, name: str, data: str | None = None) -> AttCode:
    try:
        read(bench.service, name) if data is None else write(bench.service, name, data)
    except Refusal as refusal:
        return refusal.code
    pytest.fail(f"{name} was not refused")


def test_the_idle_status_is_the_recorded_one_byte_for_byte() -> None:
    assert [bytes.fromhex(read(Bench().service, "CC09"))] == recorded_reads("CC09")


async def test_a_hand_over_is_told_as_it_was_recorded() -> None:
    bench = Bench()
    recorded = [bytes.fromhex(row["bytes"]) for row in rows("notifications.tsv") if row["uuid"] == "CC09"]

    write(bench.service, "CC08", "01")
    await bench.clock.advance(LAUNCH_S)

    assert [bytes.fromhex(value) for name, value in bench.told.values if name == "CC09"] == recorded
    await bench.finished()


async def test_credentials_are_there_while_the_access_point_is_up_and_only_then() -> None:
    bench = Bench()
    credentials = ("CC06", "CC07", "CC0C")
    assert [refused(bench, name) for name in credentials] == [AttCode.NOT_AVAILABLE_NOW] * 3

    write(bench.service, "CC08", "01")
    await bench.clock.advance(LAUNCH_S / 2)
    assert [refused(bench, name) for name in credentials] == [AttCode.NOT_AVAILABLE_NOW] * 3
    await bench.clock.advance(LAUNCH_S)

    values = [bytes.fromhex(read(bench.service, name)) for name in credentials]
    assert values == [b"\x16\0\0DIRECT-abQ0:DSC-QX10", b"\x0a\0\0s3cretKy", b"AA:BB:CC:DD:EE:01"]
    write(bench.service, "CC08", "00")
    await bench.clock.advance(1.0)
    assert [refused(bench, name) for name in credentials] == [AttCode.NOT_AVAILABLE_NOW] * 3
    assert [value for _, value in bench.told.values[-2:]] == ["04 00 01 03 00", "04 00 01 00 00"]


async def test_a_camera_that_is_told_off_again_while_it_wakes_starts_no_access_point() -> None:
    bench = Bench("standby")

    write(bench.service, "CC08", "01")
    await bench.clock.advance(POWER_ON_S / 2)
    write(bench.service, "CC08", "00")
    await bench.clock.advance(POWER_ON_S + LAUNCH_S)
    await bench.finished()

    assert (bench.body.power, bench.body.wifi, bench.body.launches) == ("on", "off", 0)


async def test_a_sleeping_camera_is_woken_first() -> None:
    bench = Bench("standby")

    write(bench.service, "CC08", "01")
    await bench.clock.advance(POWER_ON_S)
    assert (bench.body.power, bench.body.wifi) == ("on", "launching")
    await bench.clock.advance(LAUNCH_S)

    assert bench.body.wifi == "launched"


async def test_a_second_request_starts_nothing_again() -> None:
    bench = Bench("standby")

    for _ in range(3):
        write(bench.service, "CC08", "01")
    await bench.clock.advance(POWER_ON_S)
    write(bench.service, "CC08", "01")
    await bench.clock.advance(LAUNCH_S)
    write(bench.service, "CC08", "01")
    await bench.finished()

    assert bench.body.launches == 1
    assert [value for _, value in bench.told.values] == ["04 00 01 01 00", "04 00 01 02 00"]


async def test_without_a_card_the_access_point_does_not_start_and_says_why() -> None:
    bench = Bench()
    bench.body.card = DoubleCard(present=False)

    for _ in range(2):
        write(bench.service, "CC08", "01")
        await bench.finished()

    assert bench.told.values == [("CC09", "04 00 01 00 01")] * 2
    assert read(bench.service, "CC09").startswith("04 00 01 00 01 03 00 02 01")
    bench.body.card = DoubleCard()
    write(bench.service, "CC08", "01")
    await bench.clock.advance(LAUNCH_S)
    assert read(bench.service, "CC09").startswith("04 00 01 02 00")


def test_what_is_no_switch_is_refused() -> None:
    assert refused(Bench(), "CC08", "02") is AttCode.REFUSED
    assert refused(Bench(), "CC08", "") is AttCode.REFUSED
    assert refused(Bench("standby", wake_allowed=False), "CC08", "01") is AttCode.REFUSED


def test_names_are_those_of_the_profile() -> None:
    service = Bench().service

    assert bytes.fromhex(read(service, "CC0A")) == b"3.00"
    assert bytes.fromhex(read(service, "CC0B")) == b"DSC-QX10"
    assert bytes.fromhex(read(service, "CC11")) == b"\x0a\0\0DSC-QX10"
    assert read(service, "CC0D") == "06 00 00 01 00 01 01"
    assert read(service, "CC03") == "03 00 00 01"


def test_the_friendly_name_can_be_written() -> None:
    service = Bench().service

    write(service, "CC11", "06 00 00 51 58 31 30")
    assert bytes.fromhex(read(service, "CC11")) == b"\x06\0\0QX10"
    with pytest.raises(Refusal):
        write(service, "CC11", "09 00 00 51")


def test_the_clock_reaches_the_body_and_the_result_is_told() -> None:
    bench = Bench()

    write(bench.service, "CC13", "0C 00 00 07 EA 07 01 0A 00 00 01 FD 1E")
    write(bench.service, "CC13", "0C 00 00 07 EA 0D 01 0A 00 00 01 FD 1E")
    write(bench.service, "CC13", "0C 00 00 08 36 07 01 0A 00 00 01 FD 1E")

    assert bench.body.clock_setting == (datetime(2026, 7, 1, 12, 30, tzinfo=UTC), -210, 60)
    assert bench.told.values == [
        ("CC0E", "07 00 01 01 00 00 00 00"),
        ("CC0E", "07 00 01 00 00 00 00 02"),
        ("CC0E", "07 00 01 00 00 00 00 02"),
    ]


def test_the_date_format_can_be_written_and_the_result_is_told() -> None:
    bench = Bench()

    write(bench.service, "CC12", "03 00 00 02")
    write(bench.service, "CC12", "03 00 00 09")

    assert read(bench.service, "CC12") == "03 00 00 02"
    assert [value[6:11] for _, value in bench.told.values] == ["01 01", "01 00"]


def test_changes_of_the_body_are_told_once_each() -> None:
    bench = Bench()

    bench.body.change("battery", battery_ratio=0.77)
    bench.body.change("battery")
    bench.body.change("recording", recording=True)
    bench.body.change("card", card=DoubleCard(shots_left=2172))
    bench.body.change("zoom")

    assert bench.told.values == [
        ("CC10", "12 00 00 02 03 00 01 00 04 00 00 00 00 4d 00 00 00 00 01"),
        ("CC09", "03 00 08 01"),
        ("CC0F", "17 00 00 02 03 00 01 00 00 00 08 7c 00 00 00 00 00 00 00 00 00 00 00 00"),
    ]


async def test_an_older_body_tells_by_cc05() -> None:
    bench = Bench("standby", older=True)
    on, off = (bytes.fromhex(row["bytes"]) for row in rows("notifications.tsv") if row["uuid"] == "CC05")
    assert bytes.fromhex(read(bench.service, "CC05")) == off
    assert "CC09" not in [value.uuid[4:8].upper() for value in bench.service.values()]

    write(bench.service, "CC08", "01")
    await bench.clock.advance(POWER_ON_S)
    assert bytes.fromhex(read(bench.service, "CC05")) == on
    await bench.clock.advance(LAUNCH_S)

    assert bench.told.values[-1] == ("CC05", "04 00 00 01 00")
    assert bytes.fromhex(read(bench.service, "CC06")) == b"\x16\0\0DIRECT-abQ0:DSC-QX10"
