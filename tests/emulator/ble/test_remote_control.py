"""Remote control: buttons reach the body, its changes reach the host."""

from __future__ import annotations

import pytest

from emulator.ble.remote_control import RemoteControl
from emulator.ble.values import Refusal
from emulator.clock import VirtualClock
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.double import DoubleBody
from tests.emulator.ble.service import Told, write


class Set:
    def __init__(self, power: str = "on") -> None:
        self.clock = VirtualClock()
        self.body = DoubleBody(self.clock, power=power)
        self.told = Told()
        self.service = RemoteControl(self.body, self.told.tell)
        self.body.subscribe(self.service.changed)


@pytest.mark.parametrize(
    ("value", "button", "step"),
    [
        ("01 07", "half", 0),
        ("01 09", "full", 0),
        ("01 0F", "record", 0),
        ("01 15", "af_on", 0),
        ("01 21", "c1", 0),
        ("02 45 30", "zoom_tele", 0x30),
        ("02 47 7F", "zoom_wide", 0x7F),
        ("02 6B 00", "focus_near", 0),
        ("02 6D 7F", "focus_far", 0x7F),
    ],
)
def test_each_press_reaches_the_body(value: str, button: str, step: int) -> None:
    bench = Set()

    write(bench.service, "FF01", value)

    assert bench.body.pressed == [(button, step)]
    assert bench.body.released == []


@pytest.mark.parametrize(
    ("value", "button"),
    [("01 06", "half"), ("01 08", "full"), ("02 44 00", "zoom_tele"), ("02 6C 00", "focus_far")],
)
def test_each_release_reaches_the_body(value: str, button: str) -> None:
    bench = Set()

    write(bench.service, "FF01", value)

    assert bench.body.released == [button]


async def test_a_still_is_told_as_it_was_recorded() -> None:
    bench = Set()

    write(bench.service, "FF01", "01 07")
    await bench.clock.advance(0.3)
    write(bench.service, "FF01", "01 09")
    await bench.clock.advance(0.2)
    write(bench.service, "FF01", "01 08")
    write(bench.service, "FF01", "01 06")

    assert bench.told.values == [
        ("FF02", "02 3f 20"),
        ("FF02", "02 a0 20"),
        ("FF02", "02 a0 00"),
        ("FF02", "02 3f 00"),
    ]


def test_recording_is_told_when_it_starts_and_when_it_stops() -> None:
    bench = Set()

    write(bench.service, "FF01", "01 0F")
    write(bench.service, "FF01", "01 0E")
    write(bench.service, "FF01", "01 0F")

    assert bench.told.values == [("FF02", "02 d5 20"), ("FF02", "02 d5 00")]


async def test_focus_that_fails_is_not_told() -> None:
    bench = Set()

    bench.body.change("focus", focus_status="Focusing")
    bench.body.change("focus", focus_status="Failed")
    bench.body.change("focus", focus_status="Not Focusing")

    assert bench.told.values == []


@pytest.mark.parametrize("value", ["01 05", "01 07 00", "02 45", "02 45 FF", "FF", ""])
def test_an_unknown_command_is_refused_and_drops_the_link(value: str) -> None:
    bench = Set()

    with pytest.raises(Refusal) as caught:
        write(bench.service, "FF01", value)

    assert caught.value.code is AttCode.UNKNOWN_COMMAND
    assert caught.value.drop_link
    assert bench.body.pressed == []


@pytest.mark.parametrize("power", ["standby", "off"])
def test_a_camera_that_is_not_on_refuses_buttons(power: str) -> None:
    bench = Set(power)

    with pytest.raises(Refusal) as caught:
        write(bench.service, "FF01", "01 07")

    assert caught.value.code is AttCode.REFUSED
    assert not caught.value.drop_link


def test_remote_control_switched_off_is_told_and_refuses() -> None:
    bench = Set()
    write(bench.service, "FF01", "01 07")

    bench.service.enable(False)

    assert ("FF02", "02 c3 00") in bench.told.values
    assert bench.body.released == ["half"]
    assert not bench.service.enabled
    with pytest.raises(Refusal) as caught:
        write(bench.service, "FF01", "01 06")
    assert caught.value.code is AttCode.REFUSED
    bench.service.enable(True)
    write(bench.service, "FF01", "01 06")


def test_buttons_held_down_are_released_when_the_link_ends() -> None:
    bench = Set()
    write(bench.service, "FF01", "01 07")
    write(bench.service, "FF01", "01 09")
    write(bench.service, "FF01", "01 08")

    bench.service.link_ended()
    bench.service.link_ended()

    assert bench.body.released == ["full", "half"]
