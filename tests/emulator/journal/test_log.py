import asyncio
from datetime import timedelta

import pytest

from emulator.clock import VIRTUAL_EPOCH, VirtualClock
from emulator.journal import EXCHANGE, Exchange, Journal, JournalEntry, Query
from emulator.journal.log import OTHERS


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


async def test_entries_are_found_by_channel_kind_and_time(clock: VirtualClock) -> None:
    journal = Journal(clock)
    for number in range(4):
        journal.add("a", "card" if number % 2 else "rpc", "change", n=number)
        await clock.advance(1.0)
    assert [entry.data["n"] for entry in journal.entries(channel="card")] == [1, 3]
    begin = VIRTUAL_EPOCH + timedelta(seconds=1)
    assert [entry.data["n"] for entry in journal.entries(begin=begin, end=begin + timedelta(seconds=2))] == [
        1,
        2,
    ]
    assert [entry.data["n"] for entry in journal.entries(kind="change", last=2)] == [2, 3]
    assert journal.entries(kind="answer") == []


async def test_waiting_ends_with_what_is_waited_for(clock: VirtualClock) -> None:
    journal = Journal(clock)
    waiting = asyncio.create_task(journal.wait_for(Query(kind="fault")))
    await asyncio.sleep(0)
    journal.add("a", "rpc", "request")
    await asyncio.sleep(0)
    assert not waiting.done()
    journal.add("a", "rpc", "fault")
    assert [entry.kind for entry in await waiting] == ["fault"]


def test_old_bodies_make_room_and_sizes_stay(clock: VirtualClock) -> None:
    journal = Journal(clock, kept_bytes=1000)
    for number in range(3):
        exchange = Exchange(
            number, 1, "GET", "http://x/", "1.1", (), b"", answer=bytearray(600), answer_bytes=600
        )
        journal.add_exchange("a", exchange)
    first, _, last = [exchange for _, exchange in journal.exchanges()]
    assert (first.content, first.answer_bytes) == (None, 600)
    assert last.content == bytes(600)


def test_faults_are_written_down_in_the_exchange_that_they_strike(clock: VirtualClock) -> None:
    journal = Journal(clock)
    exchange = Exchange(journal.next_exchange(), 1, "POST", "http://x/sony/camera", "1.1", (), b"{}")
    token = EXCHANGE.set(exchange)
    journal.add("a", "rpc", "request", method="getEvent", service="camera")
    journal.add("a", "rpc", "fault", fault="delay")
    EXCHANGE.reset(token)
    journal.add_exchange("a", exchange)
    assert (exchange.method, exchange.service, exchange.faults) == ("getEvent", "camera", ["rpc:delay"])
    assert len(journal.entries(method="getEvent")) == 2
    assert journal.entries(kind="exchange")[0].as_line().endswith("struck by rpc:delay")


def test_names_that_a_client_gives_are_cut(clock: VirtualClock) -> None:
    journal, name = Journal(clock), "x" * 20_000
    journal.add("a", "rpc", "request", method=name, version=name, service="camera")
    journal.add("a", "rpc", "fault", fault="error", wanted=f"camera.{name}")
    first, second = journal.entries()
    assert (first.method, first.data["version"]) == ("x" * 200, "x" * 200)
    assert len(second.data["wanted"]) == 200
    assert journal.count(name) == 1


def test_names_that_no_camera_knows_are_counted_up_to_a_number_and_then_together(clock: VirtualClock) -> None:
    journal = Journal(clock, capacity=10)
    for number in range(5_000):
        journal.add("a", "rpc", "request", method=f"x{number}")
    for _ in range(3):
        journal.add("a", "rpc", "request", method="actTakePicture")
        journal.add("a", "rpc", "request", method="x1")
    assert journal.count("actTakePicture") == 3
    assert journal.count("x1") == 4
    assert journal.count("x4999") == 0
    assert journal.count(OTHERS) == 4_000
