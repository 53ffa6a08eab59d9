"""Settings by mode, as the profiles write it."""

from __future__ import annotations

import pytest

from emulator.profiles.model import Setting, mode_name


@pytest.mark.parametrize(
    ("pattern", "mode", "fits"),
    [
        ("*", "movie:S", True),
        ("still:*", "still:iA", True),
        ("still:[PAS]", "still:P", True),
        ("still:[PAS]", "still:iA", False),
        ("still:[PAS]", "still:SA", False),
        ("*:A", "movie:A", True),
        ("*:A", "still:SA", False),
    ],
)
def test_patterns_name_modes(pattern: str, mode: str, fits: bool) -> None:
    assert Setting(supported=("x",), default="x", settable=(pattern,)).is_settable(mode) is fits


def test_a_setting_that_is_only_shown_has_no_candidates() -> None:
    setting = Setting(supported=("a", "b"), default="a", settable=("still:P",), shown=("still:iA",))
    assert setting.candidates_in("still:P") == ("a", "b")
    assert setting.candidates_in("still:iA") == ()
    assert setting.is_shown("still:iA")
    assert not setting.is_shown("movie:P")
    assert setting.belongs_to("still")
    assert not setting.belongs_to("movie")


def test_candidates_and_fixed_values_can_differ_by_mode() -> None:
    setting = Setting(
        supported=(1, 2), default=1, candidates={"movie:*": (2,)}, fixed={"still:iA": 1, "still:SA": 0}
    )
    assert setting.candidates_in("movie:P") == (2,)
    assert setting.candidates_in("still:P") == (1, 2)
    assert (setting.fixed_in("still:iA"), setting.fixed_in("still:SA"), setting.fixed_in("still:P")) == (
        1,
        0,
        None,
    )


def test_modes_are_written_short() -> None:
    assert mode_name("still", "Intelligent Auto") == "still:iA"
    assert mode_name("movie", "Manual") == "movie:M"
    assert mode_name("audio", "") == "audio:"
