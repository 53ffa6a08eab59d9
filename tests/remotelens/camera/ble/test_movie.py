"""Movies over Bluetooth: a button that toggles is pressed only where that brings what is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.camera.ble import movie as module
from remotelens.errors import CaptureFailed, LinkError
from remotelens.protocol.ble import uuids
from tests.remotelens.camera.ble.bench import Bench, bench_on


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


async def recording_on(bench: Bench) -> asyncio.Task[None]:
    """Begin a movie that only ends when it is told to, and return once the camera has confirmed it."""
    confirmed = asyncio.Event()

    async def record() -> None:
        async with bench.remote.movie.recording():
            confirmed.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(record())
    await confirmed.wait()
    return task


async def test_a_movie_lasts_from_word_to_word(bench: Bench) -> None:
    movie = await bench.remote.movie.record(0.1)
    assert movie.seconds >= 0.1
    assert not bench.body.recording
    assert bench.commands() == ["01 0f", "01 0e"] * 2


async def test_a_camera_that_records_already_is_not_toggled_off(bench: Bench) -> None:
    bench.body.change("recording", recording=True)
    assert await bench.remote.movie.start() is False
    assert bench.body.recording
    assert await bench.remote.movie.stop() is True
    assert await bench.remote.movie.stop() is False
    assert bench.commands() == ["01 0f", "01 0e"]


async def test_a_word_that_was_lost_is_made_up_for_by_asking(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONFIRM_LIMIT_S", 0.1)
    bench.camera._remote._told[0xD5] = True  # type: ignore[union-attr]  # it has told so already, it thinks
    assert await bench.remote.movie.start() is True
    assert bench.body.recording


async def test_a_camera_that_does_not_record_is_told_after_one_press(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONFIRM_LIMIT_S", 0.1)
    bench.body.press = lambda button, speed=0: bench.body.pressed.append((button, speed))  # type: ignore[method-assign]
    with pytest.raises(CaptureFailed, match="did not begin recording"):
        await bench.remote.movie.record(1.0)
    assert bench.body.pressed == [("record", 0)]


async def test_cancelling_ends_the_recording(bench: Bench) -> None:
    recording = await recording_on(bench)
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    assert not bench.body.recording


async def test_cancelling_before_the_camera_has_begun_ends_the_recording(bench: Bench) -> None:
    pressed = asyncio.Event()

    def press(button: str, speed: int = 0) -> None:
        """Begin to record some time after the first press, as bodies do, and end with the second."""
        if bench.body.recording:
            bench.body.change("recording", recording=False)
        else:
            bench.rig.clock.call_later(5.0, lambda: bench.body.change("recording", recording=True))
        pressed.set()

    bench.body.press = press  # type: ignore[method-assign]
    recording = asyncio.create_task(bench.remote.movie.record(30))
    await pressed.wait()
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    assert not bench.body.recording
    assert bench.commands() == ["01 0f", "01 0e"] * 2


async def test_an_error_in_the_block_ends_the_recording_and_comes_out(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bench.remote.movie.recording():
            raise ZeroDivisionError
    assert not bench.body.recording


async def test_a_lost_link_is_told_and_not_hidden_by_the_failing_stop(bench: Bench) -> None:
    recording = await recording_on(bench)
    recording.cancel()
    bench.camera.lose_link()
    with pytest.raises(asyncio.CancelledError):
        await recording
    with pytest.raises(LinkError):
        await bench.remote.movie.start()


async def test_a_body_that_has_no_status_is_believed_by_its_words(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uuids, "CAMERA_STATUS", uuids.sig(0xCCFF))
    assert await bench.remote.movie.is_recording() is None
    assert await bench.remote.movie.start() is True
    assert await bench.remote.movie.is_recording() is True
    assert await bench.remote.movie.stop() is True
