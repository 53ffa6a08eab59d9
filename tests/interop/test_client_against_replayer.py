"""Our client against recorded cameras, with nothing of ours at the other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from remotelens.errors import AuthenticationNeeded, NotSupported
from remotelens.link.discovery import discover_wifi
from remotelens.link.reach import Reached, reach
from remotelens.protocol.wifi.liveview import jpeg_of
from remotelens.transport.stream import live_view_stream
from tests.interop.replayer import QUIET_A, QUIET_B, Replayer, replayed_camera
from tests.recordings import need


@pytest.fixture
async def camera() -> AsyncIterator[Replayer]:
    async with asyncio.timeout(30), replayed_camera(need("transcripts")) as replayer:
        yield replayer


@pytest.fixture
async def reached(camera: Replayer) -> AsyncIterator[Reached]:
    found = await reach(camera.description_url)
    try:
        yield found
    finally:
        await found.close()


async def test_it_is_found_by_a_search_and_looked_at(camera: Replayer) -> None:
    report = await discover_wifi(
        ask=[("127.0.0.1", camera.ssdp_port)], multicast=False, enough=lambda _: True, timeout_s=20
    )
    assert [(item.name, item.host, item.found_by) for item in report.items] == [
        ("DSC-QX100", "127.0.0.1", ("ssdp",))
    ]
    assert report.items[0].description_url == camera.description_url
    assert report.items[0].uuid.startswith("00000000-0005-0010-8000-")


async def test_reaching_it_tells_what_it_is_and_can(reached: Reached) -> None:
    assert reached.description.friendly_name == "DSC-QX100"
    assert reached.application == ("Smart Remote Control", "2.1.1")
    assert reached.versions["camera"] == ("1.0", "1.1")
    assert len({method.name for method in reached.methods["camera"]}) == 62
    assert reached.first_event.slots["cameraStatus"]["cameraStatus"] == "IDLE"
    assert not reached.rec_mode_started


async def test_start_rec_mode_is_not_called_where_it_is_not_listed(
    camera: Replayer, reached: Reached
) -> None:
    assert "startRecMode" not in [call["method"] for call in camera.asked]


async def test_each_call_has_an_id_of_its_own_and_the_right_members(
    camera: Replayer, reached: Reached
) -> None:
    ids = [call["id"] for call in camera.asked]
    assert ids == list(range(1, len(ids) + 1))
    assert {tuple(sorted(call)) for call in camera.asked} == {("id", "method", "params", "version")}


async def test_a_picture_is_taken_and_its_address_answers(camera: Replayer, reached: Reached) -> None:
    [[given]] = await reached.api.call("camera", "actTakePicture")
    url = reached.api.url(given)
    assert url.endswith(".JPG?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21")
    async with reached.api.http.open(url) as body:
        assert b"".join([chunk async for chunk in body.chunks()]) == camera.picture
    assert camera.paths[-1] == url.partition(str(camera.port))[2]


async def test_the_live_view_comes_whole(reached: Reached) -> None:
    [url] = await reached.api.call("camera", "startLiveview")
    async with live_view_stream(reached.api.http, reached.api.url(url)) as stream:
        frames = [payload async for payload in stream]
    assert [frame.sequence for frame in frames] == list(range(8))
    assert all(jpeg_of(frame).endswith(b"\xff\xd9") for frame in frames)


async def test_both_quiet_ends_of_a_poll_are_normal(camera: Replayer, reached: Reached) -> None:
    changed = '{"id":1,"result":[null,{"cameraStatus":"StillCapturing","type":"cameraStatus"}]}'
    for said in (QUIET_A, QUIET_B, changed):
        camera.polls.put_nowait(said)
    events = reached.api.events()
    assert not (await anext(events)).slots
    assert not (await anext(events)).slots
    assert (await anext(events)).slots["cameraStatus"]["cameraStatus"] == "StillCapturing"


async def test_a_method_it_does_not_have_is_a_typed_error(reached: Reached) -> None:
    with pytest.raises(NotSupported) as caught:
        await reached.api.call("camera", "getSupportedSteadyMode")
    assert caught.value.code == 12
    assert caught.value.camera == "DSC-QX100"


async def test_a_locked_method_is_a_typed_error_though_http_says_403(
    camera: Replayer, reached: Reached
) -> None:
    camera.answers["setCameraFunction"] = '{"error":[403,"setCameraFunction"],"id":1}'
    with pytest.raises(AuthenticationNeeded):
        await reached.api.call("camera", "setCameraFunction", ["Contents Transfer"])
