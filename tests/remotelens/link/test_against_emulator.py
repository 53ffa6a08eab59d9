"""The link against emulated cameras: real sockets, real answers, real faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.rack import Emulator
from remotelens.errors import (
    AuthenticationNeeded,
    CameraNotFound,
    LinkError,
    LinkLost,
    NotSupported,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.link.discovery import discover_wifi
from remotelens.link.reach import Reached, reach
from remotelens.link.road import Road
from remotelens.link.stages import Route, StageRecord
from remotelens.link.status import BackOff, LinkState, LinkStatus
from remotelens.link.supervisor import Supervisor
from remotelens.link.target import AnyTarget, BleTarget, HostTarget, UrlTarget
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.protocol.wifi.liveview import Payload, jpeg_of
from remotelens.transport.network import Address
from remotelens.transport.stream import live_view_stream

QX10, QX1 = "DSC-QX10@3.00", "ILCE-QX1@1.10"


def options(model: str) -> dict[str, Any]:
    """A camera whose own time runs fast and whose pictures are small."""
    return {"models": [model], "clock": "scaled:3", "still_scale": 8}


def unicast(emulator: Emulator) -> Address:
    host, _, port = emulator.ready["ssdp"]["unicast"].rpartition(":")
    return host, int(port)


@asynccontextmanager
async def camera_of(model: str, *faults: str) -> AsyncIterator[tuple[Emulator, Reached]]:
    async with asyncio.timeout(50), Emulator(**options(model), faults=faults) as emulator:
        reached = await reach(emulator.cameras[0].description_url)
        try:
            yield emulator, reached
        finally:
            await reached.close()


async def until(events: AsyncIterator[CameraEvent], fits: Callable[[CameraEvent], bool]) -> CameraEvent:
    async for event in events:
        if fits(event):
            return event
    raise AssertionError("a long poll ends by an error")


async def to_the_end(packets: AsyncIterator[Payload]) -> None:
    async for _ in packets:
        pass


async def test_cameras_of_both_families_are_found_by_one_search() -> None:
    async with asyncio.timeout(50), Emulator(models=[QX10, QX1]) as emulator:
        found: list[str] = []
        report = await discover_wifi(
            ask=[unicast(emulator)],
            multicast=False,
            enough=lambda camera: found.append(camera.name) is None and len(found) == 2,  # type: ignore[func-returns-value] # counts
        )
        urls = {camera["description_url"] for camera in emulator.ready["cameras"]}
    assert {item.name for item in report.items} == {"DSC-QX10", "ILCE-QX1"}
    assert {item.description_url for item in report.items} == urls


@pytest.mark.parametrize(
    ("model", "event_version", "services"),
    [(QX10, "1.1", {"camera", "system"}), (QX1, "1.2", {"camera", "system", "avContent"})],
)
async def test_a_camera_is_reached_and_tells_what_it_is(
    model: str, event_version: str, services: set[str]
) -> None:
    async with camera_of(model) as (_, reached):
        assert reached.description.friendly_name == model.partition("@")[0]
        assert reached.application is not None
        assert reached.application[0] == "Smart Remote Control"
        assert reached.api.event_version == event_version
        assert set(reached.versions) == services
        assert reached.api.has("camera", "actTakePicture")
        assert reached.first_event.slots["cameraStatus"]["cameraStatus"] in {"IDLE", "NotReady"}
        assert not reached.rec_mode_started


@pytest.mark.parametrize("model", [QX10, QX1])
async def test_the_live_view_of_a_camera_is_read(model: str) -> None:
    async with camera_of(model) as (_, reached):
        [url] = await reached.api.call("camera", "startLiveview")
        frames: list[bytes] = []
        async with live_view_stream(reached.api.http, reached.api.url(url)) as stream:
            async for payload in stream:
                frames.append(jpeg_of(payload))
                if len(frames) == 5:
                    break
        assert stream.parser.skipped_bytes == 0
        assert all(frame.startswith(b"\xff\xd8") and frame.endswith(b"\xff\xd9") for frame in frames)
        await reached.api.call("camera", "stopLiveview")


@pytest.mark.parametrize("model", [QX10, QX1])
async def test_a_picture_is_taken_told_and_fetched_whole(model: str) -> None:
    async with camera_of(model) as (_, reached):
        events = reached.api.events()
        watching = asyncio.create_task(until(events, lambda event: "cameraStatus" in event.slots))
        [[given]] = await reached.api.call("camera", "actTakePicture")
        await watching
        async with reached.api.http.open(reached.api.url(given)) as body:
            picture = b"".join([chunk async for chunk in body.chunks()])
        assert body.size_bytes == len(picture)
        assert picture.startswith(b"\xff\xd8")
        assert picture.endswith(b"\xff\xd9")


async def test_a_picture_of_the_body_button_comes_by_event() -> None:
    async with camera_of(QX10) as (emulator, reached):
        events = reached.api.events()
        watching = asyncio.create_task(until(events, lambda event: "takePicture" in event.slots))
        body = emulator.cameras[0].body
        body.press("full")
        event = await watching
        body.release("full")
        assert event.slots["takePicture"][0]["takePictureUrl"]


async def test_refusals_of_a_camera_are_typed() -> None:
    async with camera_of(QX10) as (_, reached):
        with pytest.raises(AuthenticationNeeded):
            await reached.api.call("camera", "setCameraFunction", ["Contents Transfer"])
        with pytest.raises(NotSupported):
            await reached.api.call("camera", "startRecMode")
        with pytest.raises(NotSupported):
            await reached.api.call("avContent", "getSchemeList")


async def test_a_camera_that_is_not_ready_yet_is_waited_for() -> None:
    async with camera_of(QX10, "rpc:error=40401,count=2") as (_, reached):
        assert reached.first_event.slots


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("description:garbage", RemoteProtocolError),
        ("description:bomb", RemoteProtocolError),
        ("description:oversize=1000000000", RemoteProtocolError),
        ("description:reset=100", LinkLost),
        ("description:truncate=100", LinkLost),
        ("description:stall=100", CameraNotFound),
        ("rpc:garbage", RemoteProtocolError),
        ("rpc:oversize=1000000000", RemoteProtocolError),
        ("rpc:reset=5", LinkLost),
        ("rpc:truncate=5", LinkLost),
        ("rpc:shorten=5", RemoteProtocolError),
    ],
)
async def test_each_fault_on_the_way_is_one_clear_error(
    fault: str, kind: type[RemoteLensError], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.timeout(50), Emulator(models=[QX10], faults=[fault]) as emulator:
        with pytest.raises(kind) as caught:
            await reach(emulator.cameras[0].description_url, describe_timeout_s=0.5)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


async def test_a_camera_that_hangs_is_told_in_time() -> None:
    async with camera_of(QX10) as (emulator, reached):
        from emulator.faults.rules import parse_rule

        emulator.faults.add(parse_rule("rpc:hang"))
        with pytest.raises(LinkError, match=r"DSC-QX10: no whole answer from .* within 0\.2 s"):
            await reached.api.call("camera", "getShootMode", timeout_s=0.2)


async def test_an_emulator_that_is_gone_is_a_lost_link() -> None:
    async with asyncio.timeout(50):
        async with camera_of(QX10) as (emulator, reached):
            events = reached.api.events()
            waiting = asyncio.create_task(until(events, lambda _: False))
            await asyncio.sleep(0)
            await emulator.cameras[0].close()
            with pytest.raises(LinkError):
                await waiting
            with pytest.raises(LinkError):
                await reached.api.call("camera", "getShootMode")


async def test_a_camera_whose_process_is_killed_is_a_lost_link_in_the_live_view_and_after(
    tmp_path: Path,
) -> None:
    ready = tmp_path / "ready.json"
    arguments = ["-m", "emulator", "run", "--model", QX10, "--no-ssdp", "--json", "--ready-file", str(ready)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        where = json.loads(await process.stdout.readline())
        async with asyncio.timeout(50):
            reached = await reach(where["cameras"][0]["description_url"])
            url = reached.api.url((await reached.api.call("camera", "startLiveview"))[0])
            async with live_view_stream(reached.api.http, url) as stream:
                packets = aiter(stream)
                await anext(packets)
                process.kill()
                with pytest.raises(LinkLost):
                    await to_the_end(packets)
            with pytest.raises(LinkError, match="DSC-QX10: "):
                await reached.api.call("camera", "getShootMode")
            await reached.close()
            with pytest.raises(CameraNotFound, match="no camera at 127"):
                await reach(where["cameras"][0]["description_url"])
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_the_road_to_a_host_and_to_a_url() -> None:
    async with asyncio.timeout(50), Emulator(models=[QX1]) as emulator:
        camera = emulator.cameras[0]
        for target in (HostTarget(camera.host, camera.port), UrlTarget(camera.description_url)):
            async with Road(Route(target=target)) as road:
                assert (await road.walk()).description.friendly_name == "ILCE-QX1"


async def test_the_whole_road_over_bluetooth_and_again_with_the_bond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    ready = tmp_path / "ready.json"
    monkeypatch.setenv("REMOTELENS_EMULATOR_READY", str(ready))
    async with asyncio.timeout(50), Emulator(**options(QX10), ble=True, ready_file=ready) as emulator:
        assert emulator.air is not None
        address = emulator.ready["cameras"][0]["ble"]["address"]
        route = Route(
            target=BleTarget(address),
            ble_adapter=emulator.air.adapter,
            join=f"command:{shlex.join([sys.executable, '-m', 'emulator', 'join'])}",
            ask=(unicast(emulator),),
            multicast=False,
        )
        with pytest.raises(CameraNotFound):
            await reach(emulator.cameras[0].description_url)
        for first in ("pair", "connect"):
            told: list[StageRecord] = []
            async with Road(route, observer=told.append) as road:
                reached = await road.walk()
                assert reached.description.friendly_name == "DSC-QX10"
            assert [record.name for record in told] == ["find", first, "wake", "join", "search", "reach"]
            assert all(record.ok for record in told)
            assert emulator.cameras[0].key not in str(told)


async def test_a_wrong_key_is_told_by_the_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from remotelens.errors import WifiJoinFailed
    from remotelens.transport.join import WifiCredentials

    ready = tmp_path / "ready.json"
    monkeypatch.setenv("REMOTELENS_EMULATOR_READY", str(ready))
    async with asyncio.timeout(50), Emulator(models=[QX10], ready_file=ready) as emulator:
        route = Route(
            target=AnyTarget(),
            credentials=WifiCredentials(emulator.cameras[0].ssid, "wrong123"),
            join=f"command:{shlex.join([sys.executable, '-m', 'emulator', 'join'])}",
        )
        async with Road(route) as road:
            with pytest.raises(WifiJoinFailed) as caught:
                await road.walk()
    assert "wrong123" not in str(caught.value)


async def test_a_camera_that_is_switched_off_and_on_becomes_ready_again_by_itself() -> None:
    async with asyncio.timeout(50), Emulator(models=[QX10]) as emulator:
        camera = emulator.cameras[0]
        async with Road(Route(target=UrlTarget(camera.description_url))) as road:
            supervisor = Supervisor(road, back_off=BackOff(first_s=0.05, longest_s=0.2))
            running = asyncio.create_task(supervisor.run())
            seen: list[LinkStatus] = []

            async def status(state: LinkState) -> LinkStatus:
                async for now in supervisor.subscribe():
                    seen.append(now)
                    if now.state is state:
                        return now
                raise AssertionError

            await status(LinkState.READY)
            await camera.body.power_off()
            lost = await status(LinkState.LOST)
            assert lost.reason
            await camera.body.power_on()
            await camera.body.wifi_on()
            await status(LinkState.READY)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
