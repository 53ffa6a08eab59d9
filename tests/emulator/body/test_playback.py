"""Playing a stored movie. Source: protocol/wifi.md 9.4."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from emulator.body.playback import Playback
from emulator.body.refusals import Reason, Refused
from tests.emulator.body.rig import Rig, rig


@asynccontextmanager
async def playing(model: str = "ILCE-QX1") -> AsyncIterator[tuple[Rig, Playback]]:
    """A camera with a movie of two seconds put in."""
    async with rig(model, still_scale=64, scene_name="flat") as camera:
        await camera.film(2.0)
        await camera.transfer()
        camera.body.playback.choose(1)
        yield camera, camera.body.playback


async def test_it_runs_in_the_cameras_time_and_stops_at_its_end() -> None:
    async with playing() as (camera, player):
        assert (str(player.standing.status), player.position_s) == ("paused", 0.0)
        player.start()
        player.start()
        await camera.clock.advance(0.5)
        assert player.position_s == pytest.approx(0.5)
        player.pause()
        await camera.clock.advance(5.0)
        assert str(player.standing.status) == "paused"
        assert player.position_s == pytest.approx(0.5)
        player.start()
        await camera.clock.advance(2.0)
        assert (str(player.standing.status), player.standing.factor) == ("pausedByEdge", "endEdge")
        assert player.position_s == pytest.approx(2.0, abs=0.05)


async def test_started_again_at_its_end_it_begins_anew() -> None:
    async with playing() as (camera, player):
        player.start()
        await camera.clock.advance(3.0)
        player.start()
        assert (str(player.standing.status), player.position_s) == ("started", 0.0)


async def test_a_place_is_gone_to_and_the_end_holds_it_at_once() -> None:
    async with playing("SONY-FULL") as (camera, player):
        player.seek(1000)
        assert (str(player.standing.status), player.position_s) == ("paused", 1.0)
        player.start()
        await camera.clock.advance(0.2)
        player.seek(500)
        await camera.clock.advance(0.2)
        assert str(player.standing.status) == "started"
        assert player.position_s == pytest.approx(0.7)
        player.seek(2000)
        assert str(player.standing.status) == "pausedByEdge"
        player.seek(1500)
        assert (str(player.standing.status), player.standing.factor) == ("paused", "")
        player.seek(1999)
        player.start()
        assert str(player.standing.status) == "pausedByEdge"


async def test_a_card_taken_out_is_an_error_of_its_own() -> None:
    async with playing() as (camera, player):
        player.start()
        camera.body.card.present = False
        assert (str(player.standing.status), player.standing.factor) == ("error", "mediaError")
        assert await player.frame() is None
        with pytest.raises(Refused) as refused:
            player.start()
        assert refused.value.reason is Reason.ILLEGAL_STATE
        player.stop()
        assert camera.body.status == "ContentsTransfer"


async def test_frames_are_those_of_the_place() -> None:
    async with playing() as (camera, player):
        first = await player.frame()
        player.start()
        await camera.clock.advance(1.0)
        second = await player.frame()
        assert first is not None
        assert second is not None
        assert Image.open(io.BytesIO(first.jpeg)).size == first.size == (640, 360)
        assert (first.position_ms, second.position_ms, second.duration_ms) == (0, 1000, first.duration_ms)
        assert first.jpeg != second.jpeg
        player.stop()
        assert await player.frame() is None


async def test_a_change_is_told_once_and_only_a_written_answer_counts() -> None:
    async with playing() as (camera, player):
        first = await player.poll()
        assert first.status == "paused"
        again = await player.poll()
        assert again == first
        player.told(again)
        waiting = asyncio.ensure_future(player.poll())
        await camera.clock.advance(1.0)
        assert not waiting.done()
        player.start()
        assert (await waiting).status == "started"


async def test_who_waits_is_told_when_the_camera_goes_off() -> None:
    async with playing() as (camera, player):
        player.told(await player.poll())
        waiting = asyncio.ensure_future(player.poll())
        await camera.clock.advance(0.1)
        await camera.body.power_off()
        with pytest.raises(Refused) as refused:
            await waiting
        assert refused.value.reason is Reason.INTERRUPTED
        assert str(player.standing.status) == "idle"


async def test_a_still_or_nothing_is_not_played() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.take()
        await camera.transfer()
        for number, reason in ((1, Reason.ILLEGAL_ARGUMENT), (9, Reason.NO_ELEMENT)):
            with pytest.raises(Refused) as refused:
                camera.body.playback.choose(number)
            assert refused.value.reason is reason
