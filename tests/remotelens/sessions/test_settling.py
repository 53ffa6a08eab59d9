"""What was begun is settled by the camera that it was begun with, and by no other."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from remotelens.plans.steps import Capture, Plan
from remotelens.sessions.progress import fold
from remotelens.sessions.records import Began, Intent
from remotelens.sessions.runner import Finish
from tests.remotelens.sessions.scripted import GARBLED, cut_after, outcomes, run

THREE = Plan("night", (Capture(3),))


def test_what_another_camera_had_begun_stays_its_own_though_the_next_process_was_killed(
    tmp_path: Path,
) -> None:
    run(tmp_path, THREE, uuid="first")
    cut_after(tmp_path, Intent)
    run(tmp_path, THREE, uuid="second")
    cut_after(tmp_path, Began, 2)
    _, records, engine = run(tmp_path, THREE, uuid="second")
    assert outcomes(records) == {1: "unknown", 2: "taken", 3: "taken"}
    assert engine.shutter == [2, 3]


def test_a_picture_that_was_not_fetched_is_asked_of_the_camera_that_took_it_only(tmp_path: Path) -> None:
    run(tmp_path, THREE, uuid="first", fetch_trouble={2: deque([GARBLED] * 9)})
    _, records, other = run(tmp_path, THREE, uuid="second")
    assert (outcomes(records)[2], other.fetched) == ("unknown", [])
    _, records, first = run(tmp_path, THREE, uuid="FIRST")
    assert (outcomes(records)[2], first.fetched) == ("taken", [2])
    assert not fold(records).unfetched()


def test_whatever_an_earlier_process_left_open_is_settled(tmp_path: Path) -> None:
    run(tmp_path, THREE, fetch_trouble={1: deque([GARBLED] * 9)}, stop_at=2)
    cut_after(tmp_path, Intent, 2)
    finish, records, engine = run(tmp_path, THREE, shutter=[1, 2])
    assert (finish, outcomes(records)) == (Finish.COMPLETE, dict.fromkeys((1, 2, 3), "taken"))
    assert engine.fetched == [1, 2, 3]


def test_addresses_that_files_came_from_belong_to_their_frames(tmp_path: Path) -> None:
    _, records, _ = run(tmp_path, THREE)
    assert {"http://camera/2.JPG", "http://camera/2.JPG/1"} <= fold(records).known_urls
