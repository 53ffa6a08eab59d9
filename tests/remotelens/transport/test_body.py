from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import LinkLost, LinkTimeout
from remotelens.transport.http import HttpClient
from tests.remotelens.link.virtual import in_virtual_time, now_s
from tests.remotelens.rawserver import Visit, answer, raw_server

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


def test_pauses_within_the_limit_are_borne() -> None:
    async def slowly(visit: Visit) -> None:
        await visit.say(HEAD)
        for number in range(5):
            await asyncio.sleep(9)
            await visit.say(bytes([number]))
        visit.writer.close()

    async def check() -> None:
        async with raw_server(slowly) as server, HttpClient() as http, http.open(server.url()) as body:
            assert b"".join([chunk async for chunk in body.chunks()]) == bytes(range(5))
        assert now_s() == pytest.approx(45)

    in_virtual_time(check())


def test_a_pause_is_ended_at_the_limit_counted_from_the_last_byte() -> None:
    async def stall(visit: Visit) -> None:
        await visit.say(HEAD)
        await asyncio.sleep(9)
        await visit.say(b"x")
        await visit.until_the_client_leaves()

    async def check() -> None:
        async with raw_server(stall) as server, HttpClient() as http, http.open(server.url()) as body:
            assert await body.read() == b"x"
            with pytest.raises(LinkTimeout, match="fell silent"):
                await body.read()
        assert now_s() == pytest.approx(19)

    in_virtual_time(check())


def test_a_slow_consumer_is_not_a_silent_camera() -> None:
    async def picture(visit: Visit) -> None:
        await visit.say(answer(bytes(100)))

    async def check() -> None:
        async with raw_server(picture) as server, HttpClient() as http, http.open(server.url()) as body:
            await asyncio.sleep(100)
            size_bytes = 0
            async for chunk in body.chunks():
                size_bytes += len(chunk)
                await asyncio.sleep(100)
            assert size_bytes == 100

    in_virtual_time(check())


def test_the_end_stays_the_end() -> None:
    async def picture(visit: Visit) -> None:
        await visit.say(answer(b"x"))

    async def check() -> None:
        async with raw_server(picture) as server, HttpClient() as http, http.open(server.url()) as body:
            assert [await body.read() for _ in range(3)] == [b"x", b"", b""]
            assert body.size_bytes == 1
            assert body.headers["Content-Length"] == "1"

    in_virtual_time(check())


def test_a_body_that_breaks_is_a_lost_link_each_time_it_is_read() -> None:
    async def cut(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
        visit.writer.close()

    async def check() -> None:
        async with raw_server(cut) as server, HttpClient() as http, http.open(server.url()) as body:
            assert await body.read() == b"x"
            for _ in range(3):
                with pytest.raises(LinkLost):
                    await body.read()

    in_virtual_time(check())
