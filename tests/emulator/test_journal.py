from datetime import timedelta

import pytest

from emulator.clock import VIRTUAL_EPOCH, VirtualClock
from emulator.journal import Journal, JournalEntry


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


async def test_entries_carry_the_cameras_time_and_a_growing_number(clock: VirtualClock) -> None:
    journal = Journal(clock)
    journal.add("qx10-1", "power", "change", to="on")
    await clock.advance(2.0)
    journal.add("qx10-1", "power", "change", to="off")
    first, second = journal.entries()
    assert (first.number, second.number) == (1, 2)
    assert second.at - first.at == timedelta(seconds=2)
    assert first.at == VIRTUAL_EPOCH


def test_requests_are_counted_and_answers_are_not(clock: VirtualClock) -> None:
    journal = Journal(clock)
    journal.add("a", "rpc", "request", method="getEvent")
    journal.add("b", "rpc", "request", method="getEvent")
    journal.add("b", "rpc", "answer", method="getEvent")
    assert journal.count("getEvent") == 2
    assert journal.count("getEvent", "b") == 1
    assert journal.count("actTakePicture") == 0


def test_entries_are_found_by_number_method_and_camera(clock: VirtualClock) -> None:
    journal = Journal(clock)
    for camera in ("a", "b"):
        journal.add(camera, "rpc", "request", method="getEvent")
        journal.add(camera, "rpc", "request", method="getVersions")
    assert [entry.number for entry in journal.entries(since=2)] == [3, 4]
    assert [entry.camera for entry in journal.entries(method="getEvent")] == ["a", "b"]
    assert [entry.data["method"] for entry in journal.entries(camera="b")] == ["getEvent", "getVersions"]


def test_the_oldest_entries_make_room_but_stay_counted(clock: VirtualClock) -> None:
    journal = Journal(clock, capacity=2)
    for _ in range(5):
        journal.add("a", "rpc", "request", method="getEvent")
    assert [entry.number for entry in journal.entries()] == [4, 5]
    assert journal.count("getEvent") == 5


def test_subscribers_hear_of_every_entry_until_they_leave(clock: VirtualClock) -> None:
    journal, heard = Journal(clock), list[JournalEntry]()
    leave = journal.subscribe(heard.append)
    entry = journal.add("a", "card", "change")
    leave()
    leave()
    journal.add("a", "card", "change")
    assert heard == [entry]


def test_an_entry_becomes_one_flat_json_object(clock: VirtualClock) -> None:
    journal = Journal(clock)
    entry = journal.add("a", "rpc", "request", method="getEvent", params=[True]).as_json()
    assert entry.pop("host_at").endswith("Z")
    assert entry == {
        "number": 1,
        "at": "2026-01-01T00:00:00.000Z",
        "camera": "a",
        "channel": "rpc",
        "kind": "request",
        "method": "getEvent",
        "params": [True],
    }


def test_a_cleared_journal_starts_over_but_goes_on_numbering(clock: VirtualClock) -> None:
    journal = Journal(clock)
    journal.add("a", "rpc", "request", method="getEvent")
    journal.clear()
    assert (journal.entries(), journal.count("getEvent")) == ([], 0)
    assert journal.add("a", "rpc", "request").number == 2
