from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.errors import LinkLost
from remotelens.protocol.wifi.contents import Content
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.library.clocks import SkippingClock

MOVIE = Content("video:content?contentId=1", "movie_mp4", remote_play=("simpleStreaming",))
URL = "http://192.168.122.1:8080/streaming"


def playing(api: ApiDouble) -> None:
    api.methods.add(("avContent", "setStreamingContent"))
    api.handlers["setStreamingContent"] = lambda _: [*api.tell_status("Streaming"), {"playbackUrl": URL}]
    api.handlers["stopStreaming"] = lambda: api.tell_status("ContentsTransfer")


@pytest.mark.parametrize("lost", [LinkLost("gone"), None])
async def test_a_movie_is_taken_out_though_the_first_stop_was_lost_or_refused(lost: LinkLost | None) -> None:
    api = ApiDouble()
    playing(api)
    stop = api.handlers["stopStreaming"]
    troubles = [lost or api.refuse(40401, method="stopStreaming")] * 3
    api.handlers["stopStreaming"] = lambda: troubles.pop() if troubles else stop()
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        async with camera.contents.play(MOVIE):
            assert camera.state.status == "Streaming"
        assert camera.state.status == "ContentsTransfer"


async def test_a_movie_whose_putting_in_was_cancelled_is_taken_out() -> None:
    api = ApiDouble()
    playing(api)

    async def slowly(_: Any) -> list[Any]:
        await asyncio.Event().wait()
        return []

    api.handlers["setStreamingContent"] = slowly
    async with camera_on(api) as camera, asyncio.timeout(5):

        async def play() -> None:
            async with camera.contents.play(MOVIE):
                raise AssertionError("it was cancelled")

        beginning = asyncio.create_task(play())
        await api.until_called("setStreamingContent")
        beginning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await beginning
        assert len(api.called("stopStreaming")) == 1
