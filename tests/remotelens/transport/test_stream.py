from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from remotelens.errors import ContentGone, LinkLost, LinkTimeout, RemoteProtocolError
from remotelens.protocol.wifi.liveview import Payload
from remotelens.transport import stream as stream_module
from remotelens.transport.http import HttpClient
from remotelens.transport.stream import LiveViewStream, StreamEnd, live_view_stream
from tests.recordings import need
from tests.remotelens.rawserver import Speak, Visit, answer, raw_server

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"

# common header (type 1, sequence 7, 1000 ms), start code, size 4, padding 2: protocol/wifi.md 8.2
PACKET = bytes.fromhex("ff010007000003e82435687900000402") + bytes(120) + b"\xff\xd8\xff\xd9\0\0"


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def sending(data: bytes, *, then: Speak | None = None) -> Speak:
    async def send(visit: Visit) -> None:
        await visit.say(HEAD + data)
        if then:
            await then(visit)
        else:
            visit.writer.close()

    return send


@asynccontextmanager
async def streaming(speak: Speak, *, stall_timeout_s: float = 5) -> AsyncIterator[LiveViewStream]:
    async with (
        asyncio.timeout(20),
        raw_server(speak) as server,
        HttpClient(camera="qx") as http,
        live_view_stream(http, server.url("/liveview"), stall_timeout_s=stall_timeout_s) as stream,
    ):
        yield stream


async def test_packets_are_whole_whatever_the_chunks() -> None:
    pieces = [PACKET[:136], PACKET[136:] + PACKET[:5], PACKET[5:], PACKET + PACKET]
    async with streaming(sending(chunked(*pieces) + b"0\r\n\r\n")) as stream:
        packets = [payload async for payload in stream]
    expected = Payload(1, 7, 1000, b"\xff\xd8\xff\xd9", 2, PACKET[8:136])
    assert packets == [expected] * 4
    assert stream.end is StreamEnd.CAMERA
    assert stream.received_bytes == 4 * len(PACKET)
    assert stream.arrived_s is not None


async def test_a_body_that_ends_by_closing_is_read_as_well() -> None:
    async def send(visit: Visit) -> None:
        await visit.say(b"HTTP/1.0 200 OK\r\n\r\n" + PACKET * 2)
        visit.writer.close()

    async with streaming(send) as stream:
        assert len([payload async for payload in stream]) == 2
    assert stream.end is StreamEnd.CAMERA


async def test_the_recorded_packets_of_a_qx100_come_through() -> None:
    data = need("transcripts", "qx100_liveview_first8.tsar.bin").read_bytes()
    pieces = [data[start : start + 997] for start in range(0, len(data), 997)]
    async with streaming(sending(chunked(*pieces) + b"0\r\n\r\n")) as stream:
        packets = [payload async for payload in stream]
    assert [packet.sequence for packet in packets] == list(range(8))
    assert stream.parser.skipped_bytes == 0


async def test_a_stream_without_a_packet_ends_as_empty() -> None:
    async with streaming(sending(b"0\r\n\r\n")) as stream:
        assert [payload async for payload in stream] == []
    assert stream.end is StreamEnd.EMPTY


async def test_a_stream_that_stalls_is_told_after_what_came() -> None:
    stalling = sending(chunked(PACKET), then=Visit.until_the_client_leaves)
    async with streaming(stalling, stall_timeout_s=0.05) as stream:
        packets = aiter(stream)
        assert (await anext(packets)).sequence == 7
        with pytest.raises(LinkTimeout, match=r"qx: .* fell silent"):
            await anext(packets)
    assert stream.end is None


async def test_a_broken_connection_is_a_lost_link() -> None:
    came = asyncio.Event()

    async def break_off(visit: Visit) -> None:
        await came.wait()
        visit.reset()

    async with streaming(sending(chunked(PACKET) + b"88\r\n", then=break_off)) as stream:
        packets = aiter(stream)
        assert (await anext(packets)).sequence == 7
        came.set()
        with pytest.raises(LinkLost):
            await anext(packets)


async def test_a_packet_cut_short_at_the_end_is_not_handed_out() -> None:
    async with streaming(sending(chunked(PACKET, PACKET[:140]) + b"0\r\n\r\n")) as stream:
        assert len([payload async for payload in stream]) == 1
    assert stream.parser.unfinished_bytes == 140


async def test_what_is_no_live_view_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "GARBAGE_LIMIT_BYTES", 200_000)

    async def rubbish(visit: Visit) -> None:
        while True:
            await visit.say(chunked(bytes(50_000)))

    async with streaming(sending(b"", then=rubbish)) as stream:
        with pytest.raises(RemoteProtocolError, match="qx: what comes as live view holds no packet"):
            await anext(aiter(stream))


async def test_an_address_without_live_view_is_told() -> None:
    async def refuse(visit: Visit) -> None:
        await visit.say(answer(b"", status="404 Not Found"))

    with pytest.raises(ContentGone, match="HTTP 404"):
        async with streaming(refuse):
            pass


async def test_leaving_closes_the_connection() -> None:
    left = asyncio.Event()

    async def until_left(visit: Visit) -> None:
        await visit.until_the_client_leaves()
        left.set()

    async with asyncio.timeout(20), raw_server(sending(chunked(PACKET), then=until_left)) as server:
        async with HttpClient() as http, live_view_stream(http, server.url()) as stream:
            assert (await anext(aiter(stream))).sequence == 7
        await left.wait()
