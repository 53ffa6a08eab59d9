import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulator.clock import VirtualClock
from emulator.journal import Journal
from emulator.wifi.advertisement import ALIVE, BYEBYE, Advertisement, Datagram
from emulator.wifi.ssdp import SsdpResponder, is_own_address
from remotelens.protocol.wifi.ssdp import (
    SCALAR_WEB_API,
    Notify,
    SearchReply,
    SearchRequest,
    encode_search,
    parse,
)
from tests.emulator.wifi.faces import recorded_urls
from tests.recordings import need

UUID_A = "00000000-0005-0010-8000-1c994c079994"
UUID_B = "000000001000-1010-8000-9AF1701181A3"


def advertisement(profile: str, uuid: str) -> Advertisement:
    return Advertisement(profile, recorded_urls(profile), uuid)


def search(target: str) -> SearchRequest:
    return SearchRequest(target, 1, '"ssdp:discover"', "239.255.255.250:1900")


@pytest.mark.parametrize(
    ("profile", "uuid", "recording"),
    [
        ("DSC-QX10", UUID_A, "as30v_ssdp_response.nerab.txt"),
        ("ILCE-QX1", UUID_B, "qx1_ssdp_response.node-sonycam.txt"),
    ],
)
def test_the_answer_is_the_recorded_one_but_for_the_blank_after_ext(
    profile: str, uuid: str, recording: str
) -> None:
    """The recordings hold no blanks at line ends; one client needs this one (protocol/clients.md row 4)."""
    lines = need("transcripts", recording).read_text().strip().splitlines()
    answer = advertisement(profile, uuid).reply(SCALAR_WEB_API).decode()
    assert answer == "".join(line.replace("EXT:", "EXT: ") + "\r\n" for line in [*lines, ""])
    assert len(answer) < 1024


def test_the_ext_line_can_be_left_out() -> None:
    bare = Advertisement("a", recorded_urls("ILCE-QX1"), UUID_B, ext=None)
    assert b"EXT" not in bare.reply(SCALAR_WEB_API)


@pytest.mark.parametrize(
    ("target", "usn"),
    [
        (SCALAR_WEB_API, f"uuid:{UUID_A}::{SCALAR_WEB_API}"),
        ("upnp:rootdevice", f"uuid:{UUID_A}::upnp:rootdevice"),
        (f"uuid:{UUID_A}", f"uuid:{UUID_A}"),
    ],
)
def test_each_target_is_answered_as_it_was_asked(target: str, usn: str) -> None:
    (answer,) = advertisement("DSC-QX10", UUID_A).answers(search(target))
    reply = parse(answer.data)
    assert isinstance(reply, SearchReply)
    assert (reply.st, reply.usn) == (target, usn)


def test_a_search_for_all_is_answered_once_for_each_target() -> None:
    """Source: protocol/wifi.md 2.2, the list of family A."""
    answers = [parse(answer.data) for answer in advertisement("DSC-QX10", UUID_A).answers(search("ssdp:all"))]
    assert [answer.st for answer in answers if isinstance(answer, SearchReply)] == [
        "upnp:rootdevice",
        f"uuid:{UUID_A}",
        "urn:schemas-upnp-org:device:MediaServer:1",
        "urn:schemas-upnp-org:service:ContentDirectory:1",
        "urn:schemas-upnp-org:service:ConnectionManager:1",
        SCALAR_WEB_API,
        "urn:schemas-sony-com:service:DigitalImaging:1",
    ]


@pytest.mark.parametrize("target", ["urn:dial-multiscreen-org:service:dial:1", "uuid:else", "ssdp:any"])
def test_a_search_for_something_else_is_not_answered(target: str) -> None:
    assert advertisement("DSC-QX10", UUID_A).answers(search(target)) == []


def test_an_announcement_has_the_recorded_lines() -> None:
    recorded = need("transcripts", "sony_notify_alive.wot.txt").read_text().strip()
    told = advertisement("DSC-QX10", UUID_A).notice(SCALAR_WEB_API, ALIVE).decode()
    expected = recorded.replace("fcc2de538943", UUID_A[-12:]).replace(
        "http://192.168.40.10:64321/scalarwebapi_dd.xml", "http://10.0.0.1:64321/DmsRmtDesc.xml"
    )
    assert told == "".join(line + "\r\n" for line in [*expected.splitlines(), ""])


def test_a_parting_names_neither_place_nor_lifetime() -> None:
    for profile, uuid in (("DSC-QX10", UUID_A), ("ILCE-QX1", UUID_B)):
        told = advertisement(profile, uuid).notice(SCALAR_WEB_API, BYEBYE).decode()
        names = [line.partition(":")[0] for line in told.splitlines()[1:-1]]
        assert names == ["HOST", "NT", "NTS", "USN"]


def test_each_target_of_a_search_for_all_is_announced() -> None:
    camera = advertisement("ILCE-QX1", UUID_B)
    notices = [parse(datagram.data) for datagram in camera.announcements(ALIVE)]
    assert [notice.nt for notice in notices if isinstance(notice, Notify)] == list(camera.targets)


class Group(asyncio.DatagramTransport):
    """Stands for the socket of the group, and keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[bytes, object]] = []

    def sendto(self, data: Any, addr: object = None) -> None:
        self.sent.append((bytes(data), addr))

    def is_closing(self) -> bool:
        return False


async def test_a_camera_announces_itself_thrice_and_then_rarely_and_takes_its_leave() -> None:
    clock = VirtualClock()
    responder = SsdpResponder("127.0.0.1", Journal(clock), clock=clock)
    responder._group = group = Group()
    camera = advertisement("DSC-QX10", UUID_A)
    responder.add(camera)
    targets = len(camera.targets)
    told = [len(group.sent) // targets]
    for pause_s in (0.3, 0.7, 899.0, 1.0, 900.0):
        await clock.advance(pause_s)
        told.append(len(group.sent) // targets)
    assert told == [1, 2, 3, 3, 4, 5]
    assert {to for _, to in group.sent} == {("239.255.255.250", 1900)}
    assert {data for data, _ in group.sent} == {item.data for item in camera.announcements(ALIVE)}
    responder.remove(camera)
    assert [data for data, _ in group.sent[-targets:]] == [item.data for item in camera.announcements(BYEBYE)]
    await clock.advance(10_000)
    assert len(group.sent) == 6 * targets


async def test_a_search_of_the_group_is_answered_within_its_mx_and_a_direct_one_at_once() -> None:
    clock = VirtualClock()
    responder = SsdpResponder("127.0.0.1", Journal(clock), clock=clock)
    camera = advertisement("DSC-QX10", UUID_A)
    responder.add(camera)
    asked = ("127.0.0.1", 4711)
    group = Group()
    responder.received(group, encode_search(mx=1), asked, grouped=False)
    responder.received(group, encode_search(mx=0), asked, grouped=True)
    assert len(group.sent) == 2
    responder.received(group, encode_search(mx=8), asked, grouped=True)
    assert len(group.sent) == 2
    await clock.advance(0.1)
    assert group.sent == [(camera.reply(SCALAR_WEB_API), asked)] * 3


class Late:
    """Something that answers later than usual."""

    name = "late"

    def answers(self, search: SearchRequest) -> list[Datagram]:
        return [Datagram(b"late", 2.0)]

    def announcements(self, kind: str) -> list[Datagram]:
        return []


async def test_a_late_answer_is_sent_late_and_not_after_the_end() -> None:
    clock = VirtualClock()
    responder = SsdpResponder("127.0.0.1", Journal(clock), clock=clock)
    responder.add(Late())
    group = Group()
    responder.received(group, encode_search(), ("127.0.0.1", 4711), grouped=False)
    await clock.advance(1.9)
    assert group.sent == []
    await clock.advance(0.2)
    assert [data for data, _ in group.sent] == [b"late"]


async def test_a_camera_that_has_left_meanwhile_sends_no_answer() -> None:
    clock = VirtualClock()
    responder = SsdpResponder("127.0.0.1", Journal(clock), clock=clock)
    camera = Late()
    responder.add(camera)
    group = Group()
    responder.received(group, encode_search(), ("127.0.0.1", 4711), grouped=False)
    responder.remove(camera)
    await clock.advance(3.0)
    assert group.sent == []


def test_own_addresses_are_told_from_others() -> None:
    assert is_own_address("127.0.0.1")
    assert not is_own_address("203.0.113.77")
    assert not is_own_address("nonsense")


@pytest.fixture
async def responder() -> AsyncIterator[SsdpResponder]:
    responder = SsdpResponder("127.0.0.1", Journal(VirtualClock()))
    await responder.start(multicast=False)
    yield responder
    await responder.close()


async def ask(responder: SsdpResponder, *datagrams: bytes) -> bytes:
    """Send datagrams from one socket and return the first answer."""
    host, _, port = responder.unicast.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.setblocking(False)
        plain.bind(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        for datagram in datagrams:
            await loop.sock_sendto(plain, datagram, (host, int(port)))
        async with asyncio.timeout(10):
            return (await loop.sock_recvfrom(plain, 1024))[0]


async def test_the_private_port_answers_to_the_port_that_asked(responder: SsdpResponder) -> None:
    camera = advertisement("DSC-QX10", UUID_A)
    responder.add(camera)
    assert await ask(responder, encode_search()) == camera.reply(SCALAR_WEB_API)
    assert (responder.multicast, responder.why) == (False, "switched off")


@pytest.mark.parametrize(
    "odd",
    [
        b'M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nMAN:"ssdp:discover"\r\nMX:8\r\nST:%s\r\n\r\n',
        b"M-SEARCH * HTTP/1.1\r\nST: %s  \r\nMAN: ssdp:discover \r\nHOST: 239.255.255.250:1900 \r\n\r\n",
        b'M-SEARCH * HTTP/1.1\nHost: x\nMan: "ssdp:discover"\nMx: 1\nSt: %s\n',
    ],
)
async def test_searches_are_answered_in_every_form_that_programs_send(
    responder: SsdpResponder, odd: bytes
) -> None:
    camera = advertisement("ILCE-QX1", UUID_B)
    responder.add(camera)
    assert await ask(responder, odd % SCALAR_WEB_API.encode()) == camera.reply(SCALAR_WEB_API)


async def test_datagrams_that_are_no_search_are_ignored(responder: SsdpResponder) -> None:
    camera = advertisement("DSC-QX10", UUID_A)
    responder.add(camera)
    answer = await ask(
        responder, b"\xff\x00", camera.reply(SCALAR_WEB_API), b"GET / HTTP/1.1\r\n\r\n", encode_search()
    )
    assert answer == camera.reply(SCALAR_WEB_API)


async def test_a_camera_that_was_taken_off_is_not_found(responder: SsdpResponder) -> None:
    first, second = advertisement("DSC-QX10", UUID_A), advertisement("ILCE-QX1", UUID_B)
    responder.add(first)
    responder.add(second)
    responder.remove(first)
    responder.remove(first)
    assert await ask(responder, encode_search()) == second.reply(SCALAR_WEB_API)


async def test_searches_and_answers_are_written_down() -> None:
    journal = Journal(VirtualClock())
    responder = SsdpResponder("127.0.0.1", journal)
    await responder.start(multicast=False)
    responder.add(advertisement("DSC-QX10", UUID_A))
    await ask(responder, encode_search())
    await responder.close()
    asked, answered = journal.entries()
    assert (asked.channel, asked.kind, asked.data["st"]) == ("ssdp", "request", SCALAR_WEB_API)
    assert (answered.camera, answered.kind) == ("DSC-QX10", "answer")


@pytest.mark.multicast
async def test_a_program_that_searches_the_group_finds_the_camera() -> None:
    responder = SsdpResponder("127.0.0.1", Journal(VirtualClock()))
    await responder.start()
    if not responder.multicast:
        await responder.close()
        pytest.skip(responder.why or "no multicast here")
    camera = advertisement("DSC-QX10", UUID_A)
    responder.add(camera)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
            plain.setblocking(False)
            plain.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            loop = asyncio.get_running_loop()
            await loop.sock_sendto(plain, encode_search(), ("239.255.255.250", 1900))
            async with asyncio.timeout(10):
                answers = {(await loop.sock_recvfrom(plain, 1024))[0]}
                while camera.reply(SCALAR_WEB_API) not in answers:
                    answers.add((await loop.sock_recvfrom(plain, 1024))[0])
    finally:
        await responder.close()


async def test_a_host_without_multicast_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "if_nameindex", list)
    responder = SsdpResponder("127.0.0.1", Journal(VirtualClock()))
    await responder.start()
    await responder.close()
    assert not responder.multicast
