from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

import pytest

from remotelens.errors import CameraNotFound, RemoteProtocolError
from remotelens.link import discovery
from remotelens.link.discovery import believed_location, discover_wifi
from remotelens.link.found import DiscoveryReport
from remotelens.transport.network import Address
from tests.remotelens.link.answering import LOOPBACK, answering, reply
from tests.remotelens.link.cameras import SmallCamera, small_camera
from tests.remotelens.link.virtual import in_virtual_time

OWN = frozenset({IPv4Address("127.0.0.1"), IPv4Address("192.0.2.2")})


async def discovered(*ask: Address, stop: bool = False) -> DiscoveryReport:
    enough = (lambda _: True) if stop else None
    return await discover_wifi(interface="127.0.0.1", ask=ask, multicast=False, enough=enough)


@pytest.mark.parametrize(
    ("location", "sender", "expected"),
    [
        ("http://10.0.0.1:64321/d.xml", "10.0.0.1", "http://10.0.0.1:64321/d.xml"),
        ("http://0.0.0.0:64321/d.xml", "10.0.0.1", "http://10.0.0.1:64321/d.xml"),
        ("http://192.168.1.5:64321/d.xml", "10.0.0.1", "http://10.0.0.1:64321/d.xml"),
        ("http://camera:64321/d.xml", "10.0.0.1", "http://10.0.0.1:64321/d.xml"),
        ("http://127.0.0.1:4000/d.xml", "192.0.2.2", "http://127.0.0.1:4000/d.xml"),  # an emulator, here
        ("http://127.0.0.1:4000/d.xml", "192.0.2.9", "http://192.0.2.9:4000/d.xml"),
    ],
)
def test_a_description_is_read_on_the_host_that_answered(location: str, sender: str, expected: str) -> None:
    assert believed_location(location, sender, OWN) == expected


@pytest.mark.parametrize("location", ["", "x", "https://10.0.0.1/d.xml", "http://10.0.0.1/ x"])
def test_a_location_that_is_no_url_is_refused(location: str) -> None:
    with pytest.raises(RemoteProtocolError):
        believed_location(location, "10.0.0.1", OWN)


def test_a_camera_is_found_once_though_it_answers_often() -> None:
    async def check() -> None:
        async with small_camera() as camera:
            datagrams = [reply(camera.description_url)] * 2
            async with answering(*datagrams) as place:
                report = await discovered(place)
        assert [(item.name, item.uuid, item.found_by) for item in report.items] == [
            ("ILCE-QX1", "1", ("ssdp",))
        ]
        assert len(camera.server.heads) == 1
        assert [(item.interface.name, item.answers > 2) for item in report.tried] == [(LOOPBACK.name, True)]

    in_virtual_time(check())


def test_several_cameras_are_found() -> None:
    async def check() -> None:
        async with small_camera() as one, small_camera() as two:
            two.uuid, two.model = "2", "DSC-QX30"
            datagrams = [reply(one.description_url), reply(two.description_url, "2")]
            async with answering(*datagrams) as place:
                report = await discovered(place)
        assert sorted(item.name for item in report.items) == ["DSC-QX30", "ILCE-QX1"]

    in_virtual_time(check())


def test_a_useless_location_is_mended_with_the_senders_address() -> None:
    async def check() -> None:
        async with (
            small_camera() as camera,
            answering(reply(f"http://0.0.0.0:{camera.server.port}/dd.xml")) as place,
        ):
            report = await discovered(place)
        assert [item.description_url for item in report.items] == [camera.description_url]

    in_virtual_time(check())


async def test_the_search_ends_with_the_first_camera_that_is_enough() -> None:
    async with (
        asyncio.timeout(2),
        small_camera() as camera,
        answering(reply(camera.description_url)) as place,
    ):
        report = await discovered(place, stop=True)
    assert len(report.items) == 1


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("{url}x", "HTTP 404"),
        ("ftp://nowhere", "answers with a useless address"),
        ("http://127.0.0.1:1/dd.xml", "no camera at 127.0.0.1:1"),
    ],
)
def test_what_answers_without_being_a_camera_is_noted(location: str, words: str) -> None:
    async def nowhere(camera: SmallCamera) -> DiscoveryReport:
        async with answering(reply(location.format(url=camera.server.url("/")))) as place:
            return await discovered(place)

    async def check() -> None:
        async with small_camera() as camera:
            report = await nowhere(camera)
        assert report.items == ()
        assert len(report.notes) == 1
        assert words in report.notes[0]

    in_virtual_time(check())


def test_a_device_without_remote_control_is_noted() -> None:
    async def check() -> None:
        async with small_camera() as camera:
            camera.services = ("guide",)
            async with answering(reply(camera.description_url)) as place:
                report = await discovered(place)
        assert report.items == ()
        assert "offers no remote control now" in report.notes[0]

    in_virtual_time(check())


def test_nothing_there_is_a_report_of_where_was_looked() -> None:
    report = in_virtual_time(discovered())
    assert report.items == ()
    assert [item.interface for item in report.tried] == [LOOPBACK]
    assert f"searched {LOOPBACK.name} (127.0.0.1/8)" in str(report.nothing_found())


async def test_an_interface_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(CameraNotFound, match="there is no network interface nosuch0") as caught:
        await discover_wifi(interface="nosuch0")
    assert LOOPBACK.name in str(caught.value)


async def test_cancelling_a_search_leaves_nothing_running() -> None:
    task = asyncio.create_task(discover_wifi(timeout_s=1000))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asyncio.all_tasks()) == 1


def test_the_usual_addresses_are_looked_at_where_an_interface_leads_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A host on a camera's network finds it though no multicast comes through."""
    from ipaddress import IPv4Interface

    from remotelens.transport.interfaces import Interface

    here = Interface("wlan0", IPv4Interface("127.0.0.1/8"))
    monkeypatch.setattr(discovery, "interfaces", lambda: (here,))
    monkeypatch.setattr(discovery, "CAMERA_HOSTS", ("127.0.0.2", "127.0.0.1", "10.0.0.1"))
    looked_at: list[str] = []

    async def probe(http: object, host: str, timeout_s: float) -> None:
        looked_at.append(host)
        raise CameraNotFound("nothing there")

    monkeypatch.setattr(discovery, "probe", probe)
    report = in_virtual_time(discover_wifi(timeout_s=1))
    assert looked_at == ["127.0.0.2"]
    assert report.notes == ()


@pytest.mark.multicast
async def test_a_camera_on_this_host_is_found_by_multicast_on_loopback() -> None:
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind(("", 1900))
        group = struct.pack("4s4s", socket.inet_aton("239.255.255.250"), socket.inet_aton("127.0.0.1"))
        try:
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        except OSError as error:
            pytest.skip(f"this host has no multicast on loopback: {error}")
        listening.setblocking(False)
        async with asyncio.timeout(10), small_camera() as camera:
            loop = asyncio.get_running_loop()

            async def answer() -> None:
                while True:
                    data, sender = await loop.sock_recvfrom(listening, 2000)
                    if data.startswith(b"M-SEARCH"):
                        await loop.sock_sendto(listening, reply(camera.description_url), sender)

            task = asyncio.create_task(answer())
            report = await discover_wifi(interface="127.0.0.1", enough=lambda item: item.uuid == "1")
            task.cancel()
    assert camera.description_url in [item.description_url for item in report.items]
