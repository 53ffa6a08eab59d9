import pytest

from emulator.clock import VirtualClock
from emulator.faults.discovery import FaultyAdvertiser
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import parse_rule
from emulator.journal import Journal
from emulator.wifi.advertisement import Datagram
from remotelens.protocol.wifi.ssdp import SearchRequest

HERE = b"HTTP/1.1 200 OK\r\nLOCATION: http://10.0.0.1:64321/dd.xml\r\n\r\n"
SEARCH = SearchRequest("ssdp:all", 1, "ssdp:discover", "239.255.255.250:1900")


class Healthy:
    """A camera that is found."""

    name = "qx10-1"

    def answers(self, search: SearchRequest) -> list[Datagram]:
        return [Datagram(HERE)]

    def announcements(self, kind: str) -> list[Datagram]:
        return [Datagram(kind.encode())]


def advertiser(*specs: str) -> FaultyAdvertiser[Datagram]:
    clock = VirtualClock()
    engine = FaultEngine(clock, Journal(clock))
    for spec in specs:
        engine.add(parse_rule(spec))
    return FaultyAdvertiser(Healthy(), engine, Datagram)


def test_a_silent_camera_answers_no_search() -> None:
    camera = advertiser("ssdp:silence,count=1")
    assert camera.name == "qx10-1"
    assert [camera.answers(SEARCH) for _ in range(2)] == [[], [Datagram(HERE)]]


def test_a_silent_camera_announces_nothing() -> None:
    camera = advertiser("ssdp:silence,match=byebye")
    assert camera.announcements("ssdp:alive") == [Datagram(b"ssdp:alive")]
    assert camera.announcements("ssdp:byebye") == []


def test_answers_come_late_and_twice() -> None:
    answers = advertiser("ssdp:delay=2.5", "ssdp:double").answers(SEARCH)
    assert answers == [Datagram(HERE, 2.5)] * 2


@pytest.mark.parametrize(("kind", "host"), [("unspecified", b"0.0.0.0"), ("elsewhere", b"203.0.113.1")])
def test_an_answer_names_a_host_where_no_camera_is(kind: str, host: bytes) -> None:
    (answer,) = advertiser(f"ssdp:{kind}").answers(SEARCH)
    assert answer.data == HERE.replace(b"10.0.0.1", host)


def test_answers_are_late_by_chance_and_damaged_in_places() -> None:
    (late,) = advertiser("ssdp:jitter=2").answers(SEARCH)
    assert 0 < late.after_s < 2
    (damaged,) = advertiser("ssdp:corrupt=8").answers(SEARCH)
    assert damaged.data != HERE
    assert len(damaged.data) == len(HERE)
