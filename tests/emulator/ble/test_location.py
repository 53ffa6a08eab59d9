"""Positions from the host to the body, and the session around them."""

from __future__ import annotations

import pytest

from emulator.ble.location import Location
from emulator.ble.values import Refusal
from emulator.clock import VirtualClock
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.double import DoubleBody
from tests.emulator.ble.service import Told, read, write
from tests.remotelens.protocol.ble.dumps import recorded_reads, rows

# protocol/ble.md 6.1, second vector
TOKYO = "005D0802FC03000010101015448648534EC55207EA0B17061E0F" + "00" * 65 + "021C0000"


class Bench:
    def __init__(self, power: str = "on", *, older: bool = False) -> None:
        self.body = DoubleBody(VirtualClock(), power=power)
        self.told = Told()
        self.service = Location(self.body, self.told.tell, older=older)


def test_a_position_is_taken_after_lock_and_transfer() -> None:
    bench = Bench()

    write(bench.service, "DD30", "01")
    write(bench.service, "DD31", "01")
    write(bench.service, "DD11", TOKYO)

    assert bench.body.position == (35.681236, 139.767125)
    assert bench.told.values == [("DD01", "03 01 02 01")]
    assert [read(bench.service, name) for name in ("DD30", "DD31", "DD32", "DD33")] == ["01"] * 4


@pytest.mark.parametrize("switches", [(), ("DD30",), ("DD31",)])
def test_without_lock_and_transfer_a_position_is_refused(switches: tuple[str, ...]) -> None:
    bench = Bench()
    for name in switches:
        write(bench.service, name, "01")

    with pytest.raises(Refusal) as caught:
        write(bench.service, "DD11", TOKYO)

    assert caught.value.code is AttCode.REFUSED
    assert bench.body.position is None


def test_the_session_ends_with_the_link_and_by_hand() -> None:
    for end in ("link", "hand"):
        bench = Bench()
        write(bench.service, "DD30", "01")
        write(bench.service, "DD31", "01")
        if end == "link":
            bench.service.link_ended()
        else:
            write(bench.service, "DD31", "00")
            write(bench.service, "DD30", "00")
            assert bench.told.values[-1] == ("DD01", "03 01 02 00")
        assert read(bench.service, "DD30") == read(bench.service, "DD31") == "00"
        with pytest.raises(Refusal):
            write(bench.service, "DD11", TOKYO)


def test_a_sleeping_camera_takes_no_position() -> None:
    bench = Bench("standby")
    write(bench.service, "DD30", "01")
    write(bench.service, "DD31", "01")

    with pytest.raises(Refusal):
        write(bench.service, "DD11", TOKYO)


@pytest.mark.parametrize(("name", "value"), [("DD30", "02"), ("DD31", ""), ("DD32", "0100"), ("DD33", "ff")])
def test_what_is_no_switch_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refusal):
        write(Bench().service, name, value)


async def test_a_position_that_is_not_told_again_is_dropped_after_two_minutes() -> None:
    bench = Bench(older=True)
    clock = bench.body.clock
    assert isinstance(clock, VirtualClock)

    write(bench.service, "DD11", TOKYO)
    await clock.advance(100.0)
    write(bench.service, "DD11", TOKYO)
    bench.service.link_ended()
    await clock.advance(100.0)
    assert bench.body.position == (35.681236, 139.767125)
    await clock.advance(20.0)
    assert bench.body.position is None


def test_a_broken_position_is_refused() -> None:
    bench = Bench()
    write(bench.service, "DD30", "01")
    write(bench.service, "DD31", "01")

    with pytest.raises(Refusal):
        write(bench.service, "DD11", TOKYO[:-2])


def test_the_feature_reads_as_recorded() -> None:
    older = [bytes.fromhex(row["bytes"]) for row in rows("notifications.tsv") if row["uuid"] == "DD21"]

    assert [bytes.fromhex(read(Bench().service, "DD21"))] == recorded_reads("DD21")
    assert [bytes.fromhex(read(Bench(older=True).service, "DD21"))] == older


def test_an_older_body_takes_positions_without_a_session() -> None:
    bench = Bench(older=True)

    write(bench.service, "DD11", TOKYO)

    assert bench.body.position == (35.681236, 139.767125)
    assert [value.uuid[4:8] for value in bench.service.values()] == ["dd01", "dd11", "dd21"]


def test_time_correction_and_area_adjustment_can_be_switched() -> None:
    bench = Bench()

    write(bench.service, "DD32", "00")
    write(bench.service, "DD33", "00")

    assert read(bench.service, "DD32") == read(bench.service, "DD33") == "00"
