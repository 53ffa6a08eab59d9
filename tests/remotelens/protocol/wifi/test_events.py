from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.events import BY_TYPE, COUNTS, MAX_SLOTS, SLOTS, CameraEvent, decode_event
from remotelens.protocol.wifi.rpc import RpcResult, decode_answer
from remotelens.protocol.wifi.types import decode_method_types
from tests.remotelens.protocol.wifi.fuzz import json_values, quick
from tests.remotelens.protocol.wifi.recorded import dumped_method_types, recording


def values_of(name: str) -> list[Any]:
    answer = decode_answer(recording(name))
    assert isinstance(answer, RpcResult)
    return answer.values


def test_the_snapshot_of_a_qx100_is_read() -> None:
    values = values_of("qx100_getEvent_1.0_false.tsar.json.txt")
    slots = decode_event(values).slots

    assert len(values) == COUNTS["1.0"] == 35
    assert len(slots["availableApiList"]["names"]) == 51
    assert slots["cameraStatus"]["cameraStatus"] == "IDLE"
    assert slots["zoomInformation"]["zoomPosition"] == 3
    assert slots["liveviewStatus"]["liveviewStatus"] is True
    assert len(slots["takePicture"]) == 1
    assert len(slots["takePicture"][0]["takePictureUrl"]) == 2
    assert slots["storageInformation"][0]["storageID"] == "No Media"
    assert slots["exposureMode"]["exposureModeCandidates"] == [
        "Intelligent Auto",
        "Superior Auto",
        "Program Auto",
        "Aperture",
    ]
    assert slots["focusMode"]["currentFocusMode"] == "AF-S"
    assert slots["selfTimer"]["selfTimerCandidates"] == [0, 2, 10]


def test_what_is_null_on_the_qx100_is_not_told() -> None:
    values = values_of("qx100_getEvent_1.0_false.tsar.json.txt")
    told = decode_event(values).slots

    absent = {slot.index for slot in SLOTS[:35] if slot.type not in told}
    assert absent == {6, 13, 16, 17, *range(22, 28), *range(29, 34)}


def test_every_recorded_object_stands_at_the_place_of_its_type() -> None:
    for index, entry in enumerate(values_of("qx100_getEvent_1.0_false.tsar.json.txt")):
        for told in entry if isinstance(entry, list) else [entry]:
            if told is not None:
                assert BY_TYPE[told["type"]].index == index
                assert BY_TYPE[told["type"]].array is isinstance(entry, list)
                assert set(told) == {"type", *(key for key, _ in SLOTS[index].members)}


@pytest.mark.parametrize(("position", "version"), list(enumerate(COUNTS)))
def test_the_slots_are_those_of_the_recorded_method_types_of_an_a5000(position: int, version: str) -> None:
    answer = decode_answer(dumped_method_types("a5000_dump_methods.bloodevil.txt")[position])
    assert isinstance(answer, RpcResult)
    (event,) = (each for each in decode_method_types(answer.values) if each.name == "getEvent")

    assert event.version == version
    assert len(event.results) == COUNTS[version]
    for slot, kind in zip(SLOTS, event.results, strict=False):
        assert kind.array is slot.array
        assert tuple((key, str(member)) for key, member in kind.fields or ()) == (
            ("type", "string"),
            *slot.members,
        )


def test_the_table_is_complete() -> None:
    assert len(SLOTS) == 66
    assert [slot.index for slot in SLOTS] == list(range(66))
    for version, count in COUNTS.items():
        assert sum(slot.since <= version for slot in SLOTS) == count
    assert [slot.index for slot in SLOTS if slot.array] == [5, 6, 10]


def test_the_quiet_end_of_a_long_poll_tells_nothing() -> None:
    # Form (a) of protocol/wifi.md 6.3: success with no slot filled.
    quiet: list[Any] = [None, None, None, None, None, [], [], None, None, None, [], *[None] * 24]

    assert decode_event(quiet) == CameraEvent({})
    assert not decode_event(quiet).slots


def test_the_type_outranks_the_place() -> None:
    moved = [{"type": "shootMode", "currentShootMode": "still"}, None]

    assert decode_event(moved).slots == {"shootMode": {"type": "shootMode", "currentShootMode": "still"}}


def test_an_object_without_a_type_takes_that_of_its_place() -> None:
    assert decode_event([None, {"cameraStatus": "IDLE"}]).slots == {
        "cameraStatus": {"cameraStatus": "IDLE"},
    }


def test_unknown_types_are_kept_and_anything_else_is_passed_over() -> None:
    values: list[Any] = [{"type": "aiFocus", "mode": 1}, [{"type": "laser"}], 7, "x", [3], {}, [[]], True]

    assert decode_event(values).slots == {
        "aiFocus": {"type": "aiFocus", "mode": 1},
        "laser": [{"type": "laser"}],
    }


def test_an_array_slot_is_a_list_even_when_a_camera_sends_one_object() -> None:
    values = [{"type": "takePicture", "takePictureUrl": ["http://a/"]}]

    assert decode_event(values).slots == {"takePicture": values}


def test_several_objects_of_an_array_slot_are_all_kept() -> None:
    cards = [{"type": "storageInformation", "storageID": f"Memory Card {n}"} for n in (1, 2)]

    assert decode_event([cards]).slots["storageInformation"] == cards


@pytest.mark.parametrize("values", [None, {}, "x", [None] * (MAX_SLOTS + 1)])
def test_what_is_no_event_array_is_a_typed_error(values: Any) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_event(values)


@quick
@given(st.lists(json_values, max_size=70))
def test_no_array_does_more_than_be_read(values: list[Any]) -> None:
    told = decode_event(values).slots

    assert all(isinstance(kind, str) for kind in told)
    json.dumps(dict(told))
