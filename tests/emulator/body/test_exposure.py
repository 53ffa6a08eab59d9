"""From light to exposure. Source: imaging.md A2 (calibration, test vectors), A6 (lag)."""

from __future__ import annotations

import math

import pytest

from emulator.body.exposure import Choice, LightMeter, Limits, choose, ev100_of
from emulator.body.ladder import Step, f_number_step, f_numbers, iso_step, isos, shutter_step, shutters

LIMITS = Limits(f_numbers(3.3, 8.0), shutters(4.0, 1 / 1600), isos(100, 3200), 1 / 25)


def brightness(choice: Choice) -> float:
    """Return the exposure value at ISO 100 that a choice is right for."""
    return math.log2(choice.f_number.exact**2 / choice.shutter.exact * 100 / choice.iso.exact)


def test_a_card_in_two_hundred_lux_needs_the_exposure_of_the_test_vector() -> None:
    ev100 = ev100_of(11.46)  # 200 lx on 18 % grey
    sensitivity = 100 * 2 ** (math.log2(1.782**2 * 64) - ev100)
    assert sensitivity == pytest.approx(222, abs=1)


def test_sunny_sixteen() -> None:
    assert ev100_of(5908) == pytest.approx(15.53, abs=0.01)


@pytest.mark.parametrize("ev100", [x / 2 for x in range(-2, 32)])
def test_what_can_be_reached_is_right_to_a_third_of_a_stop(ev100: float) -> None:
    choice = choose(ev100, LIMITS)
    darkest = math.log2(3.3**2 / 4.0) - 5.0
    assert choice.missing_ev == pytest.approx(brightness(choice) - ev100, abs=1e-9)
    assert ev100 < darkest or abs(choice.missing_ev) <= 0.34
    assert not choice.out_of_range or ev100 < darkest


def test_little_light_raises_iso_before_the_time_gets_too_long_to_hold() -> None:
    choice = choose(4.0, LIMITS)
    assert choice.f_number.exact == 3.3
    assert choice.shutter.exact == pytest.approx(1 / 25, rel=0.3)
    assert choice.iso.nominal > 100


def test_much_light_is_shared_by_aperture_and_time() -> None:
    choice = choose(14.0, LIMITS)
    assert choice.f_number.exact > 5
    assert choice.shutter.exact < 1 / 250
    assert choice.iso.nominal == 100


def test_a_set_time_is_kept_and_the_iris_stays_open_when_there_is_too_little_light() -> None:
    limits = Limits(f_numbers(3.5, 22.0), (shutter_step("1/4000"),), (iso_step("100"),), 1 / 25)
    choice = choose(8.0, limits)
    assert (choice.shutter.text, choice.f_number.exact) == ("1/4000", 3.5)
    assert choice.missing_ev > 3
    assert choice.out_of_range


def test_a_set_time_closes_the_iris_when_there_is_too_much() -> None:
    limits = Limits(f_numbers(3.5, 22.0), (shutter_step("1/30"),), (iso_step("100"),), 1 / 25)
    choice = choose(12.0, limits)
    assert choice.f_number.exact == pytest.approx(math.sqrt(2**12 / 32), rel=0.1)


def test_a_set_aperture_is_kept() -> None:
    limits = Limits((f_number_step("11"),), shutters(30.0, 1 / 4000), isos(100, 3200), 1 / 25)
    choice = choose(10.0, limits)
    assert choice.f_number.text == "11"
    assert abs(choice.missing_ev) <= 0.34


def test_program_shift_opens_the_aperture_and_shortens_the_time() -> None:
    limits = Limits(f_numbers(3.5, 22.0), shutters(30.0, 1 / 4000), isos(100, 3200), 1 / 25)
    plain = choose(13.0, limits)
    shifted = choose(13.0, Limits(limits.f_numbers, limits.shutters, limits.isos, limits.handheld_s, shift=3))
    assert shifted.f_number.exact < plain.f_number.exact
    assert shifted.shutter.exact < plain.shutter.exact
    assert abs(shifted.missing_ev) <= 0.5


def test_a_live_frame_is_as_bright_as_the_still_and_never_longer_than_it_lasts() -> None:
    still = choose(2.0, LIMITS)
    f_number, shutter_s, iso = still.live
    assert shutter_s <= 1 / 30
    product = shutter_s * iso / f_number**2
    wanted = still.shutter.exact * still.iso.exact / still.f_number.exact**2 * 2**still.missing_ev
    assert product == pytest.approx(wanted)


def test_printed_and_exact_values_are_kept_apart() -> None:
    assert shutter_step("1/60") == Step("1/60", shutter_step("1/60").nominal, 1 / 64)
    assert shutter_step('30"').exact == 32
    assert f_number_step("5.6").exact == pytest.approx(5.657, abs=0.001)
    assert iso_step("125").exact == pytest.approx(126, abs=0.1)


def test_the_meter_follows_late_and_not_for_trifles() -> None:
    meter = LightMeter()
    assert meter.measure(100.0, 0.0) == pytest.approx(ev100_of(100.0))
    assert meter.measure(103.0, 1.0) == pytest.approx(ev100_of(100.0))
    after = meter.measure(400.0, 1.1)
    assert ev100_of(100.0) < after < ev100_of(100.0) + 0.41
    assert meter.measure(400.0, 10.0) == pytest.approx(ev100_of(400.0), abs=0.1)
    meter.forget()
    assert meter.ev100 is None
