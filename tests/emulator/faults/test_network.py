import asyncio

import pytest

from emulator.clock import VirtualClock
from emulator.faults.engine import FaultEngine
from emulator.faults.network import Cut, NetworkFaults, Outlet
from emulator.faults.rules import parse_rule
from emulator.journal import Journal
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.description import parse_description

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n"
BODY = b"0123456789"


class Kept:
    """An outlet that keeps what comes through."""

    def __init__(self) -> None:
        self.header = b""
        self.content = b""
        self.ended = False
        self.was_reset = False

    async def head(self, data: bytes, *, chunked: bool) -> None:
        self.header = data

    async def body(self, *pieces: bytes) -> None:
        self.content += b"".join(pieces)

    async def end(self) -> None:
        self.ended = True

    def reset(self) -> None:
        self.was_reset = True


class Faulty:
    """One healthy outlet behind one rule."""

    def __init__(self, spec: str) -> None:
        self.clock = VirtualClock()
        self.engine = FaultEngine(self.clock, Journal(self.clock), seed=1)
        self.engine.add(parse_rule(spec))
        self.channel = spec.partition(":")[0]
        self.gone = asyncio.Event()
        self.kept = Kept()
        faults = NetworkFaults(self.engine, "qx10-1", self.clock)
        self.outlet: Outlet = faults.wrap(self.channel, "/pict.JPG", self.kept, self.gone)

    async def answer(self) -> None:
        await self.outlet.head(HEAD, chunked=False)
        await self.outlet.body(BODY[:4], BODY[4:])
        await self.outlet.end()


async def test_what_no_rule_strikes_is_the_healthy_outlet_itself() -> None:
    faulty = Faulty("rpc:delay=1")
    faults = NetworkFaults(faulty.engine, "qx10-1", faulty.clock)
    assert faults.wrap("contents", "/pict.JPG", faulty.kept, faulty.gone) is faulty.kept


async def test_a_delayed_answer_begins_later() -> None:
    faulty = Faulty("rpc:delay=2")
    answering = asyncio.create_task(faulty.answer())
    await faulty.clock.advance(1.9)
    assert faulty.kept.header == b""
    await faulty.clock.advance(0.1)
    await answering
    assert (faulty.kept.header, faulty.kept.content) == (HEAD, BODY)


@pytest.mark.parametrize(
    ("spec", "content", "was_reset"),
    [
        ("contents:truncate=6", b"012345", False),
        ("contents:truncate=0", b"", False),
        ("contents:reset=6", b"012345", True),
        ("rpc:reset", b"", True),
        ("liveview:truncate=4", b"0123", False),
    ],
)
async def test_a_cut_answer_ends_after_so_many_bytes(spec: str, content: bytes, was_reset: bool) -> None:
    faulty = Faulty(spec)
    with pytest.raises(Cut):
        await faulty.answer()
    assert faulty.kept.header == HEAD
    assert (faulty.kept.content, faulty.kept.was_reset, faulty.kept.ended) == (content, was_reset, False)


async def test_an_answer_shorter_than_the_cut_is_whole() -> None:
    faulty = Faulty("contents:truncate=11")
    await faulty.answer()
    assert (faulty.kept.content, faulty.kept.ended) == (BODY, True)


async def test_a_stalled_answer_waits_until_the_client_goes() -> None:
    faulty = Faulty("contents:stall=3")
    answering = asyncio.create_task(faulty.answer())
    await faulty.clock.advance(1000.0)
    assert (faulty.kept.content, answering.done()) == (b"012", False)
    faulty.gone.set()
    with pytest.raises(Cut):
        await answering


async def test_a_shortened_body_has_a_length_that_fits() -> None:
    faulty = Faulty("contents:shorten=4")
    await faulty.answer()
    assert b"Content-Length: 4\r\n" in faulty.kept.header
    assert (faulty.kept.content, faulty.kept.ended) == (b"0123", True)


async def test_garbage_has_the_length_of_the_answer_and_nothing_else_of_it() -> None:
    faulty = Faulty("description:garbage")
    await faulty.answer()
    assert faulty.kept.header == HEAD
    assert len(faulty.kept.content) == len(BODY)
    assert faulty.kept.content != BODY


async def test_an_oversized_answer_really_is_that_long() -> None:
    faulty = Faulty("rpc:oversize=200000")
    await faulty.answer()
    assert b"Content-Length: 200000\r\n" in faulty.kept.header
    assert len(faulty.kept.content) == 200_000


async def test_a_bomb_is_small_and_refused_by_a_careful_reader() -> None:
    faulty = Faulty("description:bomb")
    await faulty.answer()
    assert len(faulty.kept.content) < 10_000
    assert b"<!ENTITY" in faulty.kept.content
    with pytest.raises(RemoteProtocolError):
        parse_description(faulty.kept.content)


async def test_corruption_hits_about_one_byte_in_so_many_and_keeps_the_length() -> None:
    faulty = Faulty("liveview:corrupt=1000")
    sent = bytes(range(256)) * 400
    for start in range(0, len(sent), 777):
        await faulty.outlet.body(sent[start : start + 777])
    wrong = sum(a != b for a, b in zip(sent, faulty.kept.content, strict=True))
    assert 50 < wrong < 200
