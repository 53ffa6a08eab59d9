from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Interface

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.link.found import Tried
from remotelens.link.search import search_on
from remotelens.protocol.wifi.ssdp import SearchReply
from remotelens.transport.interfaces import Interface, interfaces
from remotelens.transport.network import Address, UdpPort, udp_port
from tests.recordings import need
from tests.remotelens.link.virtual import in_virtual_time, now_s

LOOPBACK = interfaces()[-1]
REPLY = (
    b"HTTP/1.1 200 OK\r\nLOCATION: http://10.0.0.1:64321/DmsRmtDesc.xml\r\n"
    b"ST: urn:schemas-sony-com:service:ScalarWebAPI:1\r\nUSN: uuid:1\r\n\r\n"
)
OTHER = REPLY.replace(b"ScalarWebAPI:1", b"dial:1")

Answer = Callable[[UdpPort, bytes, Address], None]


@asynccontextmanager
async def responder(answer: Answer) -> AsyncIterator[tuple[Address, list[tuple[bytes, float]]]]:
    """Run what answers searches; gives its address, and keeps what came and when."""
    came: list[tuple[bytes, float]] = []

    async def serve(port: UdpPort) -> None:
        while True:
            data, sender = await port.receive()
            came.append((data, now_s()))
            answer(port, data, sender)

    async with udp_port(LOOPBACK) as port:
        task = asyncio.create_task(serve(port))
        try:
            yield port.address, came
        finally:
            task.cancel()


def searched(
    answer: Answer, *, timeout_s: float = 5, places: int = 1
) -> tuple[Tried, list[tuple[SearchReply, str]], list[tuple[bytes, float]]]:
    taken: list[tuple[SearchReply, str]] = []

    async def search() -> tuple[Tried, list[tuple[bytes, float]]]:
        async with responder(answer) as (place, came):
            tried = await search_on(
                LOOPBACK,
                [place] * places,
                lambda reply, sender: taken.append((reply, sender)),
                timeout_s=timeout_s,
                wifi=None,
                only_this_interface=False,
                clock=REAL_CLOCK,
            )
            return tried, came

    tried, came = in_virtual_time(search())
    return tried, taken, came


def replying(*datagrams: bytes) -> Answer:
    def answer(port: UdpPort, data: bytes, sender: Address) -> None:
        for datagram in datagrams:
            port.send(datagram, sender)

    return answer


def test_the_search_is_repeated_and_each_answer_is_handed_out_with_its_sender() -> None:
    tried, taken, came = searched(replying(REPLY))
    assert [when_s for _, when_s in came] == pytest.approx([0, 0.2, 0.6, 1.4, 4.4])
    assert {sender for _, sender in taken} == {"127.0.0.1"}
    assert {reply.location for reply, _ in taken} == {"http://10.0.0.1:64321/DmsRmtDesc.xml"}
    assert (tried.answers, tried.error) == (5, None)


def test_the_search_is_the_documented_one() -> None:
    _, _, came = searched(replying(), timeout_s=0.1)
    lines = came[0][0].split(b"\r\n")
    assert lines[0] == b"M-SEARCH * HTTP/1.1"
    assert b'MAN: "ssdp:discover"' in lines
    assert b"ST: urn:schemas-sony-com:service:ScalarWebAPI:1" in lines
    assert came[0][0].endswith(b"\r\n\r\n")


def test_doubled_answers_are_handed_out_as_they_come() -> None:
    _, taken, _ = searched(replying(REPLY, REPLY), timeout_s=0.1)
    assert len(taken) == 2


def test_a_late_answer_counts_until_the_end() -> None:
    def late(port: UdpPort, data: bytes, sender: Address) -> None:
        asyncio.get_running_loop().call_later(4.0, port.send, REPLY, sender)

    _, taken, came = searched(late)
    assert len(came) == 5
    assert len(taken) == 3


@pytest.mark.parametrize(
    "datagram", [b"\0", b"\0" * 2000, b"HTTP/1.1 200 OK\r\n\r\n", b"NOTIFY * HTTP/1.1\r\n\r\n", OTHER]
)
def test_what_is_no_answer_of_a_camera_is_passed_over(datagram: bytes) -> None:
    tried, taken, _ = searched(replying(datagram, REPLY), timeout_s=0.1)
    assert len(taken) == 1
    assert tried.answers == 2


@pytest.mark.parametrize("name", ["as30v_ssdp_response.nerab.txt", "qx1_ssdp_response.node-sonycam.txt"])
def test_recorded_answers_are_handed_out(name: str) -> None:
    recorded = need("transcripts", name).read_bytes().replace(b"\n", b"\r\n")
    _, [(reply, _)], _ = searched(replying(recorded), timeout_s=0.1)
    assert reply.location.endswith((":64321/DmsRmtDesc.xml", ":64321/dd.xml"))


def test_an_interface_that_cannot_be_used_is_told() -> None:
    gone = Interface("eth9", IPv4Interface("203.0.113.9/24"))
    search = search_on(
        gone, [], lambda *_: None, timeout_s=1, wifi=None, only_this_interface=False, clock=REAL_CLOCK
    )
    tried = in_virtual_time(search)
    assert tried.error is not None
    assert "cannot use interface eth9" in tried.error


def test_a_search_that_can_be_sent_nowhere_is_told() -> None:
    search = search_on(
        LOOPBACK,
        [("255.255.255.255", 1900)],  # broadcast, which nobody allowed on this socket
        lambda *_: None,
        timeout_s=1,
        wifi=None,
        only_this_interface=False,
        clock=REAL_CLOCK,
    )
    tried = in_virtual_time(search)
    assert tried.error is not None
    assert "the search cannot be sent" in tried.error
