"""How much picture a terminal gets."""

from __future__ import annotations

from remotelens.dashboard.pace import BEST, FIRST_TRIAL_S, LADDER, Pace
from remotelens.dashboard.render.cells import Colours
from tests.remotelens.dashboard.clocks import HandClock


def send(pace: Pace, clock: HandClock, took_s: float, *, answer_s: float = 0.0) -> bool:
    pace.begin()
    clock.at_s += took_s
    return pace.end(answer_s)


def test_a_quick_terminal_gets_all_there_is() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    for _ in range(100):
        assert not send(pace, clock, 0.01)
    assert pace.quality == BEST
    assert not pace.reduced


def test_a_terminal_of_256_colours_starts_with_those_and_that_is_not_called_reduced() -> None:
    pace = Pace(HandClock(), true_colour=False)
    assert pace.quality.colours is Colours.INDEXED
    assert not pace.reduced


def test_a_picture_that_takes_more_than_a_second_leads_to_fewer_colours() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    assert send(pace, clock, 1.1)
    assert pace.reduced
    assert pace.quality.colours is Colours.INDEXED


def test_a_very_slow_terminal_is_brought_down_at_once_as_far_as_it_takes() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    send(pace, clock, 6.0)
    assert pace.quality == LADDER[-1]
    assert not send(pace, clock, 60.0)


def test_a_sign_that_takes_long_counts_as_the_picture_taking_long() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    assert send(pace, clock, 0.001, answer_s=1.5)


def test_it_tries_more_again_after_a_while_and_waits_longer_after_each_relapse() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    send(pace, clock, 1.1)
    reduced = pace.quality
    assert not send(pace, clock, 0.01)
    clock.at_s += FIRST_TRIAL_S
    assert send(pace, clock, 0.01)
    assert pace.quality.cost > reduced.cost
    send(pace, clock, 2.0)
    clock.at_s += FIRST_TRIAL_S
    assert not send(pace, clock, 0.01)
    clock.at_s += FIRST_TRIAL_S
    assert send(pace, clock, 0.01)


def test_it_does_not_try_what_would_take_too_long() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    send(pace, clock, 6.0)
    clock.at_s += 1000
    assert not send(pace, clock, 0.3)


def test_a_picture_that_does_not_arrive_is_overdue_while_there_is_less_to_fall_back_to() -> None:
    clock = HandClock()
    pace = Pace(clock, true_colour=True)
    pace.begin()
    assert not pace.overdue()
    clock.at_s += 1.1
    assert pace.overdue()
    send(pace, clock, 60.0)
    pace.begin()
    clock.at_s += 1.1
    assert not pace.overdue()


def test_ending_what_never_began_changes_nothing() -> None:
    pace = Pace(HandClock(), true_colour=True)
    assert not pace.under_way
    assert not pace.end()
