"""Past settings given once more: in an order that a camera takes, and few of them."""

from __future__ import annotations

from remotelens.plans.steps import Capture, Interval, Plan, Set
from remotelens.sessions.progress import FrameStanding, Progress, remaining
from remotelens.sessions.records import Done
from remotelens.sessions.replay import Replay

SHUTTER = (("exposure_mode", "Shutter"), ("shutter_speed", "1/250"))
APERTURE = (("exposure_mode", "Aperture"), ("f_number", "5.6"))


def told(*changes: tuple[tuple[str, str], ...]) -> list[dict[str, object]]:
    replay = Replay()
    for values in changes:
        replay.add(values)
    return [dict(task.values) for task in replay.tasks(None)]


def test_settings_of_different_modes_are_given_one_mode_after_the_other() -> None:
    assert told(SHUTTER, APERTURE) == [dict(SHUTTER), dict(APERTURE)]


def test_the_mode_in_force_is_given_last() -> None:
    assert told(SHUTTER, APERTURE, SHUTTER) == [dict(APERTURE), dict(SHUTTER)]


def test_of_a_setting_only_the_last_value_is_given() -> None:
    assert told((("ev", "-1"),), (("iso", "400"),), (("ev", "1"),)) == [{"iso": "400", "ev": "1"}]
    assert told((*SHUTTER, ("iso", "100")), (*APERTURE, ("iso", "200"))) == [
        dict(SHUTTER),
        {**dict(APERTURE), "iso": "200"},
    ]


def test_modes_that_nothing_was_set_in_are_left_out_unless_in_force() -> None:
    assert told((("exposure_mode", "Shutter"),), APERTURE) == [dict(APERTURE)]
    assert told(APERTURE, (("exposure_mode", "Shutter"),)) == [dict(APERTURE), {"exposure_mode": "Shutter"}]


def test_only_the_mode_in_force_has_to_be_taken_by_the_camera() -> None:
    replay = Replay()
    replay.add(SHUTTER)
    replay.add(APERTURE)
    assert [task.replayed for task in replay.tasks(None)] == [True, False]


def test_a_night_of_changing_modes_is_replayed_in_two_changes() -> None:
    plan = Plan("n", (Interval(10.0, 1000, (Set(SHUTTER), Capture(), Set(APERTURE), Capture())),))
    frames = {
        n: FrameStanding(n, done=Done(at="", n=n, outcome="taken", evidence="")) for n in range(1, 1999)
    }
    tasks = list(remaining(plan, Progress(frames)))
    assert [getattr(task, "values", None) for task in tasks] == [
        SHUTTER,
        APERTURE,
        SHUTTER,
        None,
        APERTURE,
        None,
    ]
