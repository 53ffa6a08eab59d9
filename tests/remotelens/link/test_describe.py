from __future__ import annotations

import socket

import pytest

from remotelens.errors import CameraNotFound, LinkLost, RemoteProtocolError
from remotelens.link.describe import describe, probe
from remotelens.transport.http import HttpClient
from tests.remotelens.link.cameras import DESCRIPTION, WITHOUT_CAMERA
from tests.remotelens.rawserver import Speak, Visit, answer, raw_server

BOMB = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>'


def serving(*pages: tuple[str, bytes]) -> Speak:
    async def serve(visit: Visit) -> None:
        page = dict(pages).get(visit.path)
        await visit.say(answer(b"", status="404 Not Found") if page is None else answer(page))
        visit.writer.close()

    return serve


async def test_a_description_is_read() -> None:
    async with raw_server(serving(("/dd.xml", DESCRIPTION))) as server, HttpClient() as http:
        assert (await describe(http, server.url("/dd.xml"))).friendly_name == "ILCE-QX1"


@pytest.mark.parametrize("path", ["/DmsRmtDesc.xml", "/dd.xml", "/scalarwebapi_dd.xml"])
async def test_a_host_is_looked_at_in_the_usual_places(path: str) -> None:
    async with raw_server(serving((path, DESCRIPTION))) as server, HttpClient() as http:
        url, description = await probe(http, "127.0.0.1", server.port)
    assert url == server.url(path)
    assert description.friendly_name == "ILCE-QX1"


async def test_a_host_without_a_description_is_no_camera() -> None:
    async with raw_server(serving()) as server, HttpClient() as http:
        with pytest.raises(CameraNotFound, match=r"has no device description at /DmsRmtDesc\.xml"):
            await probe(http, "127.0.0.1", server.port)
    assert len(server.heads) == 3


async def test_nothing_there_is_told_after_one_try() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with HttpClient() as http:
            with pytest.raises(
                CameraNotFound, match=r"no camera at 127\.0\.0\.1:\d+: connection refused"
            ) as caught:
                await probe(http, "127.0.0.1", unused.getsockname()[1])
    assert "remotelens discover" in str(caught.value)


async def test_silence_is_nothing_there() -> None:
    async with raw_server(Visit.until_the_client_leaves) as server, HttpClient() as http:
        with pytest.raises(CameraNotFound, match="no camera at"):
            await describe(http, server.url(), timeout_s=0.05)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"<html><body>a router</body>", "is not XML"),
        (b"", "is not XML"),
        (b"\xff\xfe\x00", "is not XML"),
        (BOMB, "has a document type"),
        (b"<root/>", "describes no device"),
    ],
)
async def test_what_is_no_description_is_told(page: bytes, words: str) -> None:
    async with raw_server(serving(("/dd.xml", page))) as server, HttpClient() as http:
        with pytest.raises(RemoteProtocolError, match=rf"127\.0\.0\.1:\d+/dd\.xml: .*{words}"):
            await describe(http, server.url("/dd.xml"))


async def test_a_description_longer_than_any_is_not_read() -> None:
    async with raw_server(serving(("/dd.xml", bytes(300 * 1024)))) as server, HttpClient() as http:
        with pytest.raises(RemoteProtocolError, match="at most 262144"):
            await describe(http, server.url("/dd.xml"))


async def test_a_camera_that_only_shows_its_pictures_is_told_as_such() -> None:
    async with raw_server(serving(("/dd.xml", WITHOUT_CAMERA))) as server, HttpClient() as http:
        with pytest.raises(CameraNotFound, match=r"ILCE-QX1 at .* offers no remote control now"):
            await describe(http, server.url("/dd.xml"))


async def test_a_connection_that_breaks_is_a_lost_link() -> None:
    async def break_off(visit: Visit) -> None:
        visit.reset()

    async with raw_server(break_off) as server, HttpClient() as http:
        with pytest.raises(LinkLost):
            await describe(http, server.url())
