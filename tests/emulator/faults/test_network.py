import asyncio

import pytest

from emulator.clock import VirtualClock
from emulator.faults.engine import FaultEngine
from emulator.faults.freeze import Freeze
from emulator.faults.network import Cut, NetworkFaults, Outlet
from emulator.faults.rules import parse_rule
from emulator.journal import Journal

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n"
BODY = b"0123456789"


class Kept:
    """An outlet that keeps what comes through."""

    def __init__(self) -> None:
        self.header = b""
        self.content = b""
        self.pieces: list[bytes] = []
        self.ended = False
        self.was_reset = False
        self.was_half_closed = False

    async def head(self, data: bytes, *, chunked: bool) -> None:
        self.header = data

    async def body(self, *pieces: bytes) -> None:
        self.content += b"".join(pieces)
        self.pieces += pieces

    async def end(self) -> None:
        self.ended = True

    def reset(self) -> None:
        self.was_reset = True

    def half_close(self) -> None:
        self.was_half_closed = True


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


async def test_what_no_rule_strikes_comes_through_as_it_is() -> None:
    faulty = Faulty("rpc:garbage,match=nothing")
    await faulty.answer()
    assert (faulty.kept.header, faulty.kept.content, faulty.kept.ended) == (HEAD, BODY, True)


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


async def test_a_black_hole_swallows_the_request() -> None:
    faulty = Faulty("rpc:blackhole")
    answering = asyncio.create_task(faulty.answer())
    await faulty.clock.advance(1000.0)
    assert (faulty.kept.header, answering.done()) == (b"", False)
    faulty.gone.set()
    with pytest.raises(Cut):
        await answering


async def test_a_half_closed_answer_leaves_the_clients_side_open() -> None:
    faulty = Faulty("rpc:halfclose=4")
    answering = asyncio.create_task(faulty.answer())
    await faulty.clock.advance(1.0)
    assert (faulty.kept.content, faulty.kept.was_half_closed, answering.done()) == (b"0123", True, False)
    faulty.gone.set()
    with pytest.raises(Cut):
        await answering


async def test_jitter_delays_by_no_more_than_it_says() -> None:
    faulty = Faulty("rpc:jitter=1")
    answering = asyncio.create_task(faulty.answer())
    await faulty.clock.advance(2.0)
    await answering
    assert faulty.kept.content == BODY


async def test_bandwidth_lets_so_many_bytes_through_in_a_second() -> None:
    faulty = Faulty("contents:bandwidth=1000")
    sending = asyncio.create_task(faulty.outlet.body(bytes(3000)))
    await faulty.clock.advance(1.0)
    assert 900 <= len(faulty.kept.content) <= 1000
    await faulty.clock.advance(2.1)
    await sending
    assert len(faulty.kept.content) == 3000


async def test_a_sliced_body_comes_in_small_pieces() -> None:
    faulty = Faulty("rpc:slice=3")
    answering = asyncio.create_task(faulty.answer())
    await faulty.clock.advance(1.0)
    await answering
    assert faulty.kept.pieces == [b"012", b"3", b"456", b"789"]


async def test_a_frozen_camera_sends_nothing_until_it_thaws() -> None:
    faulty = Faulty("rpc:garbage,match=nothing")
    freeze = Freeze(faulty.clock)
    outlet = NetworkFaults(faulty.engine, "qx10-1", faulty.clock, freeze).wrap(
        "rpc", "x", faulty.kept, faulty.gone
    )
    freeze.begin(0)
    sending = asyncio.create_task(outlet.head(HEAD, chunked=False))
    await faulty.clock.advance(1000.0)
    assert faulty.kept.header == b""
    freeze.end()
    await sending
    assert faulty.kept.header == HEAD
