from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from remotelens.errors import (
    AuthenticationNeeded,
    CameraBusy,
    CaptureFailed,
    IllegalArgument,
    LinkLost,
    LinkTimeout,
    NotAvailableNow,
    NotSupported,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.link.abilities import Abilities
from remotelens.link.api import CameraApi
from remotelens.protocol.wifi.description import parse_description
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.protocol.wifi.rpc import MAX_ANSWER_BYTES
from remotelens.protocol.wifi.types import MethodType
from remotelens.transport.http import HttpClient
from tests.remotelens.link.cameras import description
from tests.remotelens.rawserver import RawServer, Speak, Visit, answer, raw_server


def saying(body: bytes, *, status: str = "200 OK") -> Speak:
    async def say(visit: Visit) -> None:
        await visit.say(answer(body, status=status))
        visit.writer.close()

    return say


def echoing(members: str) -> Speak:
    """Answer with the call's own id."""

    async def say(visit: Visit) -> None:
        await visit.say(answer(b'{"id":%d,%s}' % (json.loads(visit.body)["id"], members.encode())))
        visit.writer.close()

    return say


@asynccontextmanager
async def speaking_to(speak: Speak) -> AsyncIterator[tuple[CameraApi, RawServer]]:
    async with asyncio.timeout(20), raw_server(speak) as server:
        page = description("guide", "camera", "avContent", place=f"http://0.0.0.0:{server.port}")
        http = HttpClient(camera="ILCE-QX1")
        async with CameraApi(parse_description(page), http, host="127.0.0.1") as api:
            yield api, server


async def first_event(api: CameraApi) -> CameraEvent:
    return await anext(api.events())


def asked(server: RawServer) -> list[dict[str, Any]]:
    return [json.loads(body) for body in server.bodies]


async def test_a_call_goes_to_its_service_and_gives_its_values() -> None:
    async with speaking_to(echoing('"result":[{"count":7}]')) as (api, server):
        assert await api.call("avContent", "getContentCount", [{"uri": "storage:memoryCard1"}]) == [
            {"count": 7}
        ]
    assert server.heads[0].startswith("POST /sony/avContent HTTP/1.1")
    assert asked(server) == [
        {"method": "getContentCount", "params": [{"uri": "storage:memoryCard1"}], "id": 1, "version": "1.2"}
    ]


async def test_the_values_of_a_plural_answer_are_given_as_well() -> None:
    async with speaking_to(echoing('"results":[["a",[],[],"1.0"]]')) as (api, _):
        assert await api.call("camera", "getMethodTypes", [""]) == [["a", [], [], "1.0"]]


async def test_the_version_is_ours_unless_it_is_named_or_the_camera_tells() -> None:
    async with speaking_to(echoing('"result":[]')) as (api, server):
        await api.call("camera", "getShootMode")
        await api.call("camera", "getShootMode", [], "1.7")
        api.abilities = Abilities({}, {"camera": (MethodType("getShootMode", (), (), "2.0"),)})
        await api.call("camera", "getShootMode")
    assert [call["version"] for call in asked(server)] == ["1.0", "1.7", "2.0"]


async def test_ids_go_from_1_to_the_highest_and_start_over() -> None:
    async with speaking_to(echoing('"result":[]')) as (api, server):
        api._next_id = 2**31 - 2
        for _ in range(3):
            await api.call("camera", "getShootMode")
    assert [call["id"] for call in asked(server)] == [2**31 - 2, 2**31 - 1, 1]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, NotAvailableNow),
        (3, IllegalArgument),
        (12, NotSupported),
        (403, AuthenticationNeeded),
        (40400, CaptureFailed),
        (40401, CameraBusy),
        (40403, CameraBusy),
    ],
)
async def test_a_refusal_is_a_typed_error_with_its_number_and_the_camera(
    code: int, kind: type[RemoteLensError]
) -> None:
    async with speaking_to(echoing(f'"error":[{code},"words"]')) as (api, _):
        with pytest.raises(kind) as caught:
            await api.call("camera", "setShootMode", ["movie"])
    assert caught.value.code == code
    assert caught.value.camera == "ILCE-QX1"
    assert caught.value.remedy


async def test_an_error_number_of_zero_is_success() -> None:
    async with speaking_to(echoing('"error":[0,"OK"]')) as (api, _):
        assert await api.call("camera", "setShootMode", ["movie"]) == []


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        ("403 Forbidden", b'{"error":[403,"setCameraFunction"],"id":1}', AuthenticationNeeded, 403),
        ("404 Not Found", b'{"error":[404,"Not Found"]}', NotSupported, 404),
        ("404 Not Found", b"<html>no</html>", NotSupported, 404),
        ("503 Service Unavailable", b"", CameraBusy, 503),
        ("503 Service Unavailable", b'{"id":1,"result":[]}', CameraBusy, 503),
    ],
)
async def test_a_refusal_by_http_is_a_typed_error_whatever_its_body(
    status: str, body: bytes, kind: type[RemoteLensError], code: int
) -> None:
    async with speaking_to(saying(body, status=status)) as (api, _):
        with pytest.raises(kind) as caught:
            await api.call("camera", "setCameraFunction", ["Contents Transfer"])
    assert caught.value.code == code


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[1]", b'"x"', b'{"id":1}', b'{"id":1,"result":5}', b'{"id":1,"result":[', b"\xff\xfe",
     b'{"id":1,"error":"no"}', b"[" * 100000],
)  # fmt: skip
async def test_what_is_no_answer_is_told_with_the_method_and_the_camera(body: bytes) -> None:
    async with speaking_to(saying(body)) as (api, _):
        with pytest.raises(RemoteProtocolError, match=r"^ILCE-QX1: getShootMode: "):
            await api.call("camera", "getShootMode")


async def test_an_answer_without_end_is_given_up() -> None:
    async def endless(visit: Visit) -> None:
        await visit.say(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"id":1,"result":["')
        while True:
            await visit.say(b"a" * 65536)

    async with speaking_to(endless) as (api, _):
        with pytest.raises(RemoteProtocolError, match=rf"at most {MAX_ANSWER_BYTES} can be right"):
            await api.call("camera", "getShootMode")


async def test_a_camera_that_answers_too_slowly_is_told() -> None:
    async with speaking_to(Visit.until_the_client_leaves) as (api, _):
        with pytest.raises(LinkTimeout, match=r"within 0\.05 s"):
            await api.call("camera", "getShootMode", timeout_s=0.05)


async def test_an_answer_for_another_id_is_taken_with_a_word_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with speaking_to(saying(b'{"id":77,"result":["still"]}')) as (api, _):
        assert await api.call("camera", "getShootMode") == ["still"]
    assert "answered for id 77, not 1" in caplog.text


async def test_a_service_that_the_camera_does_not_have_is_refused_unasked() -> None:
    async with speaking_to(echoing('"result":[]')) as (api, server):
        with pytest.raises(NotSupported, match="it has no service system"):
            await api.call("system", "setCurrentTime", [{}])
    assert not server.heads


async def test_what_changes_the_camera_is_never_sent_twice() -> None:
    async def close(visit: Visit) -> None:
        visit.writer.close()

    async with speaking_to(close) as (api, server):
        with pytest.raises(LinkLost):
            await api.call("camera", "actTakePicture")
        assert len(server.heads) == 1
        with pytest.raises(LinkLost):
            await api.call("camera", "getShootMode")
        assert len(server.heads) == 3


async def test_calls_go_one_at_a_time_and_the_poll_beside_them() -> None:
    polling, shooting = asyncio.Event(), asyncio.Event()
    release: dict[str, asyncio.Event] = {"getEvent": asyncio.Event(), "actTakePicture": asyncio.Event()}

    async def speak(visit: Visit) -> None:
        call = json.loads(visit.body)
        {"getEvent": polling, "actTakePicture": shooting}.get(call["method"], asyncio.Event()).set()
        if call["method"] in release:
            await release[call["method"]].wait()
        await visit.say(answer(b'{"id":%d,"result":[]}' % call["id"]))
        visit.writer.close()

    async with speaking_to(speak) as (api, server), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(first_event(api))
        await polling.wait()
        shoot = tasks.create_task(api.call("camera", "actTakePicture"))
        await shooting.wait()
        assert api.is_asking
        other = tasks.create_task(api.call("camera", "getShootMode"))
        release["actTakePicture"].set()
        await shoot
        await other
        release["getEvent"].set()
        assert (await poll).slots == {}
    assert [call["method"] for call in asked(server)] == ["getEvent", "actTakePicture", "getShootMode"]


async def test_a_snapshot_is_asked_in_the_cameras_version() -> None:
    status = '"result":[null,{"type":"cameraStatus","cameraStatus":"IDLE"}]'
    async with speaking_to(echoing(status)) as (api, server):
        api.event_version = "1.1"
        event = await api.snapshot()
    assert event.slots["cameraStatus"]["cameraStatus"] == "IDLE"
    assert asked(server) == [{"method": "getEvent", "params": [False], "id": 1, "version": "1.1"}]


async def test_urls_of_the_camera_are_put_on_its_host() -> None:
    async with speaking_to(echoing('"result":[]')) as (api, _):
        assert (
            api.url("http://0.0.0.0:8080/postview/p.JPG?a=%2F")
            == "http://127.0.0.1:8080/postview/p.JPG?a=%2F"
        )
        with pytest.raises(RemoteProtocolError, match="ILCE-QX1: 'file:///x' is not a camera's URL"):
            api.url("file:///x")


async def test_each_answer_is_a_sign_of_life() -> None:
    async with speaking_to(echoing('"error":[1,""]')) as (api, _):
        assert api.heard_s is None
        with pytest.raises(NotAvailableNow):
            await api.call("camera", "getShootMode")
        assert api.heard_s is not None


async def test_closing_ends_a_poll_that_is_under_way() -> None:
    polling = asyncio.Event()

    async def hold(visit: Visit) -> None:
        polling.set()
        await visit.until_the_client_leaves()

    async with speaking_to(hold) as (api, _):
        task = asyncio.create_task(first_event(api))
        await polling.wait()
        await api.close()
        with pytest.raises(LinkLost):
            await task
