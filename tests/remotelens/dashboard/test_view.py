"""Views: what a setting will be, and what lies beside it."""

from __future__ import annotations

from types import MappingProxyType

from remotelens.camera.state import CameraState, Setting
from remotelens.dashboard.view import View

STATE = CameraState(
    link="ready",
    settings=MappingProxyType(
        {
            "iso": Setting("100", ("AUTO", "100", "200"), True),
            "beep": Setting("On", ("On", "Off"), False),
            "odd": Setting("elsewhere", ("a", "b"), True),
            "empty": Setting("a", (), True),
        }
    ),
)
VIEW = View("qx", STATE)


def test_neighbours_are_the_candidates_beside_the_value() -> None:
    assert VIEW.neighbour("iso", 1) == "200"
    assert VIEW.neighbour("iso", -1) == "AUTO"
    assert VIEW.neighbour("iso", 9) == "200"


def test_steps_count_from_what_is_wanted_already() -> None:
    wanting = View("qx", STATE, wanted=MappingProxyType({"iso": "AUTO"}))
    assert wanting.value("iso") == "AUTO"
    assert wanting.neighbour("iso", 1) == "100"
    assert wanting.neighbour("iso", -1) is None


def test_there_is_no_neighbour_at_the_end_or_where_nothing_can_be_chosen() -> None:
    at_end = View("qx", STATE, wanted=MappingProxyType({"iso": "200"}))
    assert at_end.neighbour("iso", 1) is None
    for name in ("beep", "empty", "unheard_of"):
        assert VIEW.neighbour(name, 1) is None


def test_from_a_value_that_is_no_candidate_the_first_one_is_next() -> None:
    assert VIEW.neighbour("odd", 1) == "a"
