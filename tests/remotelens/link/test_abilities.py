from __future__ import annotations

import json

import pytest

from remotelens.link.abilities import Abilities, highest
from remotelens.protocol.wifi.types import MethodType, decode_method_types
from tests.recordings import need


def told(*names: tuple[str, str], service: str = "camera") -> Abilities:
    return Abilities({}, {service: tuple(MethodType(name, (), (), version) for name, version in names)})


def test_the_highest_version_that_both_sides_know_is_called() -> None:
    abilities = told(("getEvent", "1.0"), ("getEvent", "1.2"), ("getEvent", "9.0"))
    assert abilities.version_for("camera", "getEvent") == "1.2"


def test_what_the_camera_says_counts_for_a_method_unknown_to_us() -> None:
    assert (
        told(("getNewThing", "1.9"), ("getNewThing", "1.10")).version_for("camera", "getNewThing") == "1.10"
    )


def test_what_we_know_counts_where_the_camera_told_nothing() -> None:
    assert Abilities().version_for("avContent", "getContentList") == "1.3"
    assert Abilities().version_for("camera", "actTakePicture") == "1.0"


def test_a_method_unknown_to_both_is_called_in_the_first_version() -> None:
    assert Abilities().version_for("camera", "getNewThing") == "1.0"


def test_the_camera_wins_where_both_know_a_method_in_different_versions() -> None:
    assert told(("actTakePicture", "2.0")).version_for("camera", "actTakePicture") == "2.0"


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [
        (Abilities(), ("1.0",)),
        (Abilities({"camera": ("1.0", "1.1")}), ("1.1", "1.0")),
        (Abilities({"camera": ("1.0", "1.1", "7.7")}), ("1.1", "1.0")),
        (told(("getEvent", "1.2"), ("getEvent", "1.0")), ("1.2", "1.0")),
    ],
)
def test_events_are_asked_for_in_the_highest_known_version_first(
    abilities: Abilities, expected: tuple[str, ...]
) -> None:
    assert abilities.event_versions == expected


def test_versions_are_compared_as_numbers() -> None:
    assert highest(["1.9", "1.10", "1.2"]) == "1.10"
    assert highest(["x", "1.0", ""]) == "1.0"
    assert highest([]) is None


def test_a_qx100_has_what_it_was_recorded_to_list() -> None:
    path = need("transcripts", "qx100_getMethodTypes_camera_1.0.tsar.json.txt")
    methods = decode_method_types(json.loads(path.read_text("utf-8"))["results"])
    abilities = Abilities({}, {"camera": methods})
    assert abilities.has("camera", "actTakePicture")
    assert not abilities.has("camera", "startRecMode")
    assert not abilities.has("system", "setCurrentTime")
