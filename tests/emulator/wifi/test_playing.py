"""Playing stored movies: the calls. Source: protocol/wifi.md 9.4."""

from __future__ import annotations

import pytest

from tests.emulator.wifi.filled import (
    CARD,
    ILLEGAL,
    MODELS,
    OUT_OF_PLACE,
    filled,
)


@pytest.mark.parametrize("model", MODELS)
async def test_a_movie_is_put_in_played_held_and_taken_out(model: str) -> None:
    async with filled(model) as (camera, calls):
        movie = (await calls.listing(view="flat"))[2]
        asked = {"remotePlayType": "simpleStreaming", "uri": movie["uri"]}
        (answer,) = await calls.call("setStreamingContent", asked)
        assert answer == {"playbackUrl": "http://10.0.0.1:60152/streaming/playbackstream"}
        assert camera.body.status == "Streaming"
        assert set((await camera.call("getAvailableApiList"))[0]) == {
            "getVersions",
            "getMethodTypes",
            "getApplicationInfo",
            "getAvailableApiList",
            "getEvent",
            "getStorageInformation",
        }
        assert await calls.error("getContentCount", {"uri": CARD, "view": "date"}) == OUT_OF_PLACE
        assert await calls.error("setStreamingContent", asked) == OUT_OF_PLACE
        for method, status in (
            ("startStreaming", "started"),
            ("pauseStreaming", "paused"),
            ("startStreaming", "started"),
        ):
            assert await calls.call(method) == []
            (standing,) = await calls.call("requestToNotifyStreamingStatus", {"polling": False})
            assert standing == {"status": status, "factor": ""}
        assert await calls.call("stopStreaming") == []
        assert camera.body.status == "ContentsTransfer"
        assert await calls.error("startStreaming") == OUT_OF_PLACE


async def test_the_status_of_playback_is_waited_for_like_an_event() -> None:
    async with filled() as (camera, calls):
        movie = (await calls.listing(view="flat"))[2]
        await calls.call("setStreamingContent", {"remotePlayType": "simpleStreaming", "uri": movie["uri"]})

        async def wait() -> dict[str, str]:
            (found,) = await calls.call("requestToNotifyStreamingStatus", {"polling": True})
            assert isinstance(found, dict)
            return found

        assert await wait() == {"status": "paused", "factor": ""}
        await calls.call("startStreaming")
        assert await wait() == {"status": "started", "factor": ""}
        assert await wait() == {"status": "pausedByEdge", "factor": "endEdge"}
        older = camera.begin("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
        await camera.clock.advance(0.01)
        newer = camera.begin("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
        await camera.clock.advance(0.01)
        with pytest.raises(AssertionError, match="DoublePolling"):
            await camera.done(older)
        with pytest.raises(AssertionError, match="Timed out"):
            await camera.done(newer)
        last = camera.begin("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
        await camera.clock.advance(0.01)
        await calls.call("stopStreaming")
        assert await camera.done(last) == [{"status": "idle", "factor": ""}]


async def test_only_movies_are_played() -> None:
    async with filled() as (camera, calls):
        still = (await calls.listing(view="flat"))[0]
        asked = {"remotePlayType": "simpleStreaming", "uri": still["uri"]}
        assert await calls.error("setStreamingContent", asked) == ILLEGAL
        assert camera.body.status == "ContentsTransfer"


async def test_seeking_is_for_the_camera_that_has_it() -> None:
    async with filled() as (camera, _):
        reply = await camera.error("seekStreamingPosition", {"positionMsec": 0}, service="avContent")
        assert reply == (12, "No Such Method")
    async with filled("SONY-FULL") as (camera, calls):
        movie = (await calls.listing(view="flat"))[2]
        await calls.call("setStreamingContent", {"remotePlayType": "simpleStreaming", "uri": movie["uri"]})
        assert await calls.call("seekStreamingPosition", {"positionMsec": 1500}) == []
        assert camera.body.playback.position_s == 1.5
        assert await calls.error("seekStreamingPosition", {"positionMsec": 60_000}) == ILLEGAL
        assert await calls.error("seekStreamingPosition", {}) == ILLEGAL
