from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import InvalidValue, RemoteProtocolError
from remotelens.protocol.wifi.values import Ev, FNumber, Iso, ShutterSpeed
from tests.remotelens.protocol.wifi.fuzz import quick
from tests.remotelens.protocol.wifi.recorded import dumped_answers


def dumped(name: str, method: str) -> list[Any]:
    (answer,) = (each.answer for each in dumped_answers(name) if each.method == method)
    values: list[Any] = json.loads(answer)["result"]
    return values


def test_every_recorded_shutter_speed_of_an_a5000_is_read_and_written_as_the_camera_does() -> None:
    _, listed = dumped("a5000_manual.bloodevil.txt", "getAvailableShutterSpeed")
    speeds = [ShutterSpeed.from_wire(text) for text in listed]

    assert len(speeds) == 53
    assert [str(speed) for speed in speeds] == listed
    assert [ShutterSpeed.parse(text.lower()).wire for text in listed] == listed
    assert speeds[0].is_bulb


def test_the_recorded_scale_goes_in_exact_thirds() -> None:
    _, listed = dumped("a5000_shutter.bloodevil.txt", "getAvailableShutterSpeed")
    exact = [ShutterSpeed.from_wire(text).exact_s for text in listed]

    assert exact[0] == pytest.approx(32)
    assert exact[-1] == pytest.approx(1 / 4096)
    ratios = [slow / fast for slow, fast in pairwise(exact) if slow and fast]
    assert ratios == pytest.approx([2 ** (1 / 3)] * (len(listed) - 1))


@pytest.mark.parametrize(
    ("name", "listed_as"),
    [
        ("a5000_program.bloodevil.txt", 24),
        ("hx60_program.bloodevil.txt", 8),
        ("qx10_program.bloodevil.txt", 7),
    ],
)
def test_every_recorded_sensitivity_is_read_and_written_as_the_camera_does(name: str, listed_as: int) -> None:
    _, listed = dumped(name, "getAvailableIsoSpeedRate")
    values = [Iso.from_wire(text) for text in listed]

    assert len(values) == listed_as
    assert [str(value) for value in values] == listed
    assert values[0].is_auto


def test_recorded_compensations_become_ev() -> None:
    current, high, low, step = dumped("qx10_program.bloodevil.txt", "getAvailableExposureCompensation")

    assert (current, high, low, step) == (0, 6, -6, 1)
    assert Ev.from_wire(high, step).exact == 2
    assert str(Ev.from_wire(low, step)) == "-2"
    _, _, _, none = dumped("a5000_intellegent.bloodevil.txt", "getAvailableExposureCompensation")
    with pytest.raises(RemoteProtocolError):
        Ev.from_wire(0, none)


def test_the_wire_form_of_the_camera_is_kept() -> None:
    assert FNumber.from_wire("22.0").wire == "22.0"
    assert FNumber.from_wire("22.0") == FNumber.parse("f/22")
    assert FNumber.parse("F22").wire == "22"
    assert Iso.from_wire("ISO 100").wire == "ISO 100"
    assert ShutterSpeed.from_wire('0.5"') == ShutterSpeed.parse("1/2")
    assert ShutterSpeed.parse("1/2").wire == '0.5"'


@pytest.mark.parametrize(
    ("text", "seconds", "exact_s", "written"),
    [
        ("1/250", 0.004, 1 / 256, "1/250"),
        (" 1/250 S ", 0.004, 1 / 256, "1/250"),
        ('2.5"', 2.5, 2 ** (4 / 3), '2.5"'),
        ("2.5s", 2.5, 2 ** (4 / 3), '2.5"'),
        ("30 sec", 30, 32, '30"'),
        ("1/3", 1 / 3, 2 ** (-5 / 3), "1/3"),
        ("0.4''", 0.4, 2 ** (-4 / 3), '0.4"'),
        ("1/45", 1 / 45, 1 / 45, "1/45"),
    ],
)
def test_shutter_speeds_as_photographers_write_them(
    text: str, seconds: float, exact_s: float, written: str
) -> None:
    speed = ShutterSpeed.parse(text)

    assert speed.nominal_s == pytest.approx(seconds)
    assert speed.exact_s == pytest.approx(exact_s)
    assert str(speed) == speed.wire == written


@pytest.mark.parametrize("text", ["bulb", "BULB", " Bulb "])
def test_bulb_has_no_time(text: str) -> None:
    speed = ShutterSpeed.parse(text)

    assert (speed.wire, speed.nominal_s, speed.exact_s) == ("BULB", None, None)


@pytest.mark.parametrize(
    ("text", "exact", "label"),
    [
        ("5.6", 5.657, "f/5.6"),
        ("f/5.6", 5.657, "f/5.6"),
        ("ƒ8", 8, "f/8"),
        ("F 1.8", 1.782, "f/1.8"),
        ("5.9", 5.9, "f/5.9"),
    ],
)
def test_f_numbers_as_photographers_write_them(text: str, exact: float, label: str) -> None:
    number = FNumber.parse(text)

    assert number.exact == pytest.approx(exact, abs=0.001)
    assert number.label == label


@pytest.mark.parametrize(
    ("text", "wire", "exact"),
    [("100", "100", 100), ("iso 125", "125", 125.99), ("ISO12800", "12800", 12800), ("110", "110", 110)],
)
def test_sensitivities_as_photographers_write_them(text: str, wire: str, exact: float) -> None:
    iso = Iso.parse(text)

    assert iso.wire == wire
    assert iso.exact == pytest.approx(exact, abs=0.01)
    assert Iso.parse("Auto").wire == Iso.parse("iso auto").wire == "AUTO"
    assert Iso.parse("auto").exact is None


@pytest.mark.parametrize(
    ("text", "ev"),
    [
        ("+0.7", Fraction(7, 10)),
        ("-1", Fraction(-1)),
        ("1/3", Fraction(1, 3)),
        ("-1 2/3 EV", Fraction(-5, 3)),
        ("−0.3", Fraction(-3, 10)),
        ("±0", Fraction(0)),
        ("2 ev", Fraction(2)),
    ],
)
def test_compensations_as_photographers_write_them(text: str, ev: Fraction) -> None:
    assert Ev.parse(text) == ev


@pytest.mark.parametrize(
    ("ev", "step", "index", "written"),
    [
        (0.3, 1, 1, "+0.3"),
        (0.7, 1, 2, "+0.7"),
        (-1.7, 1, -5, "-1.7"),
        (0.5, 2, 1, "+0.5"),
        (0, 1, 0, "0"),
        (2.1, 1, 6, "+2"),
    ],
)
def test_the_nearest_step_is_taken(ev: float, step: int, index: int, written: str) -> None:
    found = Ev.nearest(ev, step=step, minimum=-6, maximum=6)

    assert found.wire == index
    assert str(found) == written


@pytest.mark.parametrize("ev", [2.2, -9, float("nan"), float("inf")])
def test_a_compensation_outside_the_range_is_refused(ev: float) -> None:
    with pytest.raises(InvalidValue):
        Ev.nearest(ev, step=1, minimum=-6, maximum=6)


def test_without_compensation_none_can_be_set() -> None:
    with pytest.raises(InvalidValue, match="offers no"):
        Ev.nearest(0, step=0, minimum=0, maximum=0)


@pytest.mark.parametrize(
    "text", ["", "250", "1/0", '0"', "1/", "/250", "1/-5", "fast", "1" * 400, "1e3s", "NaN"]
)
def test_what_is_no_shutter_speed_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        ShutterSpeed.parse(text)
    assert "1/250" in (refused.value.remedy or "")
    with pytest.raises(RemoteProtocolError):
        ShutterSpeed.from_wire(text)


@pytest.mark.parametrize("text", ["", "0", "f/", "f/f5.6", "--", "5,6", "1" * 400])
def test_what_is_no_f_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        FNumber.parse(text)
    with pytest.raises(RemoteProtocolError):
        FNumber.from_wire(text)


@pytest.mark.parametrize("text", ["", "0", "ISO", "100.5", "-100", "9" * 4000])
def test_what_is_no_sensitivity_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        Iso.parse(text)
    with pytest.raises(RemoteProtocolError):
        Iso.from_wire(text)


@pytest.mark.parametrize("text", ["", "+", "1/0", "1 0.5", "--1", "one", "9" * 4000])
def test_what_is_no_compensation_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        Ev.parse(text)


@quick
@given(st.text(max_size=20) | st.from_regex(r'[f/0-9."s ]{0,12}', fullmatch=True))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for parse in (ShutterSpeed.parse, FNumber.parse, Iso.parse, Ev.parse):
        try:
            value = parse(text)
        except InvalidValue:
            continue
        assert str(value)


@quick
@given(st.integers(1, 99999), st.integers(1, 999))
def test_what_is_written_is_read_again(thousandths: int, iso: int) -> None:
    speed = ShutterSpeed.parse(f"{thousandths / 1000}s")

    assert ShutterSpeed.from_wire(speed.wire).nominal_s == pytest.approx(thousandths / 1000, rel=1e-3)
    assert Iso.parse(str(Iso.parse(str(iso)))) == Iso.parse(str(iso))
