from __future__ import annotations

import dataclasses
import json

import pytest

from remotelens.camera.state import CameraState, Setting, Storage

CARD = Storage("Memory Card 1", "Storage Media", True, 874, 42)
EMPTY = Storage("No Media", "Storage Media", True, None, None)
OTHER = Storage("Memory Card 2", "", False, 10, None)


@pytest.mark.parametrize(
    ("storage", "on_card"), [((CARD,), True), ((EMPTY,), False), ((EMPTY, OTHER), False), ((), None)]
)
def test_a_picture_is_on_the_card_when_the_place_written_to_has_one(
    storage: tuple[Storage, ...], on_card: bool | None
) -> None:
    assert CameraState(storage=storage).on_card is on_card


def test_a_state_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CameraState().status = "IDLE"  # type: ignore[misc]  # what the test is about


def test_a_state_shows_as_json_with_the_documented_fields() -> None:
    state = CameraState(
        link="ready",
        status="IDLE",
        model="DSC-QX10",
        storage=(CARD,),
        settings={"iso": Setting("AUTO", ("AUTO",), True)},
    )
    shown = json.loads(json.dumps(state.to_dict()))
    assert {"link", "status", "model", "battery_ratio", "storage", "settings", "available"} <= set(shown)
    assert shown["settings"]["iso"] == {"value": "AUTO", "candidates": ["AUTO"], "writable": True}
    assert shown["storage"][0]["images_left"] == 874
