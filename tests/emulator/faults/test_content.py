import pytest

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.description import parse_description
from tests.emulator.faults.test_network import BODY, HEAD, Faulty


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


async def test_a_duplicate_body_comes_twice_and_its_length_says_so() -> None:
    faulty = Faulty("rpc:duplicate")
    await faulty.answer()
    assert b"Content-Length: 20\r\n" in faulty.kept.header
    assert faulty.kept.content == BODY * 2


async def test_a_doubled_live_view_sends_each_piece_twice() -> None:
    faulty = Faulty("liveview:duplicate")
    await faulty.outlet.head(b"HTTP/1.1 200 OK\r\n\r\n", chunked=True)
    await faulty.outlet.body(b"ab")
    await faulty.outlet.end()
    assert (faulty.kept.content, faulty.kept.ended) == (b"abab", True)


@pytest.mark.parametrize(("spec", "length"), [("rpc:length=5", b"15"), ("contents:length=-100", b"0")])
async def test_a_wrong_length_belongs_to_the_right_body(spec: str, length: bytes) -> None:
    faulty = Faulty(spec)
    await faulty.answer()
    assert b"Content-Length: " + length + b"\r\n" in faulty.kept.header
    assert faulty.kept.content == BODY
