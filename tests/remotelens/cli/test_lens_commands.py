"""Zoom, focus, half-press, record and contents from the command line."""

from __future__ import annotations

import pytest

from tests.programs import Here


def test_zoom_goes_to_a_position_and_by_steps(here: Here, qx10: str) -> None:
    assert here.remotelens("zoom", qx10, "0", "--json").json["position"] == 0
    stepped = here.remotelens("zoom", qx10, "in", "--json").json
    assert stepped["position"] > 0
    assert stepped["status"] == "IDLE"
    assert abs(here.remotelens("zoom", "--camera", qx10, "60", "--json").json["position"] - 60) <= 10
    assert here.remotelens("zoom", qx10, "0").stdout == "zoom 0\n"


@pytest.mark.parametrize("words", [("sideways",), ("1000",), ("a", "b", "in")])
def test_zoom_refuses_what_cannot_be_meant(here: Here, words: tuple[str, ...]) -> None:
    assert here.remotelens("zoom", *words).code == 2


def test_a_touched_place_is_kept_until_it_is_released(here: Here, qx10: str) -> None:
    assert here.remotelens("focus", qx10, "50,50", "--json").json["focused"] is True
    told = here.remotelens("call", qx10, "camera.getTouchAFPosition", "--json").json["result"]
    assert told[0]["set"] is True
    assert here.remotelens("focus", qx10, "release").code == 0
    told = here.remotelens("call", qx10, "camera.getTouchAFPosition", "--json").json["result"]
    assert told[0]["set"] is False


@pytest.mark.parametrize("place", ["middle", "50", "150,20", "1,2,3", "nan,50"])
def test_a_place_outside_the_picture_is_refused_in_percent(here: Here, place: str) -> None:
    answer = here.remotelens("focus", place)
    assert answer.code == 2
    assert "in percent from 0 to 100" in answer.stderr


def test_half_press_tells_what_came_of_it(here: Here, qx10: str) -> None:
    told = here.remotelens("half-press", qx10, "--json").json
    assert told == {"schema": 1, "focused": True, "status": "Focused"}


def test_a_movie_is_recorded_and_the_shoot_mode_put_back(here: Here, qx10: str) -> None:
    told = here.remotelens("record", qx10, "--for", "1", "--json")
    assert told.code == 0, told.stderr
    assert told.json["seconds"] >= 1
    assert (
        here.remotelens("get", qx10, "shoot_mode", "--json").json["settings"]["shoot_mode"]["value"]
        == "still"
    )


def test_a_camera_that_keeps_its_card_to_itself_says_so(here: Here, qx10: str) -> None:
    ended = here.remotelens("contents", qx10, "list", "--json")
    assert (ended.code, ended.json["error"]["type"]) == (5, "NotSupported")


def test_contents_are_listed_fetched_and_deleted(here: Here, qx1: str) -> None:
    for _ in range(2):
        assert here.remotelens("shoot", qx1, "--no-download").code == 0
    listed = here.remotelens("contents", qx1, "list", "--json").json["items"]
    stills = [item for item in listed if item["kind"] == "still"]
    assert len(stills) >= 2
    name = stills[-1]["name"]
    (fetched,) = here.remotelens("contents", qx1, "fetch", name, "--json").json["items"]
    assert (here.folder / fetched["path"]).read_bytes().endswith(b"\xff\xd9")
    assert here.remotelens("contents", qx1, "delete", name).code == 0
    left = here.remotelens("contents", qx1, "list", "--json").json["items"]
    assert name not in {item["name"] for item in left}
    assert here.remotelens("status", qx1, "--json").json["status"] == "IDLE"
