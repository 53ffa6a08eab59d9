import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.faults.kinds import CHANNELS, KINDS
from emulator.faults.rules import Rule, parse_rule, rule_of
from remotelens.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("contents:truncate=10000,count=1", Rule("contents", "truncate", 10_000, count=1)),
        (
            "rpc:error=40401,match=actTakePicture,count=3",
            Rule("rpc", "error", 40_401, match="actTakePicture", count=3),
        ),
        ("liveview:corrupt", Rule("liveview", "corrupt", 4096)),
        ("ssdp:silence", Rule("ssdp", "silence")),
        (
            "event:delay=0.5 , probability=0.25, after=2",
            Rule("event", "delay", 0.5, probability=0.25, after=2),
        ),
        ("rpc:hang,for=30,camera=qx10-1", Rule("rpc", "hang", for_s=30.0, camera="qx10-1")),
    ],
)
def test_a_rule_says_what_was_written(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "write CHANNEL:KIND"),
        ("rcp:delay=1", "did you mean rpc?"),
        ("rpc:dealy=1", "did you mean delay?"),
        ("ssdp:dealy=1", "did you mean delay?"),
        ("ssdp:bomb", "there are delay, jitter"),
        ("rpc:delay", "needs a number of seconds"),
        ("rpc:delay=soon", "needs a number"),
        ("rpc:delay=-1", "cannot be -1"),
        ("rpc:delay=inf", "cannot be inf"),
        ("rpc:delay=nan", "cannot be nan"),
        ("rpc:hang=3", "takes no value"),
        ("rpc:hang,probability=2", "cannot be 2 (give 0 to 1)"),
        ("body:clock=1e300", "give -3162240000 to 3162240000"),
        ("body:clock=-1e12", "cannot be -1e12"),
        ("card:renumber=1e300", "give 0 to 9999"),
        ("rpc:error=1e300", "give 0 to 2147483647"),
        ("rpc:error=-1", "cannot be -1"),
        ("ble:refuse=256", "give 1 to 255"),
        ("ble:refuse=0", "give 1 to 255"),
        ("rpc:delay=1e9", "give 0 to 31622400"),
        ("rpc:length=-1e13", "cannot be -1e13"),
        ("rpc:oversize=1e15", "give 0 to 1000000000"),
        ("rpc:hang,for=1e308", "for cannot be 1e308"),
        ("rpc:hang,after=99999999999999999999999", "after cannot be"),
        ("rpc:hang,count=-1", "count cannot be -1"),
        ("rpc:hang,count=1.5", "needs a number"),
        ("rpc:hang,macth=x", "did you mean match?"),
        ("rpc:hang,match=", "needs a text"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_part_and_a_way_out(text: str, words: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_rule(text)
    assert words in str(caught.value)


def test_every_kind_of_fault_can_be_written_on_each_of_its_channels() -> None:
    for name, kind in KINDS.items():
        for channel in kind.channels:
            assert channel in CHANNELS
            assert parse_rule(f"{channel}:{name}" + ("=7" if kind.value else "")).kind == name


def test_a_rule_is_shown_with_the_names_of_the_command_line() -> None:
    shown = parse_rule("rpc:delay=2,for=3").as_json()
    assert (shown["value"], shown["for"], shown["count"]) == (2.0, 3.0, None)


@given(st.text(max_size=40))
def test_arbitrary_text_is_a_rule_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidValue):
        assert isinstance(parse_rule(text), Rule)


@pytest.mark.parametrize(
    "text",
    [
        "rpc:delay=0.5,probability=0.25,after=2,count=3,for=60,match=actTakePicture,camera=qx10-1",
        "rpc:hang",
        "contents:length=-100",
        "card:full",
        "body:clock=-3600,probability=0.5",
        "contents:truncate=12345678,for=1234567.5",
    ],
)
def test_a_rule_is_written_as_it_is_read(text: str) -> None:
    assert parse_rule(text).as_text() == text


def test_a_rule_is_read_from_an_object_of_the_api() -> None:
    given = {"channel": "rpc", "kind": "delay", "value": 0.5, "for": 60.0, "match": "x", "camera": None}
    assert rule_of(given) == parse_rule("rpc:delay=0.5,for=60,match=x")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"channel": "rpc"},
        {"channel": "rpc", "kind": "delay"},
        {"channel": "rpc", "kind": "hang", "probability": 2.0},
        {"channel": "rpc", "kind": "hang", "match": ""},
    ],
)
def test_an_object_that_is_no_rule_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        rule_of(given)
