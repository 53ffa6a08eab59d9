from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.wifi import ssdp
from tests.remotelens.protocol.wifi.fuzz import damaged, quick
from tests.remotelens.protocol.wifi.recorded import wire

# Typed in from protocol/wifi.md 2.1, the development guide's own form.
SEARCH = (
    b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
    b"ST: urn:schemas-sony-com:service:ScalarWebAPI:1\r\n\r\n"
)
# Typed in from protocol/wifi.md 2.2, an ILCE-QX1.
REPLY = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://192.168.122.1:64321/dd.xml\r\n"
    b"SERVER: UPnP/1.0 MINT-X/1.8.1\r\nST: urn:schemas-sony-com:service:ScalarWebAPI:1\r\n"
    b"USN: uuid:000000001000-1010-8000-9AF1701181A3::urn:schemas-sony-com:service:ScalarWebAPI:1\r\n\r\n"
)


def laid_out(message: ssdp.SearchReply | ssdp.Notify, start_line: str) -> bytes:
    return ssdp.encode_message(start_line, message.headers)


def test_the_search_is_the_one_of_the_development_guide() -> None:
    assert ssdp.encode_search() == SEARCH


def test_the_answer_of_an_hdr_as30v_is_read() -> None:
    reply = ssdp.parse(wire("as30v_ssdp_response.nerab.txt"))

    assert isinstance(reply, ssdp.SearchReply)
    assert reply.location == "http://10.0.0.1:64321/DmsRmtDesc.xml"
    assert reply.server == "UPnP/1.0 SonyImagingDevice/1.0"
    assert reply.st == ssdp.SCALAR_WEB_API
    assert reply.uuid == "00000000-0005-0010-8000-1c994c079994"
    assert reply.headers[-1] == (
        "X-AV-Server-Info",
        'av=5.0; hn=""; cn="Sony Corporation"; mn="SonyImagingDevice"; mv="1.0";',
    )


def test_the_answer_of_a_qx1_is_read_with_its_malformed_uuid() -> None:
    reply = ssdp.parse(wire("qx1_ssdp_response.node-sonycam.txt"))

    assert isinstance(reply, ssdp.SearchReply)
    assert reply.location == "http://192.168.122.1:64321/dd.xml"
    assert reply.server == "UPnP/1.0 MINT-X/1.8.1"
    assert reply.uuid == "000000001000-1010-8000-9AF1701181A3"


def test_the_announcement_of_a_camera_is_read_and_written_byte_for_byte() -> None:
    recorded = wire("sony_notify_alive.wot.txt")
    notify = ssdp.parse(recorded)

    assert isinstance(notify, ssdp.Notify)
    assert notify.nts == "ssdp:alive"
    assert notify.nt == ssdp.SCALAR_WEB_API
    assert notify.location == "http://192.168.40.10:64321/scalarwebapi_dd.xml"
    assert notify.uuid == "00000000-0005-0010-8000-fcc2de538943"
    assert laid_out(notify, "NOTIFY * HTTP/1.1") == recorded


@pytest.mark.parametrize("name", ["as30v_ssdp_response.nerab.txt", "qx1_ssdp_response.node-sonycam.txt"])
def test_answers_are_written_byte_for_byte_but_for_the_blank_after_ext(name: str) -> None:
    recorded = wire(name)
    reply = ssdp.parse(recorded)

    assert isinstance(reply, ssdp.SearchReply)
    assert laid_out(reply, "HTTP/1.1 200 OK") == recorded.replace(b"EXT:\r\n", b"EXT: \r\n")
    assert len(recorded) < 1024


@pytest.mark.parametrize(
    "datagram",
    [
        SEARCH.replace(b": ", b":"),
        SEARCH.replace(b'"ssdp:discover"', b"ssdp:discover"),
        SEARCH.replace(b"\r\n", b"  \r\n"),
        SEARCH.replace(b"\r\n", b"\n"),
        SEARCH.replace(b"ST:", b"st:").replace(b"MX:", b"Mx:"),
        SEARCH.removesuffix(b"\r\n\r\n"),
        b"M-SEARCH * HTTP/1.1\r\nST: "
        + ssdp.SCALAR_WEB_API.encode()
        + b"\r\nMX: 1\r\nMAN: ssdp:discover\r\n\r\n",
        b"m-search * http/1.1" + SEARCH.removeprefix(b"M-SEARCH * HTTP/1.1"),
    ],
    ids=["no blank", "no quotes", "trailing blanks", "lf", "case", "no end", "order", "lower case"],
)
def test_searches_of_programs_in_the_field_are_understood(datagram: bytes) -> None:
    request = ssdp.parse(datagram)

    assert isinstance(request, ssdp.SearchRequest)
    assert (request.st, request.mx, request.man) == (ssdp.SCALAR_WEB_API, 1, "ssdp:discover")


@pytest.mark.parametrize(
    ("mx", "read"), [(b"8", 8), (b"1 ; x", 1), (b"999999", 120), (b"abc", 0), (b"-3", 0)]
)
def test_a_strange_waiting_time_is_bounded(mx: bytes, read: int) -> None:
    request = ssdp.parse(SEARCH.replace(b"MX: 1", b"MX: " + mx))

    assert isinstance(request, ssdp.SearchRequest)
    assert request.mx == read


def test_a_unicast_search_needs_no_waiting_time() -> None:
    request = ssdp.parse(SEARCH.replace(b"MX: 1\r\n", b""))

    assert isinstance(request, ssdp.SearchRequest)
    assert request.mx == 0


def test_a_user_agent_is_kept() -> None:
    request = ssdp.parse(SEARCH.replace(b"ST:", b"USER-AGENT: x/1 y/2\r\nST:"))

    assert isinstance(request, ssdp.SearchRequest)
    assert request.user_agent == "x/1 y/2"


@pytest.mark.parametrize("spelling", [b"Location", b"location", b"LOCATION"])
def test_the_case_of_an_answers_header_names_does_not_matter(spelling: bytes) -> None:
    reply = ssdp.parse(REPLY.replace(b"LOCATION", spelling))

    assert isinstance(reply, ssdp.SearchReply)
    assert reply.location == "http://192.168.122.1:64321/dd.xml"


def test_the_first_of_two_locations_counts_and_none_below_the_empty_line() -> None:
    doubled = REPLY.replace(b"SERVER:", b"LOCATION: http://203.0.113.9/\r\nSERVER:")
    below = (
        REPLY.replace(b"LOCATION: http://192.168.122.1:64321/dd.xml\r\n", b"") + b"LOCATION: http://x/\r\n"
    )

    reply = ssdp.parse(doubled)
    assert isinstance(reply, ssdp.SearchReply)
    assert reply.location == "http://192.168.122.1:64321/dd.xml"
    with pytest.raises(RemoteProtocolError, match="LOCATION"):
        ssdp.parse(below)


def test_a_byebye_has_no_location() -> None:
    notify = ssdp.parse(b"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:byebye\r\nUSN: uuid:1::a\r\n\r\n")

    assert isinstance(notify, ssdp.Notify)
    assert (notify.nts, notify.location, notify.uuid) == ("ssdp:byebye", None, "1")


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        SEARCH.replace(b"ssdp:discover", b"ssdp:destroy"),
        SEARCH[: SEARCH.index(b"ST:")],
        b"NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n",
        REPLY + b"x" * ssdp.MAX_DATAGRAM_BYTES,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_ssdp_is_a_typed_error(datagram: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        ssdp.parse(datagram)


@pytest.mark.parametrize(
    "header", [("ST", "a\r\nLOCATION: http://evil/"), ("S T", "a"), ("", "a"), ("A", "\ud800")]
)
def test_a_header_that_would_break_the_message_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        ssdp.encode_message("HTTP/1.1 200 OK", [header])


@quick
@given(st.binary(max_size=400) | damaged(SEARCH) | damaged(REPLY))
def test_no_datagram_does_more_than_raise_a_typed_error(datagram: bytes) -> None:
    try:
        message = ssdp.parse(datagram)
    except RemoteProtocolError:
        return
    assert isinstance(message, ssdp.SearchRequest | ssdp.SearchReply | ssdp.Notify)
