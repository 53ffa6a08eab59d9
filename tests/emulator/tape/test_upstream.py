"""Cameras that break off: what their client and the tape get of it."""

from __future__ import annotations

import asyncio

import pytest

from emulator.tape.player import TapePlayer
from emulator.wifi.outlet import PeerGone
from tests.emulator.tape.rude import behind_a_recorder
from tests.emulator.wire import call_body, wire

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n"


async def heard(port: int, verb: str = "GET") -> tuple[bytes, bool]:
    """What a client hears, and whether its connection is reset in the end."""
    heard = b""
    async with asyncio.timeout(10), wire(port) as connection:
        connection.send(verb, "/x")
        try:
            while data := await connection.reader.read(65536):
                heard += data
        except ConnectionResetError:
            return heard, True
    return heard, False


async def test_a_stream_that_is_reset_is_reset_for_the_client() -> None:
    async with behind_a_recorder(STREAM, reset=True) as behind:
        assert await heard(behind.port) == (STREAM, True)
        (trouble,) = behind.recorder.troubles
        assert trouble.startswith("GET /x: the answer was cut off in its middle")
        (taped,) = behind.tape.exchanges
        assert [text for _, text in taped.stream or []] == ["abcd"]


@pytest.mark.parametrize("more", [b"", b"5\r\nxy", b"zz\r\n", b"-5\r\n"])
async def test_a_stream_without_its_last_chunk_gets_none_on_the_way(more: bytes) -> None:
    async with behind_a_recorder(STREAM + more) as behind:
        assert await heard(behind.port) == (STREAM, False)
        assert behind.recorder.troubles == ["GET /x: the answer broke off in the middle of its chunks"]


async def test_a_stream_that_ends_is_ended() -> None:
    async with behind_a_recorder(STREAM + b"0\r\n\r\n") as behind:
        assert await heard(behind.port) == (STREAM + b"0\r\n\r\n", False)
        assert behind.recorder.troubles == []


async def test_an_answer_that_is_shorter_than_it_says_stays_so_for_the_client_and_on_the_tape() -> None:
    answer = JSON + b"Content-Length: 9\r\n\r\n{}[]"
    async with behind_a_recorder(answer) as behind:
        assert await heard(behind.port) == (answer, False)
        assert behind.recorder.troubles == ["GET /x: 5 bytes of the answer never came"]
        tape = behind.tape
    player = TapePlayer(tape)
    await player.start()
    try:
        again, _ = await heard(int(player.description_url.split(":")[2].partition("/")[0]))
    finally:
        await player.close()
    assert again.endswith(b"Content-Length: 9\r\n\r\n{}[]")


async def test_an_answer_that_is_reset_is_reset_for_the_client() -> None:
    async with behind_a_recorder(JSON + b"Content-Length: 9\r\n\r\n{}[]", reset=True) as behind:
        _, was_reset = await heard(behind.port)
        assert was_reset
        assert len(behind.recorder.troubles) == 1


async def test_the_answer_to_head_announces_what_the_camera_does() -> None:
    answer = JSON + b"Content-Length: 9\r\n\r\n"
    async with behind_a_recorder(answer) as behind:
        assert await heard(behind.port, "HEAD") == (answer, False)
        assert behind.recorder.troubles == []


async def test_a_client_that_leaves_its_poll_leaves_that_of_the_camera() -> None:
    async with asyncio.timeout(10), behind_a_recorder(b"") as behind:
        async with wire(behind.port) as connection:
            connection.send("POST", "/sony/camera", call_body("getEvent", True))
            await behind.asked.wait()
        await behind.left.wait()
        assert behind.recorder.troubles == []
        assert behind.tape.exchanges == []


async def test_a_client_that_says_no_more_is_answered() -> None:
    answer = JSON + b"Content-Length: 2\r\n\r\n{}"
    async with asyncio.timeout(10), behind_a_recorder(answer) as behind, wire(behind.port) as connection:
        connection.send("GET", "/x")
        connection.writer.write_eof()
        assert await connection.reader.read() == answer


async def test_what_the_camera_has_answered_is_on_the_tape_though_its_client_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def gone(*_args: object) -> None:
        raise PeerGone("the connection is closed")

    monkeypatch.setattr("emulator.wifi.outlet.SocketOutlet._send", gone)
    async with behind_a_recorder(JSON + b"Content-Length: 2\r\n\r\n{}") as behind:
        await heard(behind.port)
        (taped,) = behind.tape.exchanges
        assert (taped.target, taped.body) == ("/x", "{}")
        assert behind.recorder.troubles == []
