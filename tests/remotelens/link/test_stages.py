from __future__ import annotations

from remotelens.link.stages import RECONNECT, Route, Stage, StageRecord
from remotelens.link.target import AnyTarget


def test_the_stages_stand_in_the_order_in_which_they_are_walked() -> None:
    assert [stage.value for stage in Stage] == ["find", "pair", "wake", "join", "search", "reach"]
    assert RECONNECT not in {stage.value for stage in Stage}


def test_a_record_has_the_fields_that_are_promised() -> None:
    assert StageRecord("find", 0.25, True, "heard").shown() == {
        "name": "find",
        "seconds": 0.25,
        "ok": True,
        "detail": "heard",
    }


def test_a_route_touches_nothing_unless_told() -> None:
    route = Route(target=AnyTarget())
    assert route.join == "already"
    assert route.ble is None
    assert not route.again
