"""The stream of a movie that is played. Source: protocol/wifi.md 8.2, 9.4."""

from __future__ import annotations

import io
import struct
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from emulator.clock import Cause
from emulator.wifi.face import Face
from emulator.wifi.playback import PlaybackStream, PlayedPackets
from emulator.wifi.stored import content_id
from remotelens.protocol.wifi.liveview import LiveViewParser, Payload, PayloadType, decode_playback_position
from tests.emulator.wifi.test_liveview import FakeOutlet
from tests.emulator.wifi.test_server import Served, served
from tests.emulator.wire import Wire, ask, call_body, wire

TARGET = "/streaming/playbackstream"


@pytest.fixture
async def player() -> AsyncIterator[Served]:
    """A QX1 with a movie of three seconds put in."""
    async with served("ILCE-QX1@1.10") as camera:
        await camera.call("setShootMode", "movie")
        await camera.idle()
        await camera.call("startMovieRec")
        while camera.body.status != "MovieRecording":
            await camera.clock.advance(0.1)
        await camera.clock.advance(3.0)
        await camera.call("stopMovieRec")
        await camera.idle()
        await camera.call("setCameraFunction", "Contents Transfer")
        while camera.body.status != "ContentsTransfer":
            await camera.clock.advance(0.1)
        asked = {"remotePlayType": "simpleStreaming", "uri": f"video:content?contentId={content_id(1)}"}
        ((answer),) = await camera.result("setStreamingContent", asked, service="avContent")
        assert answer == {"playbackUrl": f"http://127.0.0.1:{camera.port}{TARGET}"}
        yield camera


async def payloads(camera: Served, connection: Wire, count: int) -> list[Payload]:
    parser = LiveViewParser()
    found: list[Payload] = []
    while len(found) < count:
        found += parser.feed(await camera.passing(connection.chunk(), step_s=0.02))
    return found


async def test_a_movie_that_is_held_shows_its_first_image_and_started_it_goes_on(player: Served) -> None:
    async with wire(player.port) as connection:
        connection.send("GET", TARGET)
        status_line, headers = await player.passing(connection.head())
        assert status_line == "HTTP/1.1 200 OK"
        assert dict(headers) == {"Content-Type": "image/jpeg", "Transfer-Encoding": "chunked"}
        info, image = await payloads(player, connection, 2)
        assert (info.type, image.type) == (PayloadType.PLAYBACK_INFO, PayloadType.PLAYBACK)
        assert info.header[8:12] == b"\x01\x00\x00\x00"
        assert len(info.data) == 32
        assert (
            struct.unpack(">HH", image.header[8:12]) == Image.open(io.BytesIO(image.data)).size == (640, 360)
        )
        position = decode_playback_position(info)
        frame = await player.body.playback.frame()
        assert frame is not None
        assert (position.position_ms, position.duration_ms) == (0, frame.duration_ms)
        await player.call("startStreaming", service="avContent")
        later = await payloads(player, connection, 8)
        positions = [decode_playback_position(one).position_ms for one in later if one.type == 0x12]
        assert positions == sorted(set(positions))
        assert positions[-1] > 0


async def test_the_stream_is_there_while_a_movie_is_put_in_and_ends_when_it_is_taken_out(
    player: Served,
) -> None:
    async with wire(player.port) as connection:
        connection.send("GET", TARGET)
        await player.passing(connection.head())
        await payloads(player, connection, 2)
        await player.call("stopStreaming", service="avContent")
        assert await player.passing(connection.chunk()) == b""
    assert (await player.passing(ask(player.port, "GET", TARGET))).status == 404


async def test_a_viewer_who_is_still_coming_when_the_movie_is_taken_out_sees_nothing(player: Served) -> None:
    outlet = FakeOutlet()
    packets = PlayedPackets(Face.of(player.body.profile))
    stream = PlaybackStream(player.body, player.clock)
    await player.call("stopStreaming", service="avContent")
    await stream.stream(packets, outlet, Cause())
    assert (packets.frames, outlet.writes) == (0, [])


async def test_the_last_viewer_wins(player: Served) -> None:
    async with wire(player.port) as older, wire(player.port) as newer:
        older.send("GET", TARGET)
        await player.passing(older.head())
        await payloads(player, older, 2)
        newer.send("GET", TARGET)
        await player.passing(newer.head())
        await payloads(player, newer, 2)
        assert await player.passing(older.chunk()) == b""


async def test_a_poll_of_the_status_is_dropped_with_its_client(player: Served) -> None:
    await player.result("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
    async with wire(player.port) as connection:
        body = call_body("requestToNotifyStreamingStatus", {"polling": True})
        connection.send("POST", "/sony/avContent", body)
        await connection.writer.drain()
        while player.body.playback._poll is None:
            await player.clock.advance(0.01)
    while player.body.playback._poll is not None:
        await player.clock.advance(0.01)
    assert [entry.kind for entry in player.journal.entries() if entry.kind == "abandoned"] == ["abandoned"]
