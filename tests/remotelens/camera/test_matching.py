from __future__ import annotations

import pytest

from remotelens.camera.descriptors import BY_NAME
from remotelens.camera.matching import match
from remotelens.camera.state import Value
from remotelens.errors import InvalidValue
from tests.remotelens.camera.answers import A5000_SHUTTER_SPEEDS

THIRDS = (-2.0, -1.7, -1.3, -1.0, -0.7, -0.3, 0.0, 0.3, 0.7, 1.0, 1.3, 1.7, 2.0)
HALVES = (-1.0, -0.5, 0.0, 0.5, 1.0)
MODES = ("Intelligent Auto", "Superior Auto", "Program Auto")
ISO = ("AUTO", "100", "200")
F_NUMBERS = ("3.5", "5.6", "22.0")


@pytest.mark.parametrize(
    ("name", "given", "candidates", "meant"),
    [
        ("exposure_mode", "program auto", MODES, "Program Auto"),
        ("exposure_mode", "program_auto", MODES, "Program Auto"),
        ("shutter_speed", "1/250", A5000_SHUTTER_SPEEDS, "1/250"),
        ("shutter_speed", "1/250s", A5000_SHUTTER_SPEEDS, "1/250"),
        ("shutter_speed", "0.4s", A5000_SHUTTER_SPEEDS, '0.4"'),
        ("shutter_speed", '2.5"', A5000_SHUTTER_SPEEDS, '2.5"'),
        ("shutter_speed", "bulb", ("BULB", "1/60"), "BULB"),
        ("f_number", "f/5.6", F_NUMBERS, "5.6"),
        ("f_number", "F5.6", F_NUMBERS, "5.6"),
        ("f_number", 5.6, F_NUMBERS, "5.6"),
        ("f_number", "22", F_NUMBERS, "22.0"),
        ("iso", "iso 100", ISO, "100"),
        ("iso", "ISO200", ISO, "200"),
        ("iso", 100, ISO, "100"),
        ("iso", "auto", ISO, "AUTO"),
        ("ev", "+0.7", THIRDS, 0.7),
        ("ev", "1/3", THIRDS, 0.3),
        ("ev", 0.6, THIRDS, 0.7),
        ("ev", -2, THIRDS, -2.0),
        ("ev", "-0.45", HALVES, -0.5),
        ("self_timer", "2", (0, 2, 10), 2),
        ("self_timer", 10.0, (0, 2, 10), 10),
        ("still_size", "3:2 20m", ("3:2 20M", "16:9 17M"), "3:2 20M"),
        ("colour_temperature", "5600", tuple(range(2500, 10000, 100)), 5600),
        ("drive", "Speed Priority", ("single", "speed_priority"), "speed_priority"),
        ("beep", "off", ("Shutter Only", "On", "Off"), "Off"),
    ],
)
def test_what_a_person_writes_finds_the_candidate_meant(
    name: str, given: Value, candidates: tuple[Value, ...], meant: Value
) -> None:
    found = match(BY_NAME[name], given, candidates, camera=None)
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    ("name", "given", "candidates", "named"),
    [
        ("exposure_mode", "Manual", MODES, "Intelligent Auto, Superior Auto, Program Auto"),
        ("iso", "125", ISO, "AUTO, 100, 200"),
        ("shutter_speed", "1/17", A5000_SHUTTER_SPEEDS, "…"),
        ("ev", "3", THIRDS, "-2.0"),
        ("self_timer", "5", (0, 2, 10), "0, 2, 10"),
    ],
)
def test_a_value_that_is_not_offered_is_refused_with_the_candidates(
    name: str, given: Value, candidates: tuple[Value, ...], named: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        match(BY_NAME[name], given, candidates, camera="qx")
    assert caught.value.camera == "qx"
    assert caught.value.remedy is not None
    assert named in caught.value.remedy
    assert name in caught.value.message


@pytest.mark.parametrize(("name", "given"), [("shutter_speed", "fast"), ("ev", "bright"), ("f_number", "f/")])
def test_a_text_that_is_no_value_of_its_kind_is_refused(name: str, given: str) -> None:
    with pytest.raises(InvalidValue):
        match(BY_NAME[name], given, (0.0,) if name == "ev" else ("1/60",), camera=None)
