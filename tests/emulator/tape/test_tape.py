"""The whole of it: an emulated camera recorded, and its tape taken for the camera by the same client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.rack import Emulator
from emulator.tape.form import Tape, decode_tape
from emulator.tape.player import TapePlayer
from emulator.tape.recorder import TapeRecorder
from remotelens import connect
from tests.emulator.tape.rig import use_camera
from tests.emulator.wire import ask

Made = tuple[Tape, dict[str, Any], bytes]


async def recorded(**options: Any) -> Made:
    """Record a client's visit."""
    written: list[bytes] = []
    async with Emulator(["DSC-QX10"], still_scale=16, scene="chart", control=False) as emulator:
        recorder = TapeRecorder(emulator.cameras[0].description_url, written.append, **options)
        await recorder.start()
        try:
            seen = await asyncio.to_thread(use_camera, recorder.description_url)
        finally:
            await recorder.close()
    data = b"".join(written)
    return decode_tape(data), seen, data


@pytest.fixture(scope="module")
def made() -> Made:
    return asyncio.run(recorded())


async def played(tape: Tape, **options: Any) -> tuple[dict[str, Any], TapePlayer]:
    player = TapePlayer(tape, as_fast=True, **options)
    await player.start()
    try:
        return await asyncio.to_thread(use_camera, player.description_url), player
    finally:
        await player.close()


def comparable(seen: dict[str, Any]) -> str:
    """What a client saw, but for the addresses, which are the player's own, and what was scrubbed."""
    import re

    text = repr({key: value for key, value in seen.items() if key not in ("udn", "picture")})
    return re.sub(r"127\.0\.0\.1:\d+", "HERE", text)


@pytest.mark.parametrize("strict", [False, True])
async def test_the_same_client_sees_the_same_in_the_tape(made: Made, strict: bool) -> None:
    tape, seen, _ = made
    again, player = await played(tape, strict=strict)
    assert comparable(again) == comparable(seen)
    assert len(again["picture"]) == len(seen["picture"])
    assert player.misses == []
    assert player.unasked == []


async def test_every_channel_is_on_the_tape(made: Made) -> None:
    tape, _, _ = made
    assert {one.channel for one in tape.exchanges} == {"description", "rpc", "event", "contents", "liveview"}
    (live,) = [one for one in tape.exchanges if one.channel == "liveview"]
    assert live.stream


async def test_what_names_the_camera_is_not_on_the_tape(made: Made) -> None:
    tape, seen, data = made
    (udn,) = set(seen["udn"])
    mac = udn[-12:].lower()
    assert mac.encode() not in data.lower()
    assert any("MAC" in sentence for sentence in tape.removed)
    plain, _, whole = await recorded(scrub=False)
    assert mac.encode() in whole.lower()
    assert plain.removed == []


async def test_our_own_client_takes_the_tape_for_a_camera(made: Made) -> None:
    player = TapePlayer(made[0], as_fast=True)
    await player.start()
    try:
        async with asyncio.timeout(20), connect(player.description_url) as camera:
            assert camera.state.model == "DSC-QX10"
    finally:
        await player.close()


async def test_what_is_not_on_the_tape_is_a_miss(made: Made) -> None:
    tape, _, _ = made
    short = Tape(tape.head, [one for one in tape.exchanges if '"stopLiveview"' not in one.request], [])
    again, player = await played(short)
    assert again["stopped"][0] == 12
    assert player.misses == ["stopLiveview [] 1.0"]


@pytest.mark.parametrize(
    "body", [b"[" * 15_000, b'"\xff"', b"", b'{"method":"x","params":[1e400]}', b"9" * 5000]
)
async def test_a_call_that_is_none_is_answered_as_what_is_not_on_the_tape(made: Made, body: bytes) -> None:
    player = TapePlayer(made[0])
    await player.start()
    try:
        port = int(player.description_url.split(":")[2].partition("/")[0])
        answer = await ask(port, "POST", "/sony/camera", body)
    finally:
        await player.close()
    assert answer.json["error"] == [12, "No Such Method"]


async def test_a_camera_that_is_gone_is_told_to_the_client() -> None:
    async with Emulator(control=False) as emulator:
        recorder = TapeRecorder(emulator.cameras[0].description_url, lambda line: None)
        await recorder.start()
    try:
        with pytest.raises(OSError, match="502"):
            await asyncio.to_thread(use_camera, recorder.description_url)
        assert len(recorder.troubles) == 1
    finally:
        await recorder.close()
