import pytest

from emulator.faults.chaos import MIXES, parse_rules
from emulator.faults.kinds import KINDS
from remotelens.errors import InvalidValue


@pytest.mark.parametrize("name", MIXES)
def test_every_rule_of_a_mix_is_one(name: str) -> None:
    rules = parse_rules(f"chaos:{name}")
    assert len(rules) == len(MIXES[name])
    assert all(rule.probability < 1.0 for rule in rules)


@pytest.mark.parametrize("name", MIXES)
def test_nothing_in_a_mix_is_for_good(name: str) -> None:
    lasting = {"full", "out", "protected", "off", "freeze", "overheat"}
    assert all(rule.value > 0 for rule in parse_rules(f"chaos:{name}") if rule.kind in lasting)
    assert not {rule.kind for rule in parse_rules(f"chaos:{name}")} & {"dying", "forget", "key"}


def test_the_rough_mix_touches_every_channel() -> None:
    channels = {rule.channel for rule in parse_rules("chaos:rough")}
    assert {channel for kind in KINDS.values() for channel in kind.channels} == channels


def test_a_mix_can_be_thinned_and_meant_for_one_camera() -> None:
    rules = parse_rules("chaos:rough,probability=0.5,camera=qx1-2,for=60")
    assert {(rule.camera, rule.for_s) for rule in rules} == {("qx1-2", 60.0)}
    assert rules[0].probability == parse_rules("chaos:rough")[0].probability / 2


def test_what_is_no_mix_is_read_as_a_rule() -> None:
    (rule,) = parse_rules("rpc:delay=1")
    assert rule.value == 1.0


@pytest.mark.parametrize("text", ["chaos:wild", "chaos:mild=3", "chaos:mild,match=x", "chaos"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_rules(text)
