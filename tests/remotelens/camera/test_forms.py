from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.camera.descriptors import DESCRIPTORS
from remotelens.camera.forms import (
    ColourTemperature,
    Compensation,
    Keyed,
    Listed,
    ProgramShift,
    Reading,
    StillSize,
    WhiteBalance,
    whole_number,
)
from remotelens.errors import InvalidValue
from tests.remotelens.camera.answers import A5000_WHITE_BALANCE, QX10_STILL_SIZES, QX10_WHITE_BALANCE, listed

DRIVE = Keyed(
    "contShootingMode",
    {"Single": "single", "Continuous": "continuous", "Spd Priority Cont.": "speed_priority"},
)


def test_a_listed_setting_is_read_from_an_event_and_from_its_answer_alike() -> None:
    form = Listed("ExposureMode")
    candidates = ["Intelligent Auto", "Superior Auto", "Program Auto"]
    reading = Reading("Program Auto", tuple(candidates))
    assert form.from_event(listed("ExposureMode", "Program Auto", candidates)) == reading
    assert form.from_available(["Program Auto", candidates]) == reading
    assert form.to_params("Superior Auto", candidates) == ["Superior Auto"]


def test_a_listed_setting_that_cannot_be_changed_has_its_value_and_no_candidates() -> None:
    # recorded: an ILCE-5000 in Aperture shows its shutter speed with an empty list
    assert Listed("ShutterSpeed").from_event(listed("ShutterSpeed", '0.4"', [])) == Reading('0.4"', ())


def test_an_empty_text_is_no_value() -> None:
    assert Listed("FNumber").from_event(listed("FNumber", "", [])) == Reading(None, ())


def test_the_self_timer_is_a_number() -> None:
    form = Listed("SelfTimer", number=True)
    assert form.from_event(listed("SelfTimer", 2, [0, 2, 10])) == Reading(2, (0, 2, 10))
    assert form.to_params(10, (0, 2, 10)) == [10]


def test_the_drive_has_words_of_its_own_and_keeps_those_it_does_not_know() -> None:
    entry = {
        "type": "contShootingMode",
        "contShootingMode": "Spd Priority Cont.",
        "candidate": ["Single", "Continuous", "Spd Priority Cont.", "Burst"],
    }
    reading = DRIVE.from_event(entry)
    assert reading == Reading("speed_priority", ("single", "continuous", "speed_priority", "Burst"))
    assert DRIVE.from_available([entry]) == reading
    assert DRIVE.to_params("speed_priority", ()) == [{"contShootingMode": "Spd Priority Cont."}]
    assert DRIVE.to_params("Burst", ()) == [{"contShootingMode": "Burst"}]


def test_compensation_in_thirds_is_in_ev_with_one_decimal() -> None:
    reading = Compensation().from_available([-1, 6, -6, 1])  # recorded: [0, 6, -6, 1], QX10
    assert reading.value == -0.3
    assert reading.candidates == (-2.0, -1.7, -1.3, -1.0, -0.7, -0.3, 0.0, 0.3, 0.7, 1.0, 1.3, 1.7, 2.0)
    assert [Compensation().to_params(ev, reading.candidates) for ev in (-2.0, -0.3, 0.0, 1.0)] == [
        [-6],
        [-1],
        [0],
        [3],
    ]


def test_compensation_in_halves_sends_the_index_of_halves() -> None:
    reading = Compensation().from_available([2, 4, -4, 2])
    assert reading.value == 1.0
    assert reading.candidates is not None
    assert Compensation().to_params(1.0, reading.candidates) == [2]
    assert Compensation().to_params(-1.5, reading.candidates) == [-3]


@pytest.mark.parametrize("answer", [[0, 0, 0, 0], [0, 6, -6, 3], [9, 6, -6, 1], [0, 10**9, -(10**9), 1]])
def test_compensation_that_makes_no_sense_offers_nothing(answer: list[int]) -> None:
    # recorded: [0, 0, 0, 0], a DSC-HX60 in movie mode
    assert Compensation().from_available(answer) == Reading(None, ())


def test_the_still_size_is_aspect_and_size() -> None:
    reading = StillSize().from_available(QX10_STILL_SIZES)
    assert reading == Reading("4:3 18M", ("4:3 18M", "4:3 5M", "16:9 13M", "16:9 2M"))
    assert StillSize().from_event({"currentAspect": "3:2", "currentSize": "20M"}).value == "3:2 20M"
    assert StillSize().to_params("16:9 2M", reading.candidates or ()) == ["16:9", "2M"]


def test_the_white_balance_offers_its_modes() -> None:
    reading = WhiteBalance().from_available(QX10_WHITE_BALANCE)
    assert reading.value == "Auto WB"
    assert reading.candidates is not None
    assert reading.candidates[-1] == "Fluorescent: Daylight (+2)"
    assert WhiteBalance().to_params("Daylight", reading.candidates) == ["Daylight", False, -1]


def test_the_colour_temperature_has_the_range_of_its_mode() -> None:
    reading = ColourTemperature().from_available(A5000_WHITE_BALANCE)
    assert reading.value is None
    assert reading.candidates is not None
    assert reading.candidates[:3] == (2500, 2600, 2700)
    assert reading.candidates[-1] == 9900
    assert ColourTemperature().to_params(5600, ()) == ["Color Temperature", True, 5600]
    assert ColourTemperature().from_available(QX10_WHITE_BALANCE) == Reading(None, ())


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(DESCRIPTORS), st.lists(anything, max_size=4))
def test_no_answer_of_a_camera_breaks_a_form(descriptor: Any, values: list[Any]) -> None:
    reading = descriptor.form.from_available(values)
    for value in reading.candidates or ():
        assert isinstance(value, str | int | float)


@given(st.sampled_from(DESCRIPTORS), st.lists(anything, min_size=6, max_size=6))
def test_no_event_of_a_camera_breaks_a_form(descriptor: Any, values: list[Any]) -> None:
    keys = {
        f"current{descriptor.api}",
        f"{descriptor.slot}Candidates",
        f"max{descriptor.api}",
        f"stepIndexOf{descriptor.api}",
        "candidate",
        getattr(descriptor.form, "key", "currentAspect"),
    }
    reading = descriptor.form.from_event(dict(zip(sorted(keys), values, strict=False)))
    assert reading.candidates is None or isinstance(reading.candidates, tuple)


def test_a_program_shift_is_none_or_untold() -> None:
    form = ProgramShift()
    assert form.from_event({"isShifted": False}) == Reading(0, None)
    assert form.from_event({"isShifted": True}) == Reading(None, None)
    assert form.from_available([[5, -5]]) == Reading(None, tuple(range(-5, 6)))
    assert form.from_available([[5]]) == form.from_available([[-1, 1]]) == Reading(None, None)
    assert form.to_params(-2, ()) == [-2]


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("+2", 2), ("-3", -3)])
def test_whole_numbers_are_read_with_their_sign(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "two", "1.5", "--1", "9" * 20])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="no whole number"):
        whole_number(text)
