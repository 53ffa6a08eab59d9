from dataclasses import replace

import pytest

from emulator.clock import VirtualClock
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import parse_rule
from emulator.journal import Journal

DELAY = frozenset({"delay"})


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def journal(clock: VirtualClock) -> Journal:
    return Journal(clock)


@pytest.fixture
def engine(clock: VirtualClock, journal: Journal) -> FaultEngine:
    return FaultEngine(clock, journal, seed=7)


def struck(engine: FaultEngine, times: int, wanted: str = "camera.getEvent", camera: str = "a") -> list[bool]:
    return [bool(engine.strikes("rpc", camera, wanted, DELAY)) for _ in range(times)]


def test_without_rules_nothing_strikes(engine: FaultEngine) -> None:
    assert struck(engine, 3) == [False] * 3


def test_a_rule_lets_some_occasions_pass_and_then_strikes_so_many(engine: FaultEngine) -> None:
    engine.add(parse_rule("rpc:delay=1,after=2,count=3"))
    assert struck(engine, 7) == [False, False, True, True, True, False, False]


def test_a_rule_strikes_what_it_matches_only(engine: FaultEngine) -> None:
    engine.add(parse_rule("rpc:delay=1,match=actTakePicture,camera=b"))
    assert struck(engine, 1) == [False]
    assert struck(engine, 1, "camera.actTakePicture") == [False]
    assert struck(engine, 1, "camera.actTakePicture", "b") == [True]
    assert engine.strikes("event", "b", "camera.actTakePicture", DELAY) == []
    assert engine.strikes("rpc", "b", "camera.actTakePicture", frozenset({"reset"})) == []


async def test_a_rule_ends_after_its_time(engine: FaultEngine, clock: VirtualClock) -> None:
    engine.add(parse_rule("rpc:delay=1,for=10"))
    assert struck(engine, 1) == [True]
    await clock.advance(10.0)
    assert struck(engine, 1) == [False]
    assert engine.rules() == {}


async def test_a_rule_whose_time_is_over_is_not_told_though_nothing_happened(
    engine: FaultEngine, clock: VirtualClock
) -> None:
    engine.add(parse_rule("rpc:delay=1,for=10"))
    await clock.advance(9.0)
    assert (len(engine.rules()), len(engine.state)) == (1, 1)
    await clock.advance(1.0)
    assert engine.rules() == {}
    assert len(engine.state) == 0


def test_chances_come_from_the_seed(clock: VirtualClock, journal: Journal) -> None:
    def draws(seed: int) -> list[bool]:
        engine = FaultEngine(clock, journal, seed)
        engine.add(parse_rule("rpc:delay=1,probability=0.3"))
        return struck(engine, 200)

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert 30 < sum(draws(1)) < 90


def test_each_strike_is_written_down_and_counted(engine: FaultEngine, journal: Journal) -> None:
    rule_id = engine.add(parse_rule("rpc:delay=1"))
    struck(engine, 2)
    assert [entry.data["fault"] for entry in journal.entries()] == ["delay", "delay"]
    assert engine.rules()[rule_id][1] == 2


def test_rules_are_removed_one_by_one_or_all(engine: FaultEngine) -> None:
    first, second = (engine.add(parse_rule("rpc:delay=1")) for _ in range(2))
    assert engine.remove(first)
    assert not engine.remove(first)
    assert list(engine.rules()) == [second]
    engine.clear()
    assert engine.rules() == {}


def test_dice_that_are_put_back_fall_as_they_would_have(clock: VirtualClock, journal: Journal) -> None:
    engine = FaultEngine(clock, journal, seed=1)
    engine.add(parse_rule("rpc:delay=1,probability=0.3"))
    struck(engine, 50)
    kept = engine.state
    expected = struck(engine, 50)
    other = FaultEngine(clock, journal, seed=2)
    other.state = kept
    assert struck(other, 50) == expected


def test_what_no_dice_can_lie_as_is_refused(engine: FaultEngine) -> None:
    engine.add(parse_rule("rpc:delay=1"))
    (kept,) = engine.state
    with pytest.raises(ValueError, match="state"):
        replace(kept, dice=(3, (1, 2, 3), None))
