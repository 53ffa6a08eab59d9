"""Topics and ids are those of the design, and nothing strange gets into them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.bridge.topics import Topics, check_prefix, id_of_description, id_of_name
from remotelens.errors import InvalidValue

TOPICS = Topics("qx")


def test_the_topics_are_those_of_the_contract() -> None:
    assert TOPICS.availability == "remotelens/qx/availability"
    assert TOPICS.state == "remotelens/qx/state"
    assert TOPICS.shot == "remotelens/qx/shot"
    assert TOPICS.picture == "remotelens/qx/picture"
    assert TOPICS.command("shutter") == "remotelens/qx/command/shutter"
    assert TOPICS.command("set", "iso") == "remotelens/qx/command/set/iso"
    assert TOPICS.discovery == "homeassistant/device/remotelens_qx/config"
    assert TOPICS.home_assistant_status == "homeassistant/status"


def test_the_prefixes_can_be_others() -> None:
    topics = Topics("qx", "home/lens", "ha")
    assert topics.state == "home/lens/qx/state"
    assert topics.discovery == "ha/device/remotelens_qx/config"


def test_commands_are_told_from_other_topics() -> None:
    assert TOPICS.command_words("remotelens/qx/command/set/iso") == ("set", "iso")
    assert TOPICS.command_words("remotelens/qx/command/") == ("",)
    assert TOPICS.command_words("remotelens/qx/state") is None
    assert TOPICS.command_words("remotelens/other/command/shutter") is None


@pytest.mark.parametrize("prefix", ["remotelens", "home/remotelens", "a-b_c.d/e"])
def test_a_prefix_may_have_several_words(prefix: str) -> None:
    assert check_prefix(prefix) == prefix


@pytest.mark.parametrize(
    "prefix", ["", "/a", "a/", "a//b", "a/#", "+/b", "$SYS", "a b", "a\n", "ä", "x" * 101]
)
def test_a_prefix_that_topics_cannot_begin_with_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidValue):
        check_prefix(prefix)


@pytest.mark.parametrize(
    "topic", ["", "a/#", "a/+/b", "$SYS/a", "remotelens/qx/state", "homeassistant/status", "a\0b", "a" * 257]
)
def test_answers_do_not_go_where_only_the_bridge_may_write(topic: str) -> None:
    assert not TOPICS.may_answer_on(topic)


def test_answers_go_where_they_are_wanted() -> None:
    assert TOPICS.may_answer_on("scripts/answers/17")
    assert TOPICS.may_answer_on("remotelens/qx2/answers")


@given(st.text(max_size=80))
def test_an_id_has_only_characters_that_home_assistant_allows(name: str) -> None:
    for made in (id_of_name(name), id_of_description(name, name)):
        assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def test_a_camera_without_a_name_is_told_apart_by_its_number() -> None:
    udn = "uuid:00000000-0005-0010-8000-1c994c993998"
    assert id_of_description("DSC-QX100", udn) == "dsc-qx100-993998"
    assert id_of_description("", "") == "camera"
