"""Cameras that own their real addresses and ports. Source: protocol/wifi.md 1.3."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest

from emulator.network import netns
from emulator.rack import Emulator
from remotelens.errors import InvalidValue, RemoteLensError
from remotelens.protocol.wifi.ssdp import SCALAR_WEB_API, Notify, SearchReply, encode_search, parse
from tests.components import need_program
from tests.emulator.process import running
from tests.namespaces import inside, namespace, need_namespaces, own_name, present

Result = TypeVar("Result")
GROUP = ("239.255.255.250", 1900)
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(autouse=True)
def namespaces() -> None:
    need_namespaces()


async def client(emulator: Emulator, work: Callable[[], Result]) -> Result:
    """Do something as a host that has joined the cameras' networks."""
    return await asyncio.to_thread(inside, emulator.ready["cameras"][0]["netns"]["clients"], work)


def get(url: str, body: bytes | None = None) -> tuple[int, bytes]:
    try:
        with DIRECT.open(urllib.request.Request(url, body), timeout=10) as answer:
            return answer.status, answer.read(100_000)
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def call(base: str, method: str, *params: Any) -> Any:
    body = json.dumps({"method": method, "params": params, "id": 1, "version": "1.0"}).encode()
    status, answer = get(f"{base}/sony/camera", body)
    assert status == 200
    return json.loads(answer)["result"]


def cameras(*models: str, name: str = "cam", **options: Any) -> Emulator:
    return Emulator(models, as_is=own_name(name), still_scale=16, ssdp=True, control=False, **options)


async def test_a_camera_of_family_a_owns_its_address_and_three_ports() -> None:
    async with cameras("DSC-QX10") as emulator:
        (ready,) = emulator.ready["cameras"]
        assert (ready["host"], ready["port"]) == ("10.0.0.1", 64321)
        assert ready["endpoints"]["camera"] == "http://10.0.0.1:10000/sony/camera"

        def look() -> list[Any]:
            status, description = get("http://10.0.0.1:64321/DmsRmtDesc.xml")
            assert (status, b"http://10.0.0.1:10000/sony<" in description) == (200, True)
            [[postview]] = call("http://10.0.0.1:10000", "actTakePicture")
            assert get(postview)[1].startswith(b"\xff\xd8")
            assert postview.startswith("http://10.0.0.1:60152/pict")
            wrong = [
                get("http://10.0.0.1:64321/sony/camera", b"{}")[0],
                get("http://10.0.0.1:10000/DmsRmtDesc.xml")[0],
                get(postview.replace("60152", "64321"))[0],
                get("http://10.0.0.1:60152/sony/camera", b"{}")[0],
            ]
            with DIRECT.open(ready["liveview_url"], timeout=10) as stream:
                assert stream.read(2) == b"\xff\x01"
            return wrong

        assert await client(emulator, look) == [404, 404, 404, 404]


async def test_a_camera_of_family_b_owns_its_address_and_two_ports() -> None:
    async with cameras("ILCE-QX1") as emulator:

        def look() -> str:
            status, description = get("http://192.168.122.1:64321/dd.xml")
            assert (status, b"http://192.168.122.1:8080/sony<" in description) == (200, True)
            [url] = call("http://192.168.122.1:8080", "startLiveview")
            with DIRECT.open(url, timeout=10) as stream:
                assert stream.read(1) == b"\xff"
            return str(url)

        assert await client(emulator, look) == "http://192.168.122.1:8080/liveview/liveviewstream"


def search(to: tuple[str, int]) -> tuple[Any, Any]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.settimeout(10)
        plain.sendto(encode_search(), to)
        datagram, sender = plain.recvfrom(1024)
    return parse(datagram), sender


async def test_searches_of_the_group_and_of_the_camera_alone_are_answered_from_its_address() -> None:
    async with cameras("DSC-QX10") as emulator:
        for to in (GROUP, ("10.0.0.1", 1900)):
            reply, sender = await client(emulator, partial(search, to))
            assert isinstance(reply, SearchReply)
            assert reply.location == "http://10.0.0.1:64321/DmsRmtDesc.xml"
            assert sender == ("10.0.0.1", 1900)


async def test_a_host_on_its_network_hears_it_come_and_go() -> None:
    listening: list[socket.socket] = []

    def listen() -> None:
        heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        heard.bind(GROUP)
        heard.settimeout(10)
        membership = socket.inet_aton(GROUP[0]) + socket.inet_aton("10.0.1.1")
        heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        listening.append(heard)

    def hear(nts: str) -> Notify:
        while True:
            notice = parse(listening[0].recv(1024))
            assert isinstance(notice, Notify)
            if (notice.nts, notice.nt) == (nts, SCALAR_WEB_API):
                return notice

    async with cameras("DSC-QX10") as emulator:
        await client(emulator, listen)
        alive = await asyncio.to_thread(hear, "ssdp:alive")
        assert alive.location == "http://10.0.0.1:64321/DmsRmtDesc.xml"
        await emulator.cameras[0].body.power_off()
        assert (await asyncio.to_thread(hear, "ssdp:byebye")).uuid == alive.uuid
    listening[0].close()


def discover_lease(interface: str) -> dict[int, bytes]:
    """Ask for an address as a host does that has just joined (RFC 2131), and return the offer's options."""
    number = random.randbytes(4)
    hardware = bytes.fromhex("020000000001")
    head = struct.pack("!BBBB4sHH16x", 1, 1, 6, 0, number, 0, 0x8000)
    request = head + hardware.ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63" + b"\x35\x01\x01\xff"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
        asking.bind(("", 68))
        asking.settimeout(10)
        asking.sendto(request, ("255.255.255.255", 67))
        offer = asking.recv(1500)
    assert offer[4:8] == number
    options, at = {0: offer[16:20]}, 240
    while offer[at] != 255:
        if offer[at]:
            options[offer[at]] = offer[at + 2 : at + 2 + offer[at + 1]]
            at += 1 + offer[at + 1]
        at += 1
    return options


@pytest.mark.parametrize(
    ("model", "camera", "given", "mask"),
    [
        ("DSC-QX10", "10.0.0.1", "10.0.2.", "255.0.0.0"),
        ("ILCE-QX1", "192.168.122.1", "192.168.122.1", "255.255.255.0"),
    ],
)
async def test_a_host_is_given_an_address(model: str, camera: str, given: str, mask: str) -> None:
    need_program("dnsmasq")
    async with cameras(model) as emulator:
        assert emulator.ready["cameras"][0]["netns"]["dhcp"] is True
        offer = await client(emulator, lambda: discover_lease("wlan0"))
    assert socket.inet_ntoa(offer[0]).startswith(given)
    assert socket.inet_ntoa(offer[1]) == mask
    assert socket.inet_ntoa(offer[3]) == camera
    assert 6 not in offer


async def test_without_dnsmasq_there_are_addresses_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.network.ground.is_installed", lambda: False)
    async with cameras("DSC-QX10") as emulator:
        assert emulator.ready["cameras"][0]["netns"]["dhcp"] is False
        assert (await client(emulator, lambda: get("http://10.0.0.1:64321/DmsRmtDesc.xml")))[0] == 200


async def test_everything_that_was_made_is_removed() -> None:
    before = present()
    async with cameras("DSC-QX10", "ILCE-QX1") as emulator:
        name = own_name("cam")
        assert present() - before == {name, f"{name}-2", f"{name}-clients"}
        await emulator.reset()
        assert (await client(emulator, lambda: get("http://10.0.0.1:64321/DmsRmtDesc.xml")))[0] == 200
    assert present() == before


async def test_a_namespace_that_was_there_stays_and_one_with_the_address_is_taken_as_it_is() -> None:
    with namespace(own_name("cam")) as name:
        async with cameras("DSC-QX10"):
            pass
        assert name in present()
        netns._ip(("-n", name, "address", "add", "10.0.0.1/8", "dev", "lo"))
        async with cameras("DSC-QX10") as emulator:
            (camera,) = emulator.ready["cameras"]
            assert camera["netns"] == {"camera": name, "clients": name, "interface": "lo", "dhcp": False}
            assert (await client(emulator, lambda: get("http://10.0.0.1:64321/DmsRmtDesc.xml")))[0] == 200
        assert name in present()


async def test_a_port_that_is_taken_there_is_told_and_nothing_stays() -> None:
    with namespace(own_name("cam")) as name:
        with socket.socket() as taken:

            def take() -> socket.socket:
                held = socket.socket()
                held.bind(("", 10000))
                held.listen()
                return held

            taken.close()
            with (
                await asyncio.to_thread(inside, name, take),
                pytest.raises(RemoteLensError, match=r"cannot listen on 10\.0\.0\.1"),
            ):
                async with cameras("DSC-QX10"):
                    pass
        assert f"{name}-clients" not in present()


async def test_the_command_says_where_to_run_programs_and_leaves_nothing_behind() -> None:
    name = own_name("run")
    async with running("--as-is", name, "--ssdp", "--still-scale", "16") as process:
        assert process.camera["netns"]["clients"] == f"{name}-clients"
        assert process.ready["ssdp"]["unicast"] == "10.0.0.1:1900"
        assert (await process.stop(signal.SIGTERM)).code == 0
    assert not {item for item in present() if item.startswith(name)}


@pytest.mark.parametrize("options", [{"host": "127.0.0.2"}, {"port": 4711}, {"ble": True}])
def test_what_does_not_go_with_it_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match="--as-is"):
        Emulator(as_is="cam", **options)


def test_names_that_are_none_are_refused() -> None:
    for name in ("", "a/b", "-x", "x" * 65):
        with pytest.raises(InvalidValue, match="no name for a network namespace"):
            netns.check_usable(name)
