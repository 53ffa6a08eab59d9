from __future__ import annotations

import asyncio
import socket

import pytest

from remotelens.errors import (
    CameraBusy,
    ConnectFailed,
    ContentGone,
    LinkLost,
    LinkTimeout,
    RemoteProtocolError,
)
from remotelens.transport.http import HttpClient
from tests.remotelens.rawserver import Visit, answer, raw_server

GIGABYTE = 1024**3
MEGABYTE = 1024**2


async def fine(visit: Visit) -> None:
    await visit.say(answer(b'{"id":1,"result":[]}'))
    visit.writer.close()


async def kept_open(visit: Visit) -> None:
    await visit.say(answer(b"ok", headers="Connection: keep-alive"))


async def test_a_whole_answer_is_returned_with_status_and_headers() -> None:
    async with raw_server(fine) as server, HttpClient() as http:
        got = await http.post(server.url("/sony/camera"), b'{"id":1}')
    assert (got.status, got.body) == (200, b'{"id":1,"result":[]}')
    assert got.headers["content-length"] == "20"


async def test_a_post_says_its_type_and_length_and_asks_for_no_compression() -> None:
    async with raw_server(fine) as server, HttpClient() as http:
        await http.post(server.url("/sony/camera"), b'{"id":1}')
    head = server.heads[0].lower()
    assert head.startswith("post /sony/camera http/1.1\r\n")
    assert "content-type: application/json\r\n" in head
    assert "content-length: 8\r\n" in head
    assert "accept-encoding: identity\r\n" in head
    assert "transfer-encoding" not in head
    assert "expect" not in head


async def test_the_body_of_a_refusal_is_read() -> None:
    async def refuse(visit: Visit) -> None:
        await visit.say(answer(b'{"error":[403,"setCameraFunction"],"id":1}', status="403 Forbidden"))

    async with raw_server(refuse) as server, HttpClient() as http:
        got = await http.post(server.url(), b"{}")
    assert got.status == 403
    assert got.body == b'{"error":[403,"setCameraFunction"],"id":1}'


@pytest.mark.parametrize(
    "path",
    [
        "/liveview.JPG?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21",
        "/contentstransfer/orgjpeg/index%3A%2F%2F1000%2F00000001-default%2F0000015B-00000987_347_1_1000",
        "/a!b/../c?d=e&&",
    ],
)
async def test_a_url_goes_out_byte_for_byte(path: str) -> None:
    async with raw_server(fine) as server, HttpClient() as http:
        await http.get(server.url(path))
    assert server.heads[0].startswith(f"GET {path} HTTP/1.1\r\n")


async def test_a_camera_that_closes_after_each_answer_is_asked_on_new_connections() -> None:
    async with raw_server(fine) as server, HttpClient() as http:
        for _ in range(3):
            await http.post(server.url(), b"{}", repeatable=True)
    assert server.connections == 3


async def test_a_kept_connection_is_used_again_for_what_may_be_repeated() -> None:
    async with raw_server(kept_open) as server, HttpClient() as http:
        for _ in range(3):
            await http.post(server.url(), b"{}", repeatable=True)
    assert server.connections == 1


async def test_what_may_not_be_repeated_gets_a_connection_of_its_own() -> None:
    async with raw_server(kept_open) as server, HttpClient() as http:
        await http.get(server.url())
        await http.post(server.url(), b"{}")
        await http.post(server.url(), b"{}")
    assert server.connections == 3


async def test_a_kept_connection_that_was_closing_is_tried_once_more() -> None:
    async def once_each(visit: Visit) -> None:
        if len(server.heads) != 2:
            await kept_open(visit)
        else:
            visit.writer.close()

    async with raw_server(once_each) as server, HttpClient() as http:
        await http.get(server.url("/1"))
        got = await http.get(server.url("/2"))
    assert got.body == b"ok"
    assert [head.split(" ")[1] for head in server.heads] == ["/1", "/2", "/2"]


async def test_what_may_not_be_repeated_is_not_asked_twice() -> None:
    async def close(visit: Visit) -> None:
        visit.writer.close()

    async with raw_server(close) as server, HttpClient(camera="qx") as http:
        with pytest.raises(LinkLost, match=r"qx: the connection to 127\.0\.0\.1:\d+ broke: it was closed"):
            await http.post(server.url(), b"{}")
    assert len(server.heads) == 1


async def test_nobody_listening_is_told_with_the_place() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with HttpClient(camera="qx") as http:
            with pytest.raises(ConnectFailed, match=f"no connection to 127.0.0.1:{port}: connection refused"):
                await http.get(f"http://127.0.0.1:{port}/")


async def test_a_host_that_never_accepts_is_told_in_time() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        place = listening.getsockname()
        queued = [socket.socket() for _ in range(8)]
        try:
            for sock in queued:  # fills the queue of connections that nobody accepts
                sock.setblocking(False)
                sock.connect_ex(place)
            async with HttpClient(connect_timeout_s=0.05) as http:
                with pytest.raises(ConnectFailed, match="nothing answers"):
                    await http.get(f"http://127.0.0.1:{place[1]}/")
        finally:
            for sock in queued:
                sock.close()


async def test_an_interface_that_is_not_there_is_told() -> None:
    async with HttpClient(interface="nosuch0") as http:
        with pytest.raises(ConnectFailed, match=r"no connection to 127\.0\.0\.1:9: "):
            await http.get("http://127.0.0.1:9/")


async def test_an_announced_gigabyte_is_refused_unread() -> None:
    left = asyncio.Event()

    async def gigabyte(visit: Visit) -> None:
        await visit.say(f"HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE}\r\n\r\n".encode())
        await visit.until_the_client_leaves()
        left.set()

    async with asyncio.timeout(10), raw_server(gigabyte) as server, HttpClient(camera="qx") as http:
        with pytest.raises(RemoteProtocolError, match=rf"qx: .* answers with {GIGABYTE} bytes"):
            await http.get(server.url())
        await left.wait()


async def test_a_gigabyte_without_a_length_is_read_no_further_than_the_limit() -> None:
    sent = 0

    async def endless(visit: Visit) -> None:
        nonlocal sent
        await visit.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while sent < GIGABYTE:
            await visit.say(bytes(65536))
            sent += 65536

    async with asyncio.timeout(10), raw_server(endless) as server, HttpClient() as http:
        with pytest.raises(RemoteProtocolError, match="more than 1048576 bytes"):
            await http.get(server.url())
    assert sent < 64 * MEGABYTE


async def test_a_small_packet_that_would_unfold_to_much_is_not_unfolded() -> None:
    async def folded(visit: Visit) -> None:
        await visit.say(answer(b"\x1f\x8b not even gzip", headers="Content-Encoding: gzip"))

    async with raw_server(folded) as server, HttpClient() as http:
        assert (await http.get(server.url())).body == b"\x1f\x8b not even gzip"


async def test_a_slow_loris_ends_at_the_time_limit() -> None:
    async def drip(visit: Visit) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(100000):
            await visit.say(bytes([byte]))
            await asyncio.sleep(0)

    async with asyncio.timeout(10), raw_server(drip) as server, HttpClient(camera="qx") as http:
        with pytest.raises(LinkTimeout, match=r"qx: no whole answer from .* within 0\.1 s"):
            await http.get(server.url(), timeout_s=0.1)


async def test_silence_after_the_request_ends_at_the_time_limit() -> None:
    async with raw_server(Visit.until_the_client_leaves) as server, HttpClient() as http:
        with pytest.raises(LinkTimeout) as caught:
            await http.get(server.url(), timeout_s=0.05)
    assert isinstance(caught.value, TimeoutError)


async def test_a_reset_in_the_middle_of_an_answer_is_a_lost_link() -> None:
    async def cut(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        visit.reset()

    async with raw_server(cut) as server, HttpClient() as http:
        with pytest.raises(LinkLost, match="the connection to"):
            await http.get(server.url())


async def test_an_answer_cut_short_is_a_lost_link() -> None:
    async def cut(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        visit.writer.close()

    async with raw_server(cut) as server, HttpClient() as http:
        with pytest.raises(LinkLost, match="in the middle of an answer"):
            await http.get(server.url())


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 100000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 10000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_no_http_is_a_typed_error(data: bytes) -> None:
    async def babble(visit: Visit) -> None:
        await visit.say(data)
        visit.writer.close()

    async with asyncio.timeout(10), raw_server(babble) as server, HttpClient() as http:
        with pytest.raises((RemoteProtocolError, LinkLost)):
            await http.get(server.url())


async def test_proxies_from_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    async with raw_server(fine) as server, HttpClient() as http:
        assert (await http.get(server.url())).status == 200


async def test_a_redirect_is_not_followed() -> None:
    async def elsewhere(visit: Visit) -> None:
        await visit.say(answer(b"", status="302 Found", headers="Location: http://127.0.0.1:9/"))

    async with raw_server(elsewhere) as server, HttpClient() as http:
        assert (await http.get(server.url())).status == 302


@pytest.mark.parametrize(
    "url",
    [
        "",
        "liveview",
        "https://10.0.0.1/",
        "file:///etc/passwd",
        "http://",
        "http://:80/",
        "http://10.0.0.1:99999/",
        "http://10.0.0.1:0/",
        "http://user@10.0.0.1/",
        "http://10.0.0.1/a b",
        "http://10.0.0.1/\r\nHost: x",
        "http://10.0.0.1/é",
        "http://[::1/",
    ],
)
async def test_what_is_no_url_of_a_camera_is_never_asked_for(url: str) -> None:
    async with HttpClient() as http:
        with pytest.raises(RemoteProtocolError, match="is not a camera's URL"):
            await http.get(url)


async def test_a_long_body_comes_in_pieces_with_its_size() -> None:
    data = bytes(range(256)) * 4096

    async def picture(visit: Visit) -> None:
        await visit.say(answer(data))

    async with raw_server(picture) as server, HttpClient() as http, http.open(server.url()) as body:
        assert body.size_bytes == len(data)
        assert b"".join([chunk async for chunk in body.chunks()]) == data


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("404 Not Found", ContentGone),
        ("503 Busy", CameraBusy),
        ("500 Error", CameraBusy),
        ("403 Forbidden", RemoteProtocolError),
        ("302 Found", RemoteProtocolError),
    ],
)
async def test_a_body_that_is_refused_is_a_typed_error(status: str, error: type[Exception]) -> None:
    async def refuse(visit: Visit) -> None:
        await visit.say(answer(b"no", status=status))

    async with raw_server(refuse) as server, HttpClient() as http:
        with pytest.raises(error, match=r"answers /x with HTTP \d+") as caught:
            async with http.open(server.url("/x")):
                pass
    assert caught.value.code == int(status[:3])  # type: ignore[attr-defined] # each of them has it


async def test_a_long_body_that_pauses_too_long_is_told() -> None:
    async def stall(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await visit.until_the_client_leaves()

    async with (
        raw_server(stall) as server,
        HttpClient() as http,
        http.open(server.url(), stall_timeout_s=0.05) as body,
    ):
        chunks = body.chunks()
        assert await anext(chunks) == b"half"
        with pytest.raises(LinkTimeout, match="fell silent"):
            await anext(chunks)


async def test_leaving_a_body_closes_its_connection() -> None:
    left = asyncio.Event()

    async def endless(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx")
        await visit.until_the_client_leaves()
        left.set()

    async with asyncio.timeout(10), raw_server(endless) as server, HttpClient() as http:
        async with http.open(server.url()):
            pass
        await left.wait()


async def test_cancelling_a_request_closes_its_connection() -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def wait(visit: Visit) -> None:
        asked.set()
        await visit.until_the_client_leaves()
        left.set()

    async with asyncio.timeout(10), raw_server(wait) as server, HttpClient() as http:
        task = asyncio.create_task(http.get(server.url()))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await left.wait()


async def test_closing_ends_what_is_under_way_and_what_comes_after() -> None:
    asked = asyncio.Event()

    async def wait(visit: Visit) -> None:
        asked.set()
        await visit.until_the_client_leaves()

    async with asyncio.timeout(10), raw_server(wait) as server:
        http = HttpClient(camera="qx")
        task = asyncio.create_task(http.get(server.url()))
        await asked.wait()
        await http.close()
        with pytest.raises(LinkLost):
            await task
        with pytest.raises(LinkLost, match="qx: the connection was closed on this side"):
            await http.get(server.url())
    await http.close()
