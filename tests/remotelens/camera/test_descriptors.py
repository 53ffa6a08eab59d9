from __future__ import annotations

from remotelens.camera.descriptors import BY_NAME, DESCRIPTORS
from remotelens.camera.forms import Form
from remotelens.protocol.wifi.events import BY_TYPE
from remotelens.protocol.wifi.methods import METHODS, find

NAMES = [
    "shoot_mode",
    "exposure_mode",
    "f_number",
    "shutter_speed",
    "iso",
    "ev",
    "program_shift",
    "white_balance",
    "colour_temperature",
    "focus_mode",
    "drive",
    "drive_speed",
    "flash",
    "self_timer",
    "still_size",
    "still_quality",
    "postview_size",
    "zoom_setting",
    "movie_quality",
    "tracking_focus",
    "beep",
    "silent",
    "scene",
    "colour",
    "flip",
    "interval",
    "movie_format",
    "steady",
    "view_angle",
    "loop_time",
    "audio",
    "wind_noise",
    "tv_system",
    "infrared_remote",
    "auto_power_off",
]
UNITS = {
    "shutter_speed": "s",
    "ev": "EV",
    "colour_temperature": "K",
    "self_timer": "s",
    "interval": "s",
    "view_angle": "°",
    "loop_time": "min",
    "auto_power_off": "s",
}


def test_the_settings_have_the_names_that_scripts_depend_on() -> None:
    assert [one.name for one in DESCRIPTORS] == NAMES
    assert list(BY_NAME) == NAMES


def test_every_setting_stands_on_methods_and_events_that_the_protocol_knows() -> None:
    for one in DESCRIPTORS:
        assert find("camera", one.set_method) is not None, one.name
        assert find("camera", one.available_method) is not None, one.name
        assert one.slot in BY_TYPE, one.name


def test_every_setting_says_what_a_screen_needs_to_show_it() -> None:
    for one in DESCRIPTORS:
        form: Form = one.form
        assert form is not None
        assert one.label[0].isupper()
        assert one.needs
        assert one.unit == UNITS.get(one.name)


def test_every_setting_of_the_method_table_has_a_descriptor() -> None:
    """All but the camera's function, which `contents` changes, and what live view asks for itself."""
    settable = {method.name.removeprefix("set") for method in METHODS if method.name.startswith("set")}
    others = {
        "CameraFunction", "LiveviewSize", "LiveviewFrameInfo", "TouchAFPosition", "CurrentTime",
        "StreamingContent",
    }  # fmt: skip
    assert {one.api for one in DESCRIPTORS} == settable - others
