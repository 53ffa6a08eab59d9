from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from remotelens.camera.fold import Told, fold, state_of, wanted_lists, with_list
from remotelens.camera.state import CameraState, Setting, Storage, Zoom
from remotelens.protocol.wifi.events import CameraEvent, decode_event
from tests.recordings import need
from tests.remotelens.camera.answers import (
    NO_CARD,
    QX10_NAMES,
    QX10_NAMES_AUTO,
    QX10_STILL_SIZES,
    QX10_WHITE_BALANCE,
    listed,
    qx10_program,
)
from tests.remotelens.camera.test_forms import anything

BASE = CameraState(link="ready", model="DSC-QX10")


def told_by(slots: dict[str, Any]) -> Told:
    return fold(Told(), CameraEvent(slots), snapshot=True)


def test_the_recorded_snapshot_of_a_qx100_becomes_its_state() -> None:
    answer = json.loads(need("transcripts", "qx100_getEvent_1.0_false.tsar.json.txt").read_text())
    told = fold(Told(), decode_event(answer["result"]), snapshot=True)
    state = state_of(told, CameraState(link="ready", model="DSC-QX100"))
    assert state.status == "IDLE"
    assert state.idle
    assert state.zoom == Zoom(position=3, boxes=1, box=0, box_position=3)
    assert state.live_view is True
    assert state.orientation_degrees == 0
    assert [url.split("/")[-1].split("?")[0] for url in state.picture_urls] == [
        "pict140318_1624510000.JPG",
        "pict140318_1624530000.JPG",
    ]
    assert state.storage == (Storage("No Media", "Storage Media", True, None, None),)
    assert state.on_card is False
    assert state.battery_ratio is None
    assert state.focus_status is None
    assert list(state.settings) == [
        "shoot_mode", "exposure_mode", "focus_mode", "self_timer", "still_size", "postview_size", "beep",
    ]  # fmt: skip
    assert state.settings["exposure_mode"] == Setting(
        "Intelligent Auto", ("Intelligent Auto", "Superior Auto", "Program Auto", "Aperture"), True
    )
    assert state.settings["self_timer"] == Setting(0, (0, 2, 10), True)
    assert state.settings["still_size"] == Setting("4:3 18M", (), False)
    assert wanted_lists(told) == ("StillSize",)


def test_candidates_that_events_do_not_tell_are_asked_for_and_taken_in() -> None:
    told = told_by(qx10_program())
    assert wanted_lists(told) == ("StillSize", "WhiteBalance")
    told = with_list(told, "StillSize", QX10_STILL_SIZES)
    told = with_list(told, "WhiteBalance", QX10_WHITE_BALANCE)
    state = state_of(told, BASE)
    assert wanted_lists(told) == ()
    assert state.settings["still_size"] == Setting(
        "4:3 18M", ("4:3 18M", "4:3 5M", "16:9 13M", "16:9 2M"), True
    )
    assert state.settings["white_balance"].writable
    assert "colour_temperature" not in state.settings


def test_an_event_that_announces_new_candidates_has_them_asked_for_again() -> None:
    told = with_list(told_by(qx10_program()), "StillSize", QX10_STILL_SIZES)
    told = with_list(told, "WhiteBalance", QX10_WHITE_BALANCE)
    entry = {"checkAvailability": True, "currentAspect": "16:9", "currentSize": "2M", "type": "stillSize"}
    told = fold(told, CameraEvent({"stillSize": entry}), snapshot=False)
    assert wanted_lists(told) == ("StillSize",)
    assert state_of(told, BASE).settings["still_size"].value == "16:9 2M"
    assert state_of(told, BASE).settings["still_size"].candidates


def test_a_busy_camera_that_lists_less_for_a_while_is_not_asked_again() -> None:
    told = with_list(told_by(qx10_program()), "StillSize", QX10_STILL_SIZES)
    told = with_list(told, "WhiteBalance", QX10_WHITE_BALANCE)
    for names in (["getEvent"], QX10_NAMES):
        told = fold(told, CameraEvent({"availableApiList": {"names": names}}), snapshot=False)
    assert wanted_lists(told) == ()
    assert wanted_lists(fold(told, CameraEvent(qx10_program()), snapshot=True)) == ()


def test_a_setting_without_a_place_in_the_events_is_asked_for_when_it_is_offered() -> None:
    names = ["getFlashMode", "setFlashMode", "getAvailableFlashMode"]
    told = told_by({"availableApiList": {"names": names}})
    assert wanted_lists(told) == ("FlashMode",)
    told = with_list(told, "FlashMode", ["off", ["off", "on"]])
    assert state_of(told, BASE).settings["flash"] == Setting("off", ("off", "on"), True)


def test_an_empty_long_poll_changes_nothing_and_an_empty_snapshot_everything() -> None:
    told = told_by(qx10_program())
    unchanged = fold(told, CameraEvent({}), snapshot=False)
    assert state_of(unchanged, BASE) == state_of(told, BASE)
    gone = state_of(fold(told, CameraEvent({}), snapshot=True), BASE)
    assert gone.status is None
    assert gone.settings == {}


def test_settings_disappear_when_their_methods_are_no_longer_listed() -> None:
    told = told_by(qx10_program())
    event = {
        "availableApiList": {"names": QX10_NAMES_AUTO, "type": "availableApiList"},
        "exposureMode": listed(
            "ExposureMode", "Intelligent Auto", ["Intelligent Auto", "Superior Auto", "Program Auto"]
        ),
    }
    state = state_of(fold(told, CameraEvent(event), snapshot=False), BASE)
    assert state.value("exposure_mode") == "Intelligent Auto"
    assert {"ev", "iso", "white_balance"}.isdisjoint(state.settings)


def test_a_setting_with_a_getter_alone_can_be_read_and_not_changed() -> None:
    # recorded: an ILCE-QX1 in Aperture lists get, getAvailable and getSupported of the shutter speed, no set
    slots = {
        "availableApiList": {"names": ["getShutterSpeed", "getAvailableShutterSpeed"]},
        "shutterSpeed": listed("ShutterSpeed", "1/60", ["1/30", "1/60"]),
    }
    assert state_of(told_by(slots), BASE).settings["shutter_speed"] == Setting(
        "1/60", ("1/30", "1/60"), False
    )


def test_a_battery_is_told_in_parts_of_its_whole() -> None:
    battery = {
        "batteryID": "externalBattery1",
        "status": "active",
        "additionalStatus": "charging",
        "levelNumer": 3,
        "levelDenom": 4,
        "description": "",
    }
    none = {"batteryID": "noBattery", "levelNumer": -1, "levelDenom": -1}
    told = told_by({"batteryInfo": {"type": "batteryInfo", "batteryInfo": [none, battery]}})
    state = state_of(told, BASE)
    assert (state.battery_ratio, state.battery_charging) == (0.75, True)


def test_what_a_camera_does_not_tell_is_none_and_never_zero() -> None:
    slots = qx10_program()
    slots["zoomInformation"] = {
        "zoomPosition": -1,
        "zoomNumberBox": -1,
        "zoomIndexCurrentBox": -1,
        "zoomPositionCurrentBox": -1,
    }
    slots["storageInformation"] = [NO_CARD]
    state = state_of(told_by(slots), BASE)
    assert state.zoom is None
    assert state.battery_ratio is None
    assert state.storage[0].images_left is None
    assert state.to_dict()["battery_ratio"] is None


def test_the_state_has_no_status_word_unless_the_link_is_ready() -> None:
    lost = CameraState(link="lost", link_reason="no answer", model="DSC-QX10")
    shown = state_of(told_by(qx10_program()), lost).to_dict()
    assert shown["link"] == "lost"
    assert shown["status"] is None


def test_pictures_of_a_continuous_run_are_told() -> None:
    urls = [{"postviewUrl": "http://192.168.122.1:8080/a.JPG", "thumbnailUrl": ""}, {"postviewUrl": ""}]
    told = told_by({"contShooting": {"type": "contShooting", "contShootingUrl": urls}})
    assert state_of(told, BASE).continuous_urls == ("http://192.168.122.1:8080/a.JPG",)


@given(st.dictionaries(st.sampled_from(sorted(qx10_program())), anything, max_size=6), st.booleans())
def test_no_event_of_a_camera_breaks_the_state(slots: dict[str, Any], snapshot: bool) -> None:
    told = fold(told_by(qx10_program()), CameraEvent(slots), snapshot=snapshot)
    state_of(told, BASE).to_dict()
