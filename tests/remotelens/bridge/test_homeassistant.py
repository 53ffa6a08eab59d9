"""The discovery message says what the camera lists, in the documented keys, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from remotelens.bridge import answers
from remotelens.bridge.homeassistant import discovery, platforms, taking_away
from remotelens.bridge.topics import Topics
from remotelens.camera.descriptors import DESCRIPTORS, Category, Descriptor, Kind
from remotelens.camera.forms import Keyed, Listed
from remotelens.camera.state import CameraState, Setting
from tests.remotelens.bridge.ha_schema import mistakes
from tests.remotelens.bridge.states import IDLE_QX10, having, without

TOPICS = Topics("qx")
EVERYTHING = replace(
    having(
        IDLE_QX10,
        colour_temperature=Setting(5500, tuple(range(2500, 9901, 100)), True),
        tracking_focus=Setting("Off", ("Off", "On"), True),
        beep=Setting("On", ("Shutter Only", "On", "Off"), True),
    ),
    battery_ratio=0.75,
)


def message(state: CameraState, descriptors: tuple[Descriptor, ...] = DESCRIPTORS) -> dict[str, object]:
    """Return the message of a state as Home Assistant reads it."""
    made: dict[str, object] = json.loads(json.dumps(discovery(descriptors, state, TOPICS, "qx")))
    return made


def components(state: CameraState) -> dict[str, dict[str, object]]:
    made = message(state)["components"]
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize("state", [IDLE_QX10, EVERYTHING, CameraState(link="ready", status="IDLE")])
def test_every_key_is_documented(state: CameraState) -> None:
    assert mistakes(TOPICS.discovery, message(state)) == []


def test_each_setting_becomes_what_suits_its_kind() -> None:
    made = components(EVERYTHING)
    kinds = {key.removeprefix("setting_"): one["platform"] for key, one in made.items() if "setting_" in key}
    assert kinds == {
        "shoot_mode": "select",
        "exposure_mode": "select",
        "f_number": "sensor",
        "iso": "select",
        "ev": "number",
        "colour_temperature": "number",
        "self_timer": "select",
        "tracking_focus": "switch",
        "beep": "select",
    }


def test_numbers_carry_their_ends_and_steps() -> None:
    made = components(EVERYTHING)
    kelvin, ev = made["setting_colour_temperature"], made["setting_ev"]
    assert (kelvin["min"], kelvin["max"], kelvin["step"], kelvin["unit_of_measurement"]) == (
        2500,
        9900,
        100,
        "K",
    )
    assert (ev["min"], ev["max"], ev["step"], ev["unit_of_measurement"]) == (-2.0, 2.0, 0.1, "EV")


def test_a_switch_sends_the_cameras_own_words() -> None:
    switch = components(EVERYTHING)["setting_tracking_focus"]
    assert (switch["payload_on"], switch["payload_off"]) == ("On", "Off")
    assert switch["command_topic"] == "remotelens/qx/command/set/tracking_focus"


def test_a_value_that_is_no_candidate_is_an_option_all_the_same() -> None:
    state = having(IDLE_QX10, iso=Setting("6400", ("AUTO", "100"), True))
    assert components(state)["setting_iso"]["options"] == ["6400", "AUTO", "100"]


def test_a_setting_that_cannot_be_changed_is_only_shown() -> None:
    shown = components(IDLE_QX10)["setting_f_number"]
    assert shown["platform"] == "sensor"
    assert "command_topic" not in shown


def test_what_the_camera_does_not_tell_is_no_component() -> None:
    bare = components(CameraState(link="ready", status="IDLE"))
    assert not {"battery", "images_left", "shutter", "live_view", "live_view_request"} & set(bare)
    assert {"battery", "images_left", "shutter", "live_view"} <= set(components(EVERYTHING))


def test_everything_but_the_connection_depends_on_availability() -> None:
    made = components(EVERYTHING)
    without_availability = {key for key, one in made.items() if "availability_topic" not in one}
    assert without_availability == {"connection"}
    assert made["connection"]["state_topic"] == TOPICS.availability


def test_a_setting_that_is_added_to_the_descriptors_appears() -> None:
    added = Descriptor(
        "ae_lock", "Exposure lock", Category.EXPOSURE, "AELock", "aeLock",
        Keyed("aeLock"), Kind.SWITCH,
    )  # fmt: skip
    state = having(IDLE_QX10, ae_lock=Setting("Off", ("Off", "On"), True))
    with_it = message(state, (*DESCRIPTORS, added))
    assert mistakes(TOPICS.discovery, with_it) == []
    assert platforms(with_it).keys() - platforms(message(state)).keys() == {"setting_ae_lock"}


def test_a_number_at_uneven_distances_is_a_choice() -> None:
    added = Descriptor(
        "delay", "Delay", Category.DRIVE, "Delay", "delay", Listed("Delay", number=True), Kind.NUMBER, "s"
    )
    state = having(IDLE_QX10, delay=Setting(1, (1, 2, 4), True))
    made = message(state, (*DESCRIPTORS, added))["components"]
    assert isinstance(made, dict)
    assert made["setting_delay"]["platform"] == "select"


def test_what_is_gone_is_taken_away_once_with_nothing_but_its_platform() -> None:
    before = platforms(message(IDLE_QX10))
    now = message(without(IDLE_QX10, "iso"))
    first = taking_away(now, before)
    assert first is not None
    assert first["components"]["setting_iso"] == {"platform": "select"}
    assert mistakes(TOPICS.discovery, first) == []
    assert "setting_iso" not in platforms(now)
    assert taking_away(now, platforms(now)) is None


def test_a_component_that_changes_its_platform_is_taken_away_first() -> None:
    before = platforms(message(IDLE_QX10))
    now = message(having(IDLE_QX10, iso=Setting("AUTO", (), False)))
    first = taking_away(now, before)
    assert first is not None
    assert first["components"]["setting_iso"] == {"platform": "select"}
    assert platforms(now)["setting_iso"] == "sensor"


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"components": 3},
        {"components": {"a": 1, "b": {}, "c": {"platform": ["x"]}, "d": {"platform": "lock"}}},
    ],
)
def test_messages_of_others_are_read_with_care(strange: dict[str, object]) -> None:
    assert platforms(strange) == {}


def test_the_templates_render_what_the_state_says() -> None:
    jinja2 = pytest.importorskip("jinja2", reason="Home Assistant's template language is not installed")

    def rendered(key: str, state: CameraState) -> str:
        told = json.loads(answers.document(answers.state("qx", "qx", state, live_view_requested=False)))
        template = jinja2.Environment().from_string(components(EVERYTHING)[key]["value_template"])
        return str(template.render(value_json=told))

    assert rendered("setting_iso", EVERYTHING) == "AUTO"
    assert rendered("setting_ev", EVERYTHING) == "-0.7"
    assert rendered("setting_iso", without(EVERYTHING, "iso")) == ""
    assert rendered("setting_iso", having(EVERYTHING, iso=Setting(None))) == "None"
    assert rendered("battery", EVERYTHING) == "75"
    assert rendered("battery", replace(EVERYTHING, battery_ratio=None)) == "None"
    assert rendered("images_left", EVERYTHING) == "2542"
    assert rendered("images_left", replace(EVERYTHING, storage=())) == "None"
    assert rendered("recording", replace(EVERYTHING, recording=True)) == "ON"
    assert rendered("live_view_request", EVERYTHING) == "OFF"
