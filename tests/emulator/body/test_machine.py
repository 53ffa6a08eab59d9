"""The table of states. Source: protocol/wifi.md 7.1, 7.2."""

from __future__ import annotations

import pytest

from emulator.body.bell import Bell
from emulator.body.machine import BUSY, FROM_ANY, TRANSITIONS, Cause, Machine, Status
from emulator.body.refusals import Reason, Refused


def test_every_move_names_a_source() -> None:
    moves = [move for table in TRANSITIONS.values() for move in table.values()]
    moves += FROM_ANY.values()
    assert len(moves) > 15
    for move in moves:
        certainty, _, source = move.source.partition(": ")
        assert certainty in ("recorded", "twin", "specified", "reported", "assumed")
        assert source


def test_every_state_can_be_reached_and_left() -> None:
    reached = {move.to for table in TRANSITIONS.values() for move in table.values()}
    reached |= {move.to for move in FROM_ANY.values()}
    assert set(Status) == reached
    assert all(TRANSITIONS[status] for status in Status)


def test_every_busy_state_leads_back_to_a_resting_one() -> None:
    for start in BUSY:
        seen, frontier = {start}, {start}
        while frontier:
            frontier = {move.to for status in frontier for move in TRANSITIONS[status].values()} - seen
            seen |= frontier
        assert seen & {Status.IDLE, Status.CONTENTS_TRANSFER}, start


def test_a_move_is_told_with_what_changes_with_it() -> None:
    bell = Bell()
    told: list[str] = []
    machine = Machine(bell)
    bell.subscribe(told.append)
    machine.move(Cause.READY)
    machine.move(Cause.RELEASE)
    assert machine.status is Status.STILL_CAPTURING
    assert told == ["status", "status", "shutter"]


def test_what_is_not_in_the_table_is_refused_and_changes_nothing() -> None:
    machine = Machine(Bell())
    with pytest.raises(Refused) as refused:
        machine.move(Cause.RELEASE)
    assert refused.value.reason is Reason.BUSY
    machine.move(Cause.READY)
    with pytest.raises(Refused) as refused:
        machine.move(Cause.EXPOSED)
    assert refused.value.reason is Reason.NOT_NOW
    assert machine.status is Status.IDLE


def test_switching_off_is_possible_in_every_state() -> None:
    for status in Status:
        machine = Machine(Bell())
        machine.status = status
        machine.move(Cause.POWER_OFF)
        assert machine.status is Status.NOT_READY
