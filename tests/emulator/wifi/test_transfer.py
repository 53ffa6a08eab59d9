"""Files over HTTP: turns, cancellation, parts. Source: protocol/wifi.md 9.2, 9.3; quirk 46."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

from emulator.body.contents import Entry, Form, StoredFile
from emulator.wifi.stored import content_id
from tests.emulator.wifi.test_server import Served, served
from tests.emulator.wire import Answer, ask, wire

FIRST = content_id(1)
ORIGINAL = f"/contentstransfer/orgjpeg/{FIRST}"


class Stored(NamedTuple):
    """A camera, and what the postview of its one picture was."""

    camera: Served
    original: bytes


async def shot(camera: Served) -> str:
    """Take a picture and return the target of its postview."""
    ((url,),) = await camera.result("actTakePicture")
    await camera.idle()
    return "/" + str(url).partition("://")[2].partition("/")[2]


async def switch(camera: Served, function: str, status: str) -> None:
    await camera.call("setCameraFunction", function)
    while camera.body.status != status:
        await camera.clock.advance(0.1)


async def get(camera: Served, target: str, part: str = "") -> Answer:
    headers = {"Range": part} if part else {}
    return await camera.passing(ask(camera.port, "GET", target, b"", **headers))


def _asked_for(camera: Served, name: str) -> int:
    """How many requests for a file of that name the server has read."""
    return sum(entry.data.get("name") == name for entry in camera.journal.entries())


def _connections(camera: Served) -> int:
    """How many clients the server knows of."""
    return sum(len(server._connections) for server in camera.server._servers)


@pytest.fixture
async def stored() -> AsyncIterator[Stored]:
    """A QX1 in contents transfer, with one picture whose original has been fetched."""
    async with served("ILCE-QX1@1.10") as camera:
        camera.body.settings.change("PostviewImageSize", "Original")
        original = (await get(camera, await shot(camera))).body
        await switch(camera, "Contents Transfer", "ContentsTransfer")
        yield Stored(camera, original)


async def test_the_original_is_the_postviews_bytes_with_their_length_at_every_get(stored: Stored) -> None:
    first, second = await get(stored.camera, ORIGINAL), await get(stored.camera, ORIGINAL)
    assert (first.status, second.status) == (200, 200)
    assert first.headers == [("Content-Length", str(len(first.body))), ("Content-Type", "image/jpeg")]
    assert hashlib.sha256(first.body).digest() == hashlib.sha256(second.body).digest()
    assert first.body == stored.original


async def test_every_address_of_a_listing_can_be_fetched_as_it_stands(stored: Stored) -> None:
    asked = {"uri": "storage:memoryCard1", "cnt": 9, "view": "flat"}
    answer = await stored.camera.call("getContentList", asked, service="avContent", version="1.3")
    assert answer.body.startswith(b'{"id":1,"result":[[{"uri":"image:content?contentId=index%3A%2F%2F1000')
    assert (
        f"http:\\/\\/127.0.0.1:{stored.camera.port}\\/contentstransfer\\/orgjpeg\\/index%3A".encode()
        in answer.body
    )
    ((entry,),) = answer.json["result"]
    content = entry["content"]
    urls = [content["original"][0]["url"], content["largeUrl"], content["smallUrl"], content["thumbnailUrl"]]
    for url in urls:
        target = url.removeprefix(f"http://127.0.0.1:{stored.camera.port}")
        assert (await get(stored.camera, target)).body.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "target",
    [
        unquote(ORIGINAL),
        ORIGINAL.replace("%", "%25"),
        ORIGINAL.replace("orgjpeg", "orgraw"),
        ORIGINAL.replace("orgjpeg", "org"),
        ORIGINAL.replace("orgjpeg", "huge"),
        f"/contentstransfer/orgjpeg/{content_id(2)}",
        "/contentstransfer/orgjpeg/",
        "/contentstransfer",
    ],
)
async def test_an_address_that_was_not_given_is_not_found(stored: Stored, target: str) -> None:
    assert (await get(stored.camera, target)).status == 404


async def test_stored_pictures_are_out_of_reach_in_remote_shooting_and_without_their_card(
    stored: Stored,
) -> None:
    stored.camera.body.card.present = False
    assert (await get(stored.camera, ORIGINAL)).status == 404
    stored.camera.body.card.present = True
    await switch(stored.camera, "Remote Shooting", "IDLE")
    assert (await get(stored.camera, ORIGINAL)).status == 404


async def test_parts_are_not_given_by_this_server_and_heads_have_no_body(stored: Stored) -> None:
    whole = await get(stored.camera, ORIGINAL, part="bytes=10-19")
    assert (whole.status, whole.body) == (200, stored.original)
    async with wire(stored.camera.port) as connection:
        connection.send("HEAD", ORIGINAL)
        status_line, headers = await stored.camera.passing(connection.head())
        assert status_line == "HTTP/1.1 200 OK"
        assert dict(headers)["Content-Length"] == str(len(whole.body))
        connection.send("GET", "/nothing")
        assert (await stored.camera.passing(connection.answer())).status == 404


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=0-999999999", 0, None),
    ],
)
async def test_parts_are_given_where_the_profile_says_so(asked: str, start: int, stop: int | None) -> None:
    async with served("SONY-FULL@1.00") as camera:
        target = await shot(camera)
        whole = (await get(camera, target)).body
        part = await get(camera, target, part=asked)
        assert part.body == whole[start:stop]
        if len(part.body) < len(whole):
            first = start % len(whole)
            last = first + len(part.body) - 1
            assert (part.status, part.header("Content-Range")) == (206, f"bytes {first}-{last}/{len(whole)}")
        else:
            assert part.status == 200
        beyond = await get(camera, target, part=f"bytes={len(whole)}-")
        assert beyond.status == 416
        for odd in ("bytes=-", "items=1-2", "bytes=1-2,4-5"):
            assert (await get(camera, target, part=odd)).body == whole


async def test_one_transfer_goes_at_a_time_and_the_next_waits_for_its_turn(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()
    order: list[str] = []

    def make(entry: Entry, form: Form) -> Any:
        async def held() -> Any:
            order.append(form)
            if form == "original":
                await release.wait()
            return await original(entry, form)

        return held()

    original = stored.camera.body.contents.file
    monkeypatch.setattr(stored.camera.body.contents, "file", make)
    first = asyncio.ensure_future(ask(stored.camera.port, "GET", ORIGINAL))
    while not order:
        await asyncio.wait([first], timeout=0.002)
    second = asyncio.ensure_future(ask(stored.camera.port, "GET", ORIGINAL.replace("orgjpeg", "thumb")))
    await asyncio.wait([second], timeout=0.05)
    assert order == ["original"]
    assert not second.done()
    release.set()
    assert (await first).status == (await second).status == 200
    assert order == ["original", "thumbnail"]


async def test_a_client_that_goes_while_it_waits_for_its_turn_makes_no_file(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()
    made: list[str] = []
    original = stored.camera.body.contents.file

    def make(entry: Entry, form: Form) -> Any:
        async def held() -> Any:
            made.append(form)
            await release.wait()
            return await original(entry, form)

        return held()

    monkeypatch.setattr(stored.camera.body.contents, "file", make)
    first = asyncio.ensure_future(ask(stored.camera.port, "GET", ORIGINAL))
    while not made:
        await asyncio.wait([first], timeout=0.002)
    async with wire(stored.camera.port) as impatient:
        impatient.send("GET", ORIGINAL.replace("orgjpeg", "scn"))
        while _asked_for(stored.camera, FIRST) < 2:
            await asyncio.wait([first], timeout=0.002)
    while _connections(stored.camera) > 1:
        await asyncio.wait([first], timeout=0.002)
    release.set()
    assert (await first).status == 200
    assert made == ["original"]


async def test_a_change_of_mode_cancels_a_transfer_with_a_500_before_it_has_begun(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    making = asyncio.Event()

    def make(_entry: Any, _form: str) -> Any:
        async def held() -> Any:
            making.set()
            await asyncio.Event().wait()

        return held()

    monkeypatch.setattr(stored.camera.body.contents, "file", make)
    waiting = asyncio.ensure_future(ask(stored.camera.port, "GET", ORIGINAL))
    await making.wait()
    await stored.camera.call("setCameraFunction", "Remote Shooting")
    answer = await waiting
    assert (answer.status, answer.json["error"][0]) == (500, 500)


async def test_a_change_of_mode_cuts_a_transfer_that_has_begun(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(_start: int, _stop: int) -> AsyncGenerator[bytes, None]:
        while True:
            yield b"\0" * 1000

    def make(_entry: Any, _form: str) -> Any:
        async def made() -> StoredFile:
            return StoredFile("DSC00001.JPG", 10**9, endless)

        return made()

    monkeypatch.setattr(stored.camera.body.contents, "file", make)
    async with wire(stored.camera.port) as connection:
        connection.send("GET", ORIGINAL)
        await connection.head()
        await connection.reader.readexactly(1000)
        await stored.camera.call("setCameraFunction", "Remote Shooting")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await connection.reader.readexactly(10**8)


async def test_a_raw_file_and_a_movie_are_served_with_their_length() -> None:
    async with served("ILCE-QX1@1.10") as camera:
        camera.body.settings.change("StillQuality", "RAW+JPEG")
        await shot(camera)
        await camera.call("setShootMode", "movie")
        await camera.idle()
        await camera.call("startMovieRec")
        while camera.body.status != "MovieRecording":
            await camera.clock.advance(0.1)
        await camera.clock.advance(0.2)
        await camera.call("stopMovieRec")
        await camera.idle()
        await switch(camera, "Contents Transfer", "ContentsTransfer")
        raw = await get(camera, ORIGINAL.replace("orgjpeg", "orgraw"))
        assert (raw.status, raw.header("Content-Type"), raw.body[:4]) == (200, "image/x-sony-arw", b"II*\0")
        movie = await get(camera, f"/contentstransfer/org/{content_id(2)}")
        assert (movie.status, movie.header("Content-Type")) == (200, "video/mp4")
        assert movie.body[4:12] == b"ftypmp42"
        thumbnail = await get(camera, f"/contentstransfer/thumb/{content_id(2)}")
        assert (thumbnail.header("Content-Type"), thumbnail.body[:2]) == ("image/jpeg", b"\xff\xd8")
