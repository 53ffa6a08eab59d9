"""Facts and where they come from."""

from __future__ import annotations

import pytest

from emulator.profiles.facts import Certainty, Fact, ProfileError, leaves, parse_fact, separate


def test_one_line_counts_for_a_whole_table_and_the_tables_in_it() -> None:
    bare, facts = separate({"lens": {"about": "specified: page 3", "mm": 4.0, "more": {"f": 2.0}}})
    assert bare == {"lens": {"mm": 4.0, "more": {"f": 2.0}}}
    assert facts == {
        "lens.mm": Fact(Certainty.SPECIFIED, "page 3"),
        "lens.more.f": Fact(Certainty.SPECIFIED, "page 3"),
    }


def test_a_line_of_its_own_goes_before_the_rest() -> None:
    about = {"*": "assumed: fits", "a": "recorded: a.txt"}
    _, facts = separate({"a": 1, "b": 2, "about": about})
    assert (facts["a"].certainty, facts["b"].certainty) == (Certainty.RECORDED, Certainty.ASSUMED)
    assert str(facts["a"]) == "recorded: a.txt"


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"a": 1}, "a: no certainty"),
        ({"x": {"a": 1}}, r"x\.a: no certainty"),
        ({"a": 1, "about": "perhaps: a.txt"}, "'perhaps' is no certainty"),
        ({"a": 1, "about": "recorded"}, "recorded by which source"),
        ({"a": 1, "about": {"*": "recorded: x", "b": "recorded: y"}}, "names b"),
        ({"a": 1, "about": {"a": 3}}, "wants a line"),
    ],
)
def test_a_fact_without_origin_is_no_fact(table: dict[str, object], complaint: str) -> None:
    with pytest.raises(ProfileError, match=complaint):
        separate(table)


def test_what_is_inherited_was_recorded_on_a_twin() -> None:
    fact = parse_fact("recorded: a.txt", "here").seen_on("DSC-QX10@3.00")
    assert fact == Fact(Certainty.TWIN, "a.txt (of DSC-QX10@3.00)")
    assert fact.seen_on("DSC-QX30@1.00") == fact


def test_leaves_are_the_facts() -> None:
    assert list(leaves({"a": 1, "b": {"c": 2, "d": {"e": 3}}})) == ["a", "b.c", "b.d.e"]
