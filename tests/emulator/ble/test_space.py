"""Distances, walks and what packets suffer, with no radio behind it."""

from __future__ import annotations

import math

import pytest

from emulator.ble.space import CONNECTION_INTERVAL_S, DEFAULT_RSSI_DBM, SENSITIVITY_DBM, Space, Step
from emulator.clock import VirtualClock

CAMERA, HOST, OTHER = "C0:00:00:00:00:01", "C0:00:00:00:00:02", "C0:00:00:00:00:03"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def space(clock: VirtualClock) -> Space:
    return Space(clock)


def test_radios_are_a_metre_from_each_other_at_first(space: Space) -> None:
    assert space.rssi([CAMERA], [HOST]) == DEFAULT_RSSI_DBM


def test_strength_falls_with_distance_until_nothing_is_heard(space: Space) -> None:
    strengths = []
    for distance_m in (0.1, 1.0, 10.0, 60.0, 80.0, math.inf):
        space.put(CAMERA, distance_m)
        strengths.append(space.rssi([CAMERA], [HOST]))
    heard = [strength for strength in strengths if strength is not None]
    assert heard == sorted(heard, reverse=True)
    assert heard[-1] >= SENSITIVITY_DBM
    assert strengths[-2:] == [None, None]


def test_the_strength_is_the_same_both_ways_and_by_any_name(space: Space) -> None:
    space.put(HOST, 10.0)
    assert space.rssi([CAMERA], ["00:0D:1E:00:00:01", HOST]) == space.rssi([HOST], [CAMERA]) == -75


def test_a_pair_can_hear_each_other_differently_from_the_rest(space: Space) -> None:
    space.pair(CAMERA, HOST, None)
    space.pair(CAMERA, OTHER, -88)
    assert space.rssi([HOST], [CAMERA]) is None
    assert space.rssi([CAMERA], [OTHER]) == -88
    assert space.rssi([HOST], [OTHER]) == DEFAULT_RSSI_DBM
    space.unpair(HOST, CAMERA)
    assert space.rssi([HOST], [CAMERA]) == DEFAULT_RSSI_DBM


async def test_a_walk_goes_by_its_script(space: Space, clock: VirtualClock) -> None:
    space.walk(CAMERA, [Step(10.0, 101.0), Step(5.0, 101.0), Step(10.0, 1.0)])
    seen = []
    for _ in range(6):
        seen.append(space.distance_m(CAMERA))
        await clock.advance(5.0)
    assert seen == pytest.approx([1.0, 51.0, 101.0, 101.0, 51.0, 1.0])
    assert not space.is_moving


async def test_who_walks_is_moving_and_tells_so_at_the_start(space: Space, clock: VirtualClock) -> None:
    told: list[bool] = []
    space.subscribe(lambda: told.append(space.is_moving))
    space.walk(CAMERA, [Step(1.0, 5.0)])
    assert told == [True]
    await clock.advance(1.0)
    assert not space.is_moving


@pytest.mark.parametrize("step", [Step(-1.0, 1.0), Step(math.inf, 1.0), Step(1.0, -1.0), Step(1.0, math.nan)])
def test_what_is_no_step_is_refused(space: Space, step: Step) -> None:
    with pytest.raises(ValueError, match="no step"):
        space.walk(CAMERA, [step])


def test_packets_take_the_latency_and_an_interval_for_each_loss(space: Space) -> None:
    assert space.delay_s() == 0.0
    space.disturb(latency_s=0.02, loss=0.5)
    delays = [space.delay_s() for _ in range(2000)]
    extra = [round((delay - 0.02) / CONNECTION_INTERVAL_S, 6) for delay in delays]
    assert all(times == int(times) for times in extra)
    assert sum(extra) / len(extra) == pytest.approx(1.0, abs=0.15)


def test_the_same_seed_gives_the_same_losses() -> None:
    first, second = (Space(VirtualClock(), seed=7) for _ in range(2))
    for space in (first, second):
        space.disturb(loss=0.3)
    assert [first.delay_s() for _ in range(50)] == [second.delay_s() for _ in range(50)]


@pytest.mark.parametrize(("latency_s", "loss"), [(-1.0, 0.0), (math.inf, 0.0), (0.0, 1.0), (0.0, -0.1)])
def test_what_no_packet_can_suffer_is_refused(space: Space, latency_s: float, loss: float) -> None:
    with pytest.raises(ValueError, match="packets cannot"):
        space.disturb(latency_s=latency_s, loss=loss)
