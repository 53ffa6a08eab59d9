import contextlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.wifi.request import BadHttp, HttpRequest, RequestParser

CALL = b'{"method":"getVersions","params":[],"id":1,"version":"1.0"}'


def parser(*, header_bytes: int = 16 * 1024, body_bytes: int = 20_480) -> RequestParser:
    return RequestParser(header_bytes=header_bytes, body_bytes=body_bytes)


def read(*data: bytes) -> list[HttpRequest]:
    reader, found = parser(), list[HttpRequest]()
    for piece in data:
        reader.feed(piece)
        while (request := reader.next_request()) is not None:
            found.append(request)
    return found


def test_a_request_is_read_as_it_was_sent() -> None:
    (request,) = read(
        b"POST /sony/camera?x=1 HTTP/1.1\r\nHost: 10.0.0.1:10000\r\nContent-type: text/plain\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(CALL), CALL)
    )
    assert (request.method, request.target, request.path) == ("POST", "/sony/camera?x=1", "/sony/camera")
    assert request.headers[1] == ("Content-type", "text/plain")
    assert request.header("CONTENT-TYPE") == "text/plain"
    assert request.body == CALL


def test_a_request_arrives_in_pieces_of_any_size() -> None:
    whole = b"POST /a HTTP/1.1\r\nHost: c\r\nContent-Length: 3\r\n\r\nabc"
    (request,) = read(*(whole[at : at + 1] for at in range(len(whole))))
    assert request.body == b"abc"


def test_requests_that_follow_at_once_wait_for_their_turn() -> None:
    first, second = read(b"GET /a HTTP/1.1\r\nHost: c\r\n\r\nGET /b HTTP/1.1\r\nHost: c\r\n\r\n")
    assert (first.path, second.path) == ("/a", "/b")


def test_a_chunked_body_is_put_together() -> None:
    (request,) = read(
        b"POST /a HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )
    assert request.body == b"abc"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\n\n",
        b"\r\n\r\nGET /a HTTP/1.1\r\nHost: c\r\n\r\n",
        b"get   /a   http/1.1\r\nHost: c\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost : c\r\nX-Folded: one\r\n two\r\n\r\n",
        b"GET /a HTTP/1.1\r\nnonsense\r\nH\xe4: x\r\nHost: c\r\nHost: d\r\n\r\n",
        b"GET /a HTTP/1.1\r\nX: a\x00b\x01\r\n\r\n",
        b"GET http://10.0.0.1:10000/a HTTP/1.1\r\nHost: c\r\n\r\n",
        b"GET /a\r\n\r\n",
    ],
)
def test_odd_requests_are_understood(head: bytes) -> None:
    (request,) = read(head)
    assert (request.method, request.path) == ("GET", "/a")


@pytest.mark.parametrize("length", [b"3, 3", b"3,3", b"3 ,\t3,3", b"003", b"3\r\nContent-Length: 3"])
def test_a_length_that_is_said_twice_is_one_length(length: bytes) -> None:
    (request,) = read(b"POST /a HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\nabc")
    assert request.body == b"abc"


def test_chunks_are_believed_rather_than_a_length() -> None:
    (request,) = read(
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 999999, 999999\r\n\r\n"
        b"3\r\nabc\r\n0\r\n\r\n"
    )
    assert request.body == b"abc"


@pytest.mark.parametrize(
    ("head", "close"),
    [
        (b"GET /a HTTP/1.1\r\n\r\n", False),
        (b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", True),
        (b"GET /a HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n", False),
        (b"GET /a HTTP/1.0\r\n\r\n", True),
        (b"GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", False),
    ],
)
def test_what_the_client_wants_of_the_connection_is_heard(head: bytes, close: bool) -> None:
    assert read(head)[0].wants_close is close


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (b"M-SEARCH\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: 1,\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nContent-Length: 999999999999999\r\n\r\n", 413),
        (b"POST /a HTTP/1.1\r\nContent-Length: 999999, 999999\r\n\r\n", 413),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5001\r\n" + bytes(0x5001), 413),
        (b"GET /" + b"a" * 20_000, 400),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_or_too_much_is_told_apart(data: bytes, status: int) -> None:
    with pytest.raises(BadHttp) as caught:
        read(data)
    assert caught.value.status == status


def test_a_begun_request_is_known_as_such() -> None:
    reader = parser()
    assert not reader.begun
    reader.feed(b"\r\n")
    assert not reader.begun
    reader.feed(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nab")
    assert reader.next_request() is None
    assert reader.begun


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_arbitrary_bytes_end_in_a_request_or_a_typed_error(pieces: list[bytes]) -> None:
    reader = parser(header_bytes=256, body_bytes=64)
    with contextlib.suppress(BadHttp):
        for piece in pieces:
            reader.feed(piece)
            while reader.next_request() is not None:
                pass


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120), st.lists(st.integers(0, 200), max_size=5))
def test_the_cutting_of_a_request_makes_no_difference(body: bytes, cuts: list[int]) -> None:
    whole = b"POST /sony/camera HTTP/1.1\r\nHost: c\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    edges = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    assert read(*(whole[a:b] for a, b in itertools.pairwise(edges))) == read(whole)
