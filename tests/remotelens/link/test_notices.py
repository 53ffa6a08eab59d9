"""Cameras that announce themselves and take their leave. Source: protocol/wifi.md 2.3."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkLost
from remotelens.link import discovery, supervisor
from remotelens.link.discovery import discover_wifi
from remotelens.link.found import DiscoveryReport
from remotelens.link.notices import ALIVE, BYEBYE, Heard, hear_notices, same_uuid
from remotelens.link.reach import reach
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.supervisor import Supervisor
from remotelens.link.target import UrlTarget
from remotelens.protocol.wifi.ssdp import SCALAR_WEB_API, Notify
from remotelens.transport.interfaces import Interface, interfaces
from tests.remotelens.link.cameras import SmallCamera, error, result, small_camera
from tests.remotelens.link.virtual import in_virtual_time

LOOPBACK = interfaces()[-1]
IDLE = {"type": "cameraStatus", "cameraStatus": "IDLE"}


def notice(nts: str, location: str | None = None, *, uuid: str = "1", nt: str = SCALAR_WEB_API) -> Notify:
    return Notify(nt=nt, nts=nts, usn=f"uuid:{uuid}::{nt}", location=location)


def on_the_wire(notice: Notify) -> bytes:
    lines = ["NOTIFY * HTTP/1.1", "HOST: 239.255.255.250:1900", f"NT: {notice.nt}", f"NTS: {notice.nts}"]
    lines += [f"USN: {notice.usn}", *([f"LOCATION: {notice.location}"] if notice.location else [])]
    return "\r\n".join([*lines, "", ""]).encode()


def hears(
    monkeypatch: pytest.MonkeyPatch, module: object, script: Callable[[Heard], Awaitable[None]]
) -> None:
    """Have what a script says heard, in place of the group."""

    async def hear(
        interface: Interface, take: Heard, *, timeout_s: float | None = None, clock: Clock
    ) -> None:
        await script(take)

    monkeypatch.setattr(module, "hear_notices", hear)
    monkeypatch.setattr(discovery, "MULTICAST_HOST", "127.0.0.1")


def searched() -> Awaitable[DiscoveryReport]:
    return discover_wifi(interface="127.0.0.1", timeout_s=5)


def test_a_camera_that_announces_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        async with small_camera() as camera:

            async def script(take: Heard) -> None:
                for _ in range(3):
                    take(notice(ALIVE, camera.description_url), "127.0.0.1")

            hears(monkeypatch, discovery, script)
            report = await searched()
        assert [(item.name, item.found_by) for item in report.items] == [("ILCE-QX1", ("ssdp",))]
        assert len(camera.server.heads) == 1

    in_virtual_time(check())


async def looked_at(camera: SmallCamera) -> None:
    async with asyncio.timeout(10):
        while not camera.server.heads:
            await REAL_CLOCK.sleep(0.01)
        await REAL_CLOCK.sleep(0.1)


@pytest.mark.parametrize("answers", [True, False])
def test_a_camera_that_takes_its_leave_is_gone_unless_it_answers(
    monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    async def check() -> None:
        async with small_camera() as camera:

            async def script(take: Heard) -> None:
                take(notice(ALIVE, camera.description_url), "127.0.0.1")
                await looked_at(camera)
                if not answers:
                    camera.services = ("guide",)
                take(notice(BYEBYE, uuid="another"), "127.0.0.1")
                take(notice(BYEBYE), "127.0.0.1")

            hears(monkeypatch, discovery, script)
            report = await searched()
        assert [item.name for item in report.items] == (["ILCE-QX1"] if answers else [])
        assert len(camera.server.heads) == 2
        assert any("ILCE-QX1 at 127.0.0.1 has left" in note for note in report.notes) is not answers

    in_virtual_time(check())


def test_a_camera_that_comes_back_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        async with small_camera() as camera:

            async def script(take: Heard) -> None:
                take(notice(ALIVE, camera.description_url), "127.0.0.1")
                await looked_at(camera)
                camera.services = ("guide",)
                take(notice(BYEBYE), "127.0.0.1")
                await REAL_CLOCK.sleep(0.5)
                camera.services = ("guide", "camera")
                take(notice(ALIVE, camera.description_url), "127.0.0.1")

            hears(monkeypatch, discovery, script)
            report = await searched()
        assert [item.name for item in report.items] == ["ILCE-QX1"]

    in_virtual_time(check())


def test_ids_are_compared_in_any_case_and_none_is_nobodys() -> None:
    assert same_uuid("0000-1C99", "0000-1c99")
    assert not same_uuid("", "")


@pytest.mark.parametrize("answers", [True, False])
def test_a_held_camera_that_takes_its_leave_is_asked_at_once(
    monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    """The link is lost without waiting for silence; one that answers stays."""

    async def check() -> None:
        still = asyncio.Event()

        async def quiet(params: list[object]) -> dict[str, object]:
            if params == [True]:
                await REAL_CLOCK.sleep(15)
                return error(2, "Timed out")
            return result(IDLE)

        async with small_camera(getEvent=quiet, getVersions=result(["1.0"])) as camera:

            async def script(take: Heard) -> None:
                take(notice(BYEBYE, uuid="another"), "127.0.0.1")
                await REAL_CLOCK.sleep(1)
                camera.answers["getVersions"] = result(["1.0"]) if answers else None
                take(notice(BYEBYE), "127.0.0.1")
                await REAL_CLOCK.sleep(1)
                still.set()

            hears(monkeypatch, supervisor, script)
            reached = await reach(camera.description_url)
            road = Road(Route(target=UrlTarget(camera.description_url)))
            keeper = Supervisor(road)
            holding = asyncio.create_task(keeper._hold(reached))
            waiting = asyncio.create_task(still.wait())
            await asyncio.wait({holding, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            assert holding.done() is not answers
            if answers:
                holding.cancel()
                await asyncio.wait({holding})
            else:
                with pytest.raises(LinkLost, match="has taken its leave"):
                    holding.result()
            await reached.close()
            await road.close()

    in_virtual_time(check())


@pytest.mark.multicast
async def test_announcements_of_cameras_arrive_from_the_group_and_others_do_not() -> None:
    heard: list[tuple[str, str]] = []
    done = asyncio.Event()

    def take(notice: Notify, sender: str) -> None:
        if notice.uuid.startswith("notice-test"):
            heard.append((notice.nts, notice.uuid))
        if notice.nts == BYEBYE:
            done.set()

    sent = [
        b"\xff\x00",
        on_the_wire(notice(ALIVE, "http://127.0.0.1:1/dd.xml", uuid="notice-test", nt="upnp:rootdevice")),
        on_the_wire(notice(ALIVE, "http://127.0.0.1:1/dd.xml", uuid="notice-test")),
        on_the_wire(notice(BYEBYE, uuid="notice-test")),
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        hearing = asyncio.create_task(hear_notices(LOOPBACK, take, clock=REAL_CLOCK))
        async with asyncio.timeout(10):
            while not done.is_set():
                for datagram in sent:
                    plain.sendto(datagram, ("239.255.255.250", 1900))
                await asyncio.wait({asyncio.ensure_future(done.wait())}, timeout=0.2)
        hearing.cancel()
        await asyncio.wait({hearing})
    assert heard[:2] == [(ALIVE, "notice-test"), (BYEBYE, "notice-test")]


@pytest.mark.multicast
async def test_hearing_ends_with_its_time() -> None:
    async with asyncio.timeout(10):
        await hear_notices(LOOPBACK, lambda _notice, _sender: None, timeout_s=0.05, clock=REAL_CLOCK)
